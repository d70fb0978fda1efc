// Profiling: where the time of a program goes, as a table and as a trace for chrome://tracing or
// ui.perfetto.dev, and how waits behave. Takes the path of the trace, by default trace.json.
//
// The same for a program that is not changed at all: tandem profile <program>.
import Tandem

let path = CommandLine.arguments.count > 1 ? CommandLine.arguments[1] : "trace.json"
let images = NDArray.random.normal([64, 256], seed: 1)
var weights = NDArray.random.normal([256, 32], seed: 2)

Profiler.start()
for step in 0..<3 {
  // A scope is a bar on this thread's row of the trace: how long the program took to queue it.
  Profiler.scope("step \(step)") {
    let scores = images.matmul(weights).tanh()  // [64, 32]
    let change = images.transposed().matmul(scores)  // [256, 32]
    weights -= change * 0.001
  }
  Profiler.marker("queued \(step)")
}
// What still runs is not part of a profile.
try waitForAll()
let profile = Profiler.stop()

print(profile)  // operator, count, time, bytes, achieved GFLOP/s and GB/s; then memory by place
try profile.writeTrace(to: path)

// A wait may have a limit; then the work goes on. A wait without one is never silent: after ten
// seconds it says what it waits for, where that was queued, and where the busy workers stand.
try weights.wait(timeout: .seconds(60))

// What fails while it runs surfaces at the read, with the operator and this line.
do {
  _ = try Linalg.cholesky(NDArray([[1, 2], [2, 1]])).checkedScalars(as: Float.self)
} catch let error as EngineError {
  print(error)
}
