import Glibc
import TandemGraph
import TestSupport
import Testing

/// Random programs give, compiled, the bits of their operators run one by one.
@Suite struct RandomProgramTests {
  /// How many seeds: a few hundred, thousands with `TANDEM_DEEP=1`.
  static let seedCount = getenv("TANDEM_DEEP") != nil ? 10_000 : 500

  /// The standard pipeline, with epilogues wherever they can be.
  static let pipeline = standardPipeline.map { pass -> any Pass in
    pass is FuseEpilogues ? FuseEpilogues(.all, elementsMin: 1) : pass
  }

  @Test func compiledIsOneByOne() throws {
    let coverage = Coverage()
    let firstSeed = getenv("TANDEM_SEED").flatMap { UInt64(String(cString: $0)) } ?? 0
    for seed in firstSeed..<UInt64(RandomProgramTests.seedCount) {
      try RandomProgramTests.check(seed: seed, coverage)
    }
    print(coverage.table)
    // Recomputation waits for a limit, rewrites that change bits for a region that allows them.
    for pass in standardPipeline where pass.keepsBits && pass.name != "recompute" {
      #expect(coverage.count(of: pass.name) >= 20, "\(pass.name)")
    }
  }

  /// The same under a memory limit that cannot be met, so that all that can be is computed again.
  @Test func recomputedIsOneByOne() throws {
    let coverage = Coverage()
    for seed in 0..<UInt64(RandomProgramTests.seedCount) {
      try RandomProgramTests.check(seed: seed, coverage, limit: 1)
    }
    // Few of these small programs keep a cheap value over their peak.
    #expect(coverage.count(of: "recompute") >= 8)
  }

  /// Compiles the program of a seed, runs it twice and compares.
  static func check(seed: UInt64, _ coverage: Coverage, limit: Int? = nil) throws {
    var program = RandomGraph(seed: seed, operators: 3 + Int(seed % 40))
    let donations = program.donations()
    let compilation = try GraphCompiler(
      options: CompilerOptions(memoryLimitBytes: limit, isVerifying: true),
      pipeline: pipeline.map { Watched($0, coverage) }
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
  }
}
