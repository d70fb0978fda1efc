import TandemGraph
import Testing

@testable import TandemGraph

/// What passes do with loops and branches, and what they leave alone.
@Suite struct ControlFlowPassTests {
  private let builder = GraphBuilder()

  /// A body: from two carries, an element and two captures to two carries and two results; the
  /// second carry and the second capture serve the second result alone.
  private func body() -> Subgraph {
    let builder = GraphBuilder()
    let (a, b, x, k, unused) = (
      builder.input(.float32([2])), builder.input(.float32([2])), builder.input(.float32([2])),
      builder.input(.float32([2])), builder.input(.float32([2]))
    )
    return Subgraph(builder.graph(inputs: [a, b, x, k, unused], outputs: [a + x, b * k, a, b]))
  }

  private func scan(keepsCarries: Bool = false) -> (op: Scan, inputs: Symbols) {
    let counts = BodyCounts(carries: 2, elements: 1, captures: 2)
    let types: [TensorType] = [
      .float32([2]), .float32([2]), .float32([3, 2]), .float32([2]), .float32([2]),
    ]
    return (
      Scan(body: body(), counts: counts, length: 3, keepsCarries: keepsCarries),
      types.map(builder.input)
    )
  }

  private func trimmed(_ outputs: Symbols) throws -> Graph {
    let graph = builder.graph(outputs: outputs)
    let context = PassContext(
      options: CompilerOptions(),
      inputs: graph.inputs.map { .array(Layout(graph.nodes[$0].types[0].shape)) })
    let result = try TrimControlFlow().run(graph, context)
    let clean = EliminateDeadNodes().run(result.graph, context).graph
    try clean.verify()
    return clean
  }

  @Test func whatALoopDoesForNobodyGoes() throws {
    let (op, inputs) = scan(keepsCarries: true)
    let results = try builder.add(op, inputs)
    let graph = try trimmed([results[0]])
    #expect(
      graph.description == """
        %0 = input 0: float32[2]
        %1 = input 1: float32[2]
        %2 = input 2: float32[3, 2]
        %3 = input 3: float32[2]
        %4 = input 4: float32[2]
        %5 = scan[carryCount: 1, elementCount: 1, captureCount: 0, length: 3, isReversed: false, \
        keepsCarries: false, hasKey: false](%0, %2): float32[2]
          body:
            %0 = input 0: float32[2]
            %1 = input 1: float32[2]
            %2 = add(%0, %1): float32[2]
            return %2
        return %5
        """)
  }

  @Test func whatIsUsedStays() throws {
    let (op, inputs) = scan(keepsCarries: true)
    let results = try builder.add(op, inputs)
    // The history needs all carries; the second capture is read by nobody.
    let graph = try trimmed([results[4]])
    guard case .operation(let kept as Scan) = graph.nodes[results[4].value.node].kind else {
      Issue.record("no scan")
      return
    }
    #expect(kept.carryCount == 2 && kept.keepsCarries && kept.captureCount == 1)
    #expect(kept.body.outputTypes.count == 2)
  }

  @Test func aLoopKeepsWhatItsConditionReads() throws {
    let inner = GraphBuilder()
    let (i, y, z) = (
      inner.input(.float32([])), inner.input(.float32([])), inner.input(.float32([]))
    )
    let body = Subgraph(
      inner.graph(inputs: [i, y, z], outputs: [i - i.scalar(1), y * y, z + i]))
    let test = GraphBuilder()
    let carries = (0..<3).map { _ in test.input(.float32([])) }
    let condition = Subgraph(test.graph(inputs: carries, outputs: [carries[0] .> 0]))
    let op = WhileLoop(
      condition: condition, body: body, carryCount: 3, captureCount: 0, hasKey: false)
    let results = try builder.add(op, (0..<3).map { _ in builder.input(.float32([])) })
    let graph = try trimmed([results[2]])
    guard case .operation(let kept as WhileLoop) = graph.nodes[3].kind else {
      Issue.record("no loop")
      return
    }
    #expect(kept.carryCount == 2 && graph.nodes[3].inputs.map(\.node) == [0, 2])
    #expect(graph.outputs == [Graph.Value(node: 3, output: 1)])
  }

  @Test func drawsAreNeverMerged() throws {
    func loop(_ isRandom: Bool) throws -> (Symbols, [Symbol]) {
      let inner = GraphBuilder()
      let x = inner.input(.float32([2]))
      let words = (0..<3).map { _ in inner.input(TensorType(Shape(), .uint64)) }
      let drawn = Symbol.random(
        .normal(mean: 0, standardDeviation: 1), [2], dtype: .float32, seed: words[0],
        stream: words[1], tick: words[2])
      let graph =
        isRandom
        ? inner.graph(inputs: [x] + words, outputs: [x + drawn])
        : inner.graph(inputs: [x], outputs: [x + x])
      let op = Scan(
        body: Subgraph(graph), counts: BodyCounts(carries: 0, elements: 1, captures: 0),
        length: 3, hasKey: isRandom)
      let inputs =
        [builder.input(.float32([3, 2]))]
        + (isRandom ? (0..<3).map { _ in builder.input(TensorType(Shape(), .uint64)) } : [])
      return (try builder.add(op, inputs) + (try builder.add(op, inputs)), inputs)
    }
    for isRandom in [false, true] {
      let (results, _) = try loop(isRandom)
      let graph = builder.graph(outputs: results)
      let context = PassContext(
        options: CompilerOptions(), inputs: graph.inputs.map { _ in .number })
      let merged = MergeEqualNodes().run(graph, context).graph
      #expect((merged.outputs[0] == merged.outputs[1]) == !isRandom)
    }
  }

  @Test func theVerifierLooksInside() throws {
    var broken = body().graph
    broken.nodes[5] = Graph.Node(
      kind: broken.nodes[5].kind, inputs: broken.nodes[5].inputs,
      types: TensorTypes(.float32([3])))
    broken.outputs[0] = Graph.Value(node: 1)
    let op = Scan(
      body: Subgraph(broken), counts: BodyCounts(carries: 2, elements: 1, captures: 2), length: 3)
    _ = try builder.add(op, scan().inputs)
    let error = #expect(throws: ShapeError.self) { try builder.graph(outputs: []).verify() }
    #expect(
      error?.message
        == "graph: node %5 says float32[3], its rule says float32[2], in body of node %5",
      "\(error?.message ?? "")")
  }

  // MARK: Operators

  @Test func checkpointsAreAsGoodAsKeepingAll() throws {
    let lengths = (0..<40).map { LoopCheckpoints.partLength(count: $0, bytes: 8, byteCountMax: 64) }
    #expect(lengths[8] == 1 && lengths[9] == 2 && lengths[17] == 3)
    #expect(LoopCheckpoints.partLength(count: 1000, bytes: 1 << 30, byteCountMax: 1) == 125)
  }
}
