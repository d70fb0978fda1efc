import TestSupport
import Testing

@testable import TandemGraph
@testable import TandemKernels

/// Faults that are planted in the compiler's work, each of which random programs must show.
@Suite struct MutantTests {
  /// Whether some random program differs from its operators run one by one, by more than the sign
  /// of a NaN. The program that shows a fault must not differ without it.
  private func isCaught(
    pipeline: [any Pass] = RandomProgramTests.pipeline, limit: Int? = nil, seeds: Int = 500,
    plan mutate: (Plan) -> Plan = { $0 }
  ) throws -> Bool {
    for seed in 0..<UInt64(seeds)
    where try differs(seed: seed, pipeline: pipeline, limit: limit, plan: mutate) {
      let isControl = try differs(
        seed: seed, pipeline: RandomProgramTests.pipeline, limit: limit, plan: { $0 })
      #expect(!isControl, "seed \(seed) differs without a fault, too")
      return !isControl
    }
    return false
  }

  /// Whether the program of a seed differs from its operators run one by one.
  private func differs(
    seed: UInt64, pipeline: [any Pass], limit: Int?, plan mutate: (Plan) -> Plan
  ) throws -> Bool {
    var program = RandomGraph(seed: seed, operators: 3 + Int(seed % 40))
    let donations = program.donations()
    let compilation = try GraphCompiler(
      options: CompilerOptions(memoryLimitBytes: limit), pipeline: pipeline
    ).compile(program.graph, inputs: program.layouts, donations: donations)
    var random = SplitMix(seed: seed)
    let arguments = program.arguments()
    let expected = try OneByOne.run(program.graph, arguments)
    let found = try PlanRun.run(mutate(compilation.plan), arguments, order: &random)
    return expected.indices.contains {
      RandomProgramTests.differ(expected, found, at: $0, of: program.graph)
    }
  }

  private func mutated(after name: String, _ change: @escaping @Sendable (any Op) -> (any Op)?)
    -> [any Pass]
  {
    RandomProgramTests.pipeline.flatMap { pass -> [any Pass] in
      pass.name == name ? [pass, ReplaceOperators(change)] : [pass]
    }
  }

  @Test(arguments: [nil, 1]) func nothingIsCaughtWithoutAFault(limit: Int?) throws {
    for seed in 0..<UInt64(50) {
      let isDifferent = try differs(
        seed: seed, pipeline: RandomProgramTests.pipeline, limit: limit, plan: { $0 })
      #expect(!isDifferent, "seed \(seed)")
    }
  }

  @Test func forgottenClobbers() throws {
    #expect(
      try isCaught { plan in
        plan.replacing(operations: plan.operations.map { $0.replacing(clobbers: []) })
      })
  }

  @Test func buffersOnTopOfEachOther() throws {
    #expect(
      try isCaught { plan in
        plan.replacing(
          buffers: plan.buffers.map { Plan.Buffer(byteOffset: 0, byteCount: $0.byteCount) })
      })
  }

  /// A result in the memory of an operand that is read again later.
  @Test func anOperandOverwrittenTooEarly() throws {
    #expect(try isCaught { $0.overwritingAnOperand })
  }

  @Test func operationsInTheWrongOrder() throws {
    #expect(
      try isCaught { plan in plan.replacing(operations: plan.operations.reversed()) })
  }

  @Test func aRuleThatIsNotExact() throws {
    let wrong = ApplyRules.Rule("x + 0 → x") { match in
      match.op is Add && match.number(1) != nil ? match.operand(0) : nil
    }
    let pipeline = RandomProgramTests.pipeline.map { pass -> any Pass in
      pass is ApplyRules ? ApplyRules(pass.name, [wrong] + exactAlgebra) : pass
    }
    #expect(try isCaught(pipeline: pipeline))
  }

  @Test func aConstantFoldedWrongly() throws {
    let pipeline = mutated(after: "constant folding") { op in
      guard let literal = op as? Literal, !literal.bytes.isEmpty else { return nil }
      return Literal(literal.type, bytes: literal.bytes.map { $0 ^ 1 })
    }
    #expect(try isCaught(pipeline: pipeline))
  }

  @Test func aLoopWithoutRounding() throws {
    let pipeline = mutated(after: "loop fusion") { op in
      guard let loop = op as? Loop else { return nil }
      return loop.withoutRounding
    }
    #expect(try isCaught(pipeline: pipeline))
  }

  @Test func stagesInTheWrongOrder() throws {
    let pipeline = mutated(after: "row fusion") { op in
      guard let rows = op as? RowLoops else { return nil }
      return RowLoops(
        rows: rows.rows, stages: rows.stages.reversed(), scratch: rows.scratch,
        arrays: rows.arrays, numbers: rows.numbers, results: rows.results, label: rows.label)
    }
    #expect(try isCaught(pipeline: pipeline))
  }

  @Test func aSubtractionSharedWithItsMirror() throws {
    let pipeline = RandomProgramTests.pipeline.flatMap { pass -> [any Pass] in
      pass is MergeEqualNodes ? [ForgetOrder(), pass] : [pass]
    }
    #expect(try isCaught(pipeline: pipeline))
  }

  @Test func aLiveNodeDropped() throws {
    let pipeline = RandomProgramTests.pipeline.map { pass -> any Pass in
      pass is EliminateDeadNodes ? DropNodesReadOnce() : pass
    }
    #expect(try isCaught(pipeline: pipeline))
  }

  /// Keeping what nobody reads changes no bit; the rule's test shows it.
  @Test func aDeadNodeKept() throws {
    let builder = GraphBuilder()
    _ = builder.input(.float32([2])).exp()
    let graph = builder.graph(outputs: [])
    let clean = try EliminateDeadNodes().run(graph, inputs: 1)
    #expect(clean.nodes.count == 1 && graph.nodes.count == 2)
  }

  @Test func aValueComputedAgainFromOthers() throws {
    let pipeline = RandomProgramTests.pipeline.flatMap { pass -> [any Pass] in
      pass is Recompute ? [pass, MistakeRepetitions()] : [pass]
    }
    #expect(try isCaught(pipeline: pipeline, limit: 1))
  }

  @Test func anEpilogueOfAnotherProduct() throws {
    let pipeline = mutated(after: "epilogues") { op in
      guard let behind = op as? LoopBehind, behind.producer == .matMul else { return nil }
      return LoopBehind(
        producer: .rectified(RectifiedProduct(product: .matMul)),
        producerInputCount: behind.producerInputCount, loop: behind.loop)
    }
    #expect(try isCaught(pipeline: pipeline))
  }

  /// The epilogue hands on what it makes of the product in place of the product.
  @Test func anEpilogueThatLosesTheProduct() throws {
    let pipeline = mutated(after: "epilogues") { op in
      guard let behind = op as? LoopBehind, behind.loop.results.count > 1,
        Set(behind.loop.results.map(\.type)).count == 1
      else { return nil }
      return LoopBehind(
        producer: behind.producer, producerInputCount: behind.producerInputCount,
        loop: behind.loop.withResultsReversed)
    }
    #expect(try isCaught(pipeline: pipeline))
  }

  @Test func aPoolingOfSomethingElse() throws {
    let pipeline = mutated(after: "pool before relu") { op in
      (op as? TandemOps.MaxPool).map { TandemOps.AveragePool($0.geometry, countsPadding: true) }
    }
    #expect(try isCaught(pipeline: pipeline))
  }

  @Test func aLoopOfRowsWithoutRounding() throws {
    let pipeline = mutated(after: "loop fusion of rows") { op in
      guard let loop = op as? Loop else { return nil }
      return loop.withoutRounding
    }
    #expect(try isCaught(pipeline: pipeline))
  }

  /// A loop that reads its arrays in the order of another.
  @Test func aLoopExpressedWithOperandsExchanged() throws {
    let pipeline = RandomProgramTests.pipeline.flatMap { pass -> [any Pass] in
      pass is ExpressLoops ? [pass, ExchangeOperands()] : [pass]
    }
    #expect(try isCaught(pipeline: pipeline))
  }

  /// Passes of the pipeline whose results may be compared bit by bit, each once.
  static let exactPasses = Array(
    Set(standardPipeline.filter(\.keepsBits).map(\.name))
  ).sorted()

  /// A value mistaken for another one in what a pass has made, for each pass of the pipeline. Those
  /// that change bits are in FastRewriteTests.
  @Test(arguments: exactPasses)
  func aValueMistakenAfter(_ name: String) throws {
    let pipeline = RandomProgramTests.pipeline.map { pass -> any Pass in
      pass.name == name ? DamagedPass(pass) : pass
    }
    #expect(try isCaught(pipeline: pipeline, limit: name == Recompute().name ? 1 : nil))
  }

  @Test func aReLUWhereNoneWas() throws {
    let pipeline = mutated(after: "exact algebra") { op in
      op is MatMul ? RectifiedProduct(product: .matMul) : nil
    }
    #expect(try isCaught(pipeline: pipeline))
  }

  @Test func aScanTheWrongWay() throws {
    let pipeline = mutated(after: "control flow") { op in
      guard let scan = op as? TandemGraph.Scan else { return nil }
      return TandemGraph.Scan(
        body: scan.body, counts: scan.counts, length: scan.length, isReversed: !scan.isReversed,
        keepsCarries: scan.keepsCarries)
    }
    #expect(try isCaught(pipeline: pipeline))
  }

  @Test func aBranchForTheOther() throws {
    let pipeline = mutated(after: "control flow") { op in
      guard let cond = op as? Conditional else { return nil }
      return Conditional(
        onTrue: cond.onFalse, onFalse: cond.onTrue, captureCount: cond.captureCount,
        hasKey: cond.hasKey)
    }
    #expect(try isCaught(pipeline: pipeline))
  }

  @Test func aLoopThatLosesACarry() throws {
    let pipeline = mutated(after: "control flow") { op in
      guard let loop = op as? WhileLoop, loop.carryCount > 2 else { return nil }
      var graph = loop.body.graph
      graph.outputs[1] = Graph.Value(node: graph.inputs[1])
      return WhileLoop(
        condition: loop.condition, body: Subgraph(graph), carryCount: loop.carryCount,
        captureCount: loop.captureCount, hasKey: loop.hasKey)
    }
    #expect(try isCaught(pipeline: pipeline, seeds: 4000))
  }

  /// A pass that breaks the graph itself is named by the verifier.
  @Test func theVerifierNamesThePass() throws {
    let builder = GraphBuilder()
    let graph = builder.graph(outputs: [builder.input(.float32([2])).exp()])
    let wrong = ReplaceOperators { $0 is Exp ? Sum(axes: [0]) : nil }
    let compiler = GraphCompiler(
      options: CompilerOptions(isVerifying: true), pipeline: [wrong])
    let error = #expect(throws: ShapeError.self) {
      try compiler.compile(graph, inputs: [Layout([2])], donations: [nil])
    }
    #expect(
      error?.message
        == "compile: after fault: graph: node %1 says float32[2], its rule says float32[]")
  }
}

/// Replaces operators without looking at types.
struct ReplaceOperators: Pass {
  let name = "fault"
  let change: @Sendable (any Op) -> (any Op)?

  init(_ change: @escaping @Sendable (any Op) -> (any Op)?) { self.change = change }

  func run(_ graph: Graph, _ context: PassContext) -> PassResult {
    let nodes = graph.nodes.map { node -> Graph.Node in
      guard case .operation(let op) = node.kind, let other = change(op) else { return node }
      return Graph.Node(kind: .operation(other), inputs: node.inputs, types: node.types)
    }
    return PassResult(
      Graph(nodes: nodes, inputs: graph.inputs, outputs: graph.outputs), changeCount: 1)
  }
}

/// Takes what is read once for dead, and puts its first operand in its place if types allow.
private struct DropNodesReadOnce: Pass {
  let name = "fault"

  func run(_ graph: Graph, _ context: PassContext) -> PassResult {
    let uses = graph.useCounts
    var draft = GraphDraft(graph)
    for (index, node) in graph.nodes.enumerated() {
      if case .operation = node.kind, node.types.count == 1, let first = node.inputs.first,
        uses[Graph.Value(node: index)] == 1, graph.type(of: first) == node.types[0]
      {
        draft.replace(index, by: [draft.value(first)])
      } else {
        draft.keep(index)
      }
    }
    return PassResult(draft.graph(), changeCount: 1)
  }
}

/// Takes an operand of a value that is computed twice for the second of the two.
private struct MistakeRepetitions: Pass {
  let name = "fault"

  func run(_ graph: Graph, _ context: PassContext) -> PassResult {
    var draft = GraphDraft(graph)
    var known: Set<[AnyHashable]> = []
    for (index, node) in graph.nodes.enumerated() {
      guard case .operation(let op) = node.kind,
        !known.insert([AnyHashable(op), AnyHashable(node.inputs)]).inserted,
        let other = node.inputs.first(where: { graph.type(of: $0) == node.types[0] })
      else {
        draft.keep(index)
        continue
      }
      draft.replace(index, by: node.types.indices.map { _ in draft.value(other) })
    }
    return PassResult(draft.graph(), changeCount: 1)
  }
}

/// Exchanges the first two arrays of loops that look alike.
private struct ExchangeOperands: Pass {
  let name = "fault"

  func run(_ graph: Graph, _ context: PassContext) -> PassResult {
    let nodes = graph.nodes.map { node -> Graph.Node in
      guard case .operation(let loop as Loop) = node.kind, loop.arrays.count > 1,
        loop.arrays[0] == loop.arrays[1],
        graph.type(of: node.inputs[0]) == graph.type(of: node.inputs[1])
      else { return node }
      var inputs = node.inputs
      inputs.swapAt(0, 1)
      return Graph.Node(kind: node.kind, inputs: inputs, types: node.types)
    }
    return PassResult(
      Graph(nodes: nodes, inputs: graph.inputs, outputs: graph.outputs), changeCount: 1)
  }
}

/// Sorts the operands of subtractions, so that a - b and b - a look the same.
private struct ForgetOrder: Pass {
  let name = "fault"

  func run(_ graph: Graph, _ context: PassContext) -> PassResult {
    let nodes = graph.nodes.map { node -> Graph.Node in
      guard case .operation(let op) = node.kind, op is Subtract else { return node }
      return Graph.Node(
        kind: node.kind, inputs: node.inputs.sorted { $0.node < $1.node }, types: node.types)
    }
    return PassResult(
      Graph(nodes: nodes, inputs: graph.inputs, outputs: graph.outputs), changeCount: 1)
  }
}

extension Loop {
  /// The loop whose outputs get each other's values.
  fileprivate var withResultsReversed: Loop {
    let builder = LoopBuilder()
    let contents = program.contents
    let values = builder.replay(
      program, inputs: contents.inputs.map(builder.input),
      scalars: contents.scalars.map(builder.scalar))
    for value in values.reversed() { builder.output(value, as: contents.outputs[0].dtype) }
    return Loop(
      program: builder.build(), shape: shape, reducedAxes: reducedAxes, arrays: arrays,
      results: results, label: label)
  }

  /// The loop with its roundings left out.
  fileprivate var withoutRounding: Loop {
    let builder = LoopBuilder()
    let contents = program.contents
    var values = contents.inputs.map { builder.input($0) }
    values += contents.scalars.map { builder.scalar($0) }
    values += contents.constants.map { builder.constant($0) }
    for instruction in contents.instructions {
      let operands = instruction.operands.map { values[$0] }
      values.append(instruction.opcode == .round ? operands[0] : builder.add(instruction, operands))
    }
    for output in contents.outputs {
      builder.output(values[output.value], as: output.dtype, reducing: output.reduction)
    }
    return Loop(
      program: builder.build(), shape: shape, reducedAxes: reducedAxes, arrays: arrays,
      results: results, label: label)
  }
}

extension Plan {
  /// The plan with some result in a buffer from which a later operation reads, too; both buffers
  /// are as long.
  fileprivate var overwritingAnOperand: Plan {
    for (index, operation) in operations.enumerated() {
      guard case .buffer(let own)? = operation.results.first?.place else { continue }
      for case .buffer(let other)? in operation.operands.map({ $0?.place })
      where other != own && buffers[other].byteCount == buffers[own].byteCount
        && operations[(index + 1)...].contains(where: { later in
          later.operands.contains { $0?.place == .buffer(other) }
        })
      {
        var wrong = buffers
        wrong[own] = buffers[other]
        return replacing(buffers: wrong)
      }
    }
    return self
  }
}
