import TandemGraph
import Testing

/// Every rule of exact algebra on a graph to which it applies, and those that are not rules.
@Suite struct ExactAlgebraTests {
  /// What is left of a formula of `x: float32[2, 3]`.
  private func simplified(_ formula: (Symbol) -> Symbol) throws -> String {
    let builder = GraphBuilder()
    let x = builder.input(.float32([2, 3]))
    let graph = builder.graph(outputs: [formula(x)])
    let rewritten = try ApplyRules("exact algebra", exactAlgebra).run(graph, inputs: 1)
    let lines = try EliminateDeadNodes().run(rewritten, inputs: 1).description.split(
      separator: "\n")
    return lines.dropFirst().map(String.init).joined(separator: "\n")
  }

  @Test func neutralOperandsGo() throws {
    #expect(try simplified { $0 * 1 } == "return %0")
    #expect(try simplified { 1 * $0 } == "return %0")
    #expect(try simplified { $0 / 1 } == "return %0")
    #expect(try simplified { $0 + (-0.0) } == "return %0")
    #expect(try simplified { $0 - 0 } == "return %0")
    #expect(try simplified { -(-$0) } == "return %0")
    #expect(try simplified { Symbol.where($0.isNaN(), $0, $0) } == "return %0")
    #expect(
      try simplified { $0.relu().relu() } == """
        %1 = relu(%0): float32[2, 3]
        return %1
        """)
  }

  @Test func whatWouldChangeABitStays() throws {
    for formula in [{ $0 + 0 }, { $0 * 0 }, { $0 - (-0.0) }] as [(Symbol) -> Symbol] {
      #expect(try simplified(formula).contains("%2 = "))
    }
    // Narrowing forgets.
    #expect(try simplified { $0.cast(to: .bfloat16).cast(to: .float32) }.contains("bfloat16"))
    #expect(try simplified { $0.cast(to: .int32).cast(to: .float32) }.contains("int32"))
  }

  @Test func wideningCastsGo() throws {
    #expect(try simplified { $0.cast(to: .float64).cast(to: .float32) } == "return %0")
    #expect(
      try simplified { $0.cast(to: .float64).cast(to: .float16) } == """
        %1 = cast[dtype: float16](%0): float16[2, 3]
        return %1
        """)
    #expect(
      try simplified { .apply(Cast(to: .float32), $0, at: .unknown) } == "return %0")
  }

  @Test func viewsOfViewsBecomeOne() throws {
    #expect(try simplified { $0.transposed().transposed() } == "return %0")
    #expect(
      try simplified { $0.expandingDims(at: 0).reshaped([6]).reshaped([3, 2]) } == """
        %1 = reshaped[shape: [3, 2]](%0): float32[3, 2]
        return %1
        """)
    #expect(try simplified { $0.reshaped([6]).reshaped([2, 3]) } == "return %0")
    #expect(
      try simplified { $0.broadcast(to: [1, 2, 3]).broadcast(to: [4, 2, 3]) } == """
        %1 = broadcast[shape: [4, 2, 3]](%0): float32[4, 2, 3]
        return %1
        """)
    #expect(try simplified { .apply(Broadcast(to: $0.shape), $0, at: .unknown) } == "return %0")
  }

  /// The tests above name every rule.
  @Test func theTableIsCovered() { #expect(exactAlgebra.count == 15) }
}
