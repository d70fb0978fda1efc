import Glibc
import TandemGraph
import TestSupport
import Testing

/// Random programs give, compiled, the bits of their operators run one by one.
@Suite struct RandomProgramTests {
  /// How many seeds: a few hundred, thousands with `TANDEM_DEEP=1`.
  static let seedCount = getenv("TANDEM_DEEP") != nil ? 10_000 : 400

  @Test func compiledIsOneByOne() throws {
    var fired: [String: Int] = [:]
    let firstSeed = getenv("TANDEM_SEED").flatMap { UInt64(String(cString: $0)) } ?? 0
    for seed in firstSeed..<UInt64(RandomProgramTests.seedCount) {
      let report = try RandomProgramTests.check(seed: seed)
      for pass in report.passes where pass.changeCount > 0 { fired[pass.name, default: 0] += 1 }
    }
    // Recomputation waits for a limit.
    for pass in standardPipeline where pass.name != "recompute" {
      #expect(fired[pass.name, default: 0] >= 20, "\(pass.name)")
    }
  }

  /// The same under a memory limit that cannot be met, so that all that can be is computed again.
  @Test func recomputedIsOneByOne() throws {
    var count = 0
    for seed in 0..<UInt64(RandomProgramTests.seedCount) {
      count += try RandomProgramTests.check(seed: seed, limit: 1).recomputedCount
    }
    // Few of these small programs keep a cheap value over their peak.
    #expect(count >= 8)
  }

  /// Compiles the program of a seed, runs it twice and compares.
  @discardableResult
  static func check(seed: UInt64, limit: Int? = nil) throws -> CompilationReport {
    var program = RandomGraph(seed: seed, operators: 3 + Int(seed % 40))
    let donations = program.donations()
    let compilation = try GraphCompiler(
      options: CompilerOptions(memoryLimitBytes: limit, isVerifying: true)
    ).compile(
      program.graph, inputs: program.layouts, donations: donations)
    var random = SplitMix(seed: seed ^ 0xABCD)
    for _ in 0..<2 {
      let arguments = program.arguments()
      let expected = try OneByOne.run(program.graph, arguments)
      let found = try PlanRun.run(compilation.plan, arguments, order: &random)
      for index in expected.indices where expected[index] != found[index] {
        Issue.record(
          """
          seed \(seed): result \(index) differs
          \(program.graph)
          \(compilation.graph)
          \(compilation.plan)
          """)
      }
    }
    return compilation.report
  }
}
