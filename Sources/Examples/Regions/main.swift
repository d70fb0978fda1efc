// What compiled regions count, keep and refuse: hybridized models, reasons for traces, state cells,
// branches, memory limits, machine code, and the modes that check.
//
//     swift run -c release Regions
//
// prints:
//
//     hybridized, the same bits: true
//     hits 1, traces 2, programs 2, evictions 0
//       first call
//       argument 0: float32[256, 64] → float32[100, 64]
//     scale 1.0 gives NDArray([1., 2.], float32[2]) traces 1
//     scale 2.0 gives NDArray([2., 4.], float32[2]) traces 1
//     scale 3.0 gives NDArray([3., 6.], float32[2]) traces 1
//     NDArray([[0.75, 0.25],
//              [0.25, 0.5 ]], float32[2, 2])
//     limited to 80 %: true values computed again: true the same bits: true
//     interpreted and as machine code, the same bits: true
//     x: float32[32, 64] → output: float32[32, 1]
//     NDArray([0.6931472, 1.3132616], float32[2])
//     compile: the closure is no longer what was compiled: multiply: 0.5 → 0.25;
//       pass what changes as an argument, or keep it in an array or a StateCell (main.swift:109)
import Glibc
import Synchronization
import Tandem

let model = Sequential {
  Dense(64)
  Tanh()
  Dense(64)
  Tanh()
  Dense(64)
  Tanh()
  Dense(1)
}
let x = NDArray.random.normal([256, 64], seed: 1)
let plain = model(x)

// A hybridized model is called as before; its calls are one program, and gradients flow through it.
model.hybridize()
let hybrid = model(x)
print("hybridized, the same bits:", (hybrid.scalars() as [Float]) == plain.scalars())
model.dehybridize()

// A trace for each kind of arguments, with the reason.
let energy = compile { (x: NDArray) in model(x).squared().mean() }
for rows in [256, 256, 100] { _ = energy(x[..<rows]) }
print(energy.statistics)

// A cell is read at each call: another number is no other program.
let scale = StateCell("scale", 1)
let scaled = compile { (x: NDArray) in x * scale.value }
for number in [1.0, 2, 3] {
  scale.number = number
  print("scale", number, "gives", scaled(NDArray([1, 2])), "traces", scaled.statistics.traces)
}

// Branches and maps that data decide.
let clipped = compile { (rows: NDArray) in
  map(over: rows) { row in
    cond(row.sum() .> 1) {
      row / row.sum()
    } else: {
      row
    }
  }
}
print(clipped(NDArray([[3, 1], [0.25, 0.5]])))

/// The loss and a digest of the gradients of one step, and what it was planned to take.
func step(_ options: CompileOptions) -> (numbers: [String], report: RegionReport) {
  let region = compile(mutating: model, options: options) { (x: NDArray) in
    let (loss, gradients) = valueAndGradient(of: model) { model(x).squared().mean() }
    return [loss] + gradients.all.map { $0.gradient.sum() }
  }
  return (region(x).map { "\($0)" }, region.report)
}

// Less memory, the same bits: some values are computed again.
let free = step(.standard)
let tight = step(.withMemoryLimit(free.report.plannedBytes * 8 / 10))
print(
  "limited to 80 %:", tight.report.plannedBytes * 10 <= free.report.plannedBytes * 8,
  "values computed again:", tight.report.compilation.recomputedCount > 0,
  "the same bits:", tight.numbers == free.numbers)

// Kernels are interpreted until libLLVM has made machine code of them, where it is installed.
let interpreted = energy(x)
for _ in 0..<3 { _ = energy(x) }
waitForNativeKernels()
print("interpreted and as machine code, the same bits:", energy(x).item() == interpreted.item())

// A graph of open axes says what follows from some of them.
let graph = Graph.trace(model, inputs: ["x": .float32(["batch", 64])])
print(try graph.inferredTypes(["x": .float32([32, 64])]))

// Shadow mode computes each call operator by operator, too, and compares the bits.
let shadowed = compile(.shadowing) { (x: NDArray) in (x.exp() + 1).log() }
print(shadowed(NDArray([0, 1])))

// What a program cannot hold is refused with the line. (A notebook installs such a handler, too.)
FailureHandler.install { failure in
  print(failure.description.replacing("; ", with: ";\n  "))
  exit(0)
}

// Checking mode finds the Swift value that a program holds as a constant.
let rate = Mutex(0.5)
let checked = compile(.checking) { (x: NDArray) in x * rate.withLock { $0 } }
_ = checked(x)
rate.withLock { $0 = 0.25 }
_ = checked(x)
