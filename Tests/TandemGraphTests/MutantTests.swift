import TestSupport
import Testing

@testable import TandemGraph
@testable import TandemKernels

/// Faults that are planted in the compiler's work, each of which random programs must show.
@Suite struct MutantTests {
  /// Whether some random program differs from its operators run one by one.
  private func isCaught(
    pipeline: [any Pass] = standardPipeline, seeds: Int = RandomProgramTests.seedCount,
    plan mutate: (Plan) -> Plan = { $0 }
  ) throws -> Bool {
    for seed in 0..<UInt64(seeds) {
      var program = RandomGraph(seed: seed, operators: 3 + Int(seed % 40))
      let donations = program.donations()
      let compilation = try GraphCompiler(options: CompilerOptions(), pipeline: pipeline).compile(
        program.graph, inputs: program.layouts, donations: donations)
      var random = SplitMix(seed: seed)
      let arguments = program.arguments()
      let expected = try OneByOne.run(program.graph, arguments)
      let found = try PlanRun.run(mutate(compilation.plan), arguments, order: &random)
      if found != expected { return true }
    }
    return false
  }

  private func mutated(after name: String, _ change: @escaping @Sendable (any Op) -> (any Op)?)
    -> [any Pass]
  {
    standardPipeline.flatMap { pass -> [any Pass] in
      pass.name == name ? [pass, ReplaceOperators(change)] : [pass]
    }
  }

  @Test func nothingIsCaughtWithoutAFault() throws {
    #expect(try !isCaught(seeds: 50))
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

  @Test func operationsInTheWrongOrder() throws {
    #expect(
      try isCaught { plan in plan.replacing(operations: plan.operations.reversed()) })
  }

  @Test func aRuleThatIsNotExact() throws {
    let wrong = ApplyRules.Rule("x + 0 → x") { match in
      match.op is Add && match.number(1) != nil ? match.operand(0) : nil
    }
    let pipeline = standardPipeline.map { pass -> any Pass in
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
    let pipeline = standardPipeline.flatMap { pass -> [any Pass] in
      pass is MergeEqualNodes ? [ForgetOrder(), pass] : [pass]
    }
    #expect(try isCaught(pipeline: pipeline))
  }

  @Test func aReLUWhereNoneWas() throws {
    let pipeline = mutated(after: "exact algebra") { op in
      op is MatMul ? RectifiedProduct(isLinear: false) : nil
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
    #expect(try isCaught(pipeline: pipeline))
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
private struct ReplaceOperators: Pass {
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
  fileprivate func replacing(
    operations: [Operation]? = nil, buffers: [Buffer]? = nil
  ) -> Plan {
    Plan(
      arenaByteCount: arenaByteCount, buffers: buffers ?? self.buffers, constants: constants,
      operations: operations ?? self.operations, outputs: outputs)
  }
}

extension Plan.Operation {
  fileprivate func replacing(clobbers: [Int]) -> Plan.Operation {
    Plan.Operation(
      program: program, results: results, operands: operands, temporaries: temporaries,
      scalars: scalars, site: site,
      path: path, clobbers: clobbers, declaredBytes: declaredBytes,
      elementCountMax: elementCountMax)
  }
}
