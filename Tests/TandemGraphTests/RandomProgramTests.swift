import Glibc
import TandemGraph
import TestSupport
import Testing

/// Random programs give, compiled, the bits of their operators run one by one.
@Suite struct RandomProgramTests {
  /// How many seeds: a few hundred, thousands with `TANDEM_DEEP=1`.
  static let seedCount = getenv("TANDEM_DEEP") != nil ? 10_000 : 400

  @Test func compiledIsOneByOne() throws {
    for seed in 0..<UInt64(RandomProgramTests.seedCount) {
      try RandomProgramTests.check(seed: seed)
    }
  }

  /// Compiles the program of a seed, runs it twice and compares.
  static func check(seed: UInt64) throws {
    var program = RandomGraph(seed: seed, operators: 3 + Int(seed % 40))
    let donations = program.donations()
    let compilation = try GraphCompiler(options: CompilerOptions(isVerifying: true)).compile(
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
  }
}
