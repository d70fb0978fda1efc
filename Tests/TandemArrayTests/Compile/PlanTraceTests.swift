import Foundation
import TandemArray
import TandemEngine
import Testing

/// What a trace shows of compiled regions: independent work at the same time, results one by one.
/// In processes of their own, as the profiler belongs to the process.
@Suite struct PlanTraceTests {
  /// An event of a trace: an operation, or a marker, which takes no time.
  struct Event: Decodable {
    let name: String
    let ph: String
    let tid: Int
    let ts: Double?
    let dur: Double?

    var start: Double { ts ?? 0 }
    var end: Double { start + (dur ?? 0) }
  }

  private struct Trace: Decodable {
    let traceEvents: [Event]
  }

  static func events(_ profile: Profile) throws -> [Event] {
    try JSONDecoder().decode(Trace.self, from: Data(profile.chromeTrace.utf8)).traceEvents
  }

  @Test func independentProductsOverlap() async {
    await #expect(processExitsWith: .success) {
      setenv("TANDEM_NUM_THREADS", "2", 1)
      let a = NDArray.random.normal([700, 700], seed: 1)
      let b = NDArray.random.normal([700, 700], seed: 2)
      let f = compile { (a: NDArray, b: NDArray) in [a.matmul(a), b.matmul(b)] }
      _ = f(a, b)
      try waitForAll()
      Profiler.start()
      for _ in 0..<20 {
        _ = f(a, b)
        try waitForAll()
      }
      let products = try PlanTraceTests.events(Profiler.stop()).filter { $0.name == "matmul" }
      #expect(products.count == 40)
      let pairs = products.indices.flatMap { i in
        products.indices.filter { j in
          i < j && products[i].tid != products[j].tid && products[i].start < products[j].end
            && products[j].start < products[i].end
        }
      }
      #expect(!pairs.isEmpty)
    }
  }

  /// The gradient of the last layer is there while those of the first are still to come.
  @Test func gradientsCompleteOneByOne() async {
    await #expect(processExitsWith: .success) {
      setenv("TANDEM_NUM_THREADS", "2", 1)
      let weights = (0..<8).map { Parameter(.random.normal([512, 512], seed: UInt64($0)) * 0.05) }
      let step = compile { (x: NDArray) in
        valueAndGradient(of: weights) {
          weights.reduce(x) { ($0.matmul($1.value)).tanh() }.mean()
        }.gradients.all.map(\.gradient)
      }
      let x = NDArray.random.normal([512, 512], seed: 20)
      _ = step(x)
      try waitForAll()
      Profiler.start()
      let gradients = step(x)
      try gradients[7].wait()
      Profiler.marker("last layer")
      try waitForAll()
      let events = try PlanTraceTests.events(Profiler.stop())
      let marker = try #require(events.first { $0.name == "last layer" })
      let products = events.filter { $0.name == "matmul" }
      // Eight on the way there, two for each layer but the first on the way back.
      #expect(products.count == 23)
      #expect(products.count { $0.end > marker.start } >= 8)
    }
  }
}
