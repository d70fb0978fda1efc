import Glibc
import TandemGraph
import TestSupport
import Testing

/// Random programs give, compiled, the bits of their operators run one by one.
@Suite struct RandomProgramTests {
  /// A few hundred, thousands with `TANDEM_DEEP=1`; `TANDEM_SEED=n` repeats one program.
  static let seeds: Range<UInt64> = {
    if let text = getenv("TANDEM_SEED").map({ String(cString: $0) }), let seed = UInt64(text) {
      return seed..<seed + 1
    }
    return 0..<(getenv("TANDEM_DEEP") != nil ? 10_000 : 500)
  }()

  /// The standard pipeline, with epilogues wherever they can be.
  static let pipeline = standardPipeline.map { pass -> any Pass in
    pass is FuseEpilogues ? FuseEpilogues(.all, elementsMin: 1) : pass
  }

  @Test func compiledIsOneByOne() throws {
    let coverage = Coverage()
    print("random programs: seeds \(RandomProgramTests.seeds)")
    for seed in RandomProgramTests.seeds {
      try RandomProgramTests.check(seed: seed, coverage)
    }
    print(coverage.table)
    guard RandomProgramTests.seeds.count > 1 else { return }
    // Recomputation waits for a limit, rewrites that change bits for a region that allows them.
    for pass in standardPipeline where pass.keepsBits && pass.name != "recompute" {
      #expect(coverage.count(of: pass.name) >= 20, "\(pass.name)")
    }
  }

  /// NaN with one sign or the other: a program in which exchanged operands show.
  @Test func signsOfNaNAreNoDifference() throws {
    try RandomProgramTests.check(seed: 4116, Coverage())
  }

  /// The same under a memory limit that cannot be met, so that all that can be is computed again.
  @Test func recomputedIsOneByOne() throws {
    let coverage = Coverage()
    print("recomputed random programs: seeds \(RandomProgramTests.seeds)")
    for seed in RandomProgramTests.seeds {
      // Small programs seldom keep a cheap value over their peak.
      let operators = 3 + Int(seed % 40) + (seed % 30 == 0 ? 40 : 0)
      try RandomProgramTests.check(seed: seed, coverage, limit: 1, operators: operators)
    }
    guard RandomProgramTests.seeds.count > 1 else { return }
    let count = coverage.count(of: "recompute")
    print("recomputed \(count) times")
    #expect(count >= 20)
  }

  /// Compiles the program of a seed, runs it twice and compares.
  ///
  /// - Parameter operators: how many it has; follows from the seed if `nil`.
  static func check(
    seed: UInt64, _ coverage: Coverage, limit: Int? = nil, operators: Int? = nil
  ) throws {
    var program = RandomGraph(seed: seed, operators: operators ?? 3 + Int(seed % 40))
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
      for index in expected.indices {
        if !differ(expected, found, at: index, of: program.graph) { continue }
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

  /// Whether a result of two runs of a graph differs.
  static func differ(
    _ a: [[UInt8]], _ b: [[UInt8]], at index: Int, of graph: Graph
  ) -> Bool {
    differ(a[index], b[index], graph.type(of: graph.outputs[index]).dtype) != nil
  }

  /// Where two results differ; `nil` if nowhere. The sign of a NaN is none: of two that are added,
  /// an addition keeps that of the first, and a fused one may have its operands exchanged.
  private static func differ(_ a: [UInt8], _ b: [UInt8], _ dtype: DType) -> Int? {
    let size = dtype.byteCount
    return stride(from: 0, to: a.count, by: size).first { start in
      let (x, y) = (a[start..<start + size], b[start..<start + size])
      return x != y && !(isNaN(x, dtype) && isNaN(y, dtype))
    }
  }

  private static func isNaN(_ bytes: ArraySlice<UInt8>, _ dtype: DType) -> Bool {
    let bits = bytes.reversed().reduce(0 as UInt64) { $0 << 8 | UInt64($1) }
    switch dtype {
    case .float64: return Double(bitPattern: bits).isNaN
    case .float32: return Float(bitPattern: UInt32(bits)).isNaN
    case .float16: return bits & 0x7FFF > 0x7C00
    case .bfloat16: return bits & 0x7FFF > 0x7F80
    default: return false
    }
  }
}
