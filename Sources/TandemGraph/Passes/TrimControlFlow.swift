/// Takes out of loops and branches what nothing depends on: results that are not used, carries that
/// only lead to themselves, captures and elements that no body reads, carries that were kept for a
/// gradient that is not taken.
///
/// What a loop does does not change: a carry that its condition reads stays, as do all draws, whose
/// keys are inputs.
public struct TrimControlFlow: Pass {
  public let name = "control flow"

  /// The pass, which has no settings.
  public init() {}

  public func run(_ graph: Graph, _ context: PassContext) throws(ShapeError) -> PassResult {
    var used: Set<Graph.Value> = Set(graph.outputs)
    for node in graph.nodes { used.formUnion(node.inputs) }
    var draft = GraphDraft(graph)
    var count = 0
    for index in graph.nodes.indices {
      let node = graph.nodes[index]
      let isUsed = node.types.indices.map { used.contains(Graph.Value(node: index, output: $0)) }
      guard case .operation(let op) = node.kind, isUsed.contains(true),
        let trimmed = TrimControlFlow.trim(op, isUsed)
      else {
        draft.keep(index)
        continue
      }
      count += 1
      let values = try draft.add(
        trimmed.op,
        trimmed.inputs.map { draft.value(node.inputs[$0]) }
          + node.inputs.suffix(trimmed.keyCount).map(draft.value), like: node)
      var results = Array(repeating: values[0], count: node.types.count)
      for (new, old) in trimmed.outputs.enumerated() { results[old] = values[new] }
      draft.replace(index, by: results)
    }
    return PassResult(draft.graph(), changeCount: count)
  }

  /// An operator with less to do.
  struct Trimmed {
    let op: any Op
    /// Which of the inputs before the key are left.
    let inputs: [Int]
    let keyCount: Int
    /// Which of the outputs are left.
    let outputs: [Int]
  }

  /// - Parameter isUsed: for each output.
  /// - Returns: `nil` if there is nothing to take out.
  private static func trim(_ op: any Op, _ isUsed: [Bool]) -> Trimmed? {
    switch op {
    case let op as Conditional: op.trimmed(isUsed)
    case let op as Scan: op.trimmed(isUsed)
    case let op as WhileLoop: op.trimmed(isUsed)
    default: nil
    }
  }
}

extension Subgraph {
  /// Which inputs these results depend on.
  fileprivate func inputs(of outputs: [Int]) -> [Bool] {
    var part = graph
    part.outputs = outputs.map { graph.outputs[$0] }
    let live = part.liveNodes
    return graph.inputs.map { live[$0] }
  }

  /// The graph with these results alone, of these inputs before the key, of which there are
  /// `count` in all.
  fileprivate func keeping(outputs: [Int], inputs: [Int], of count: Int) -> Subgraph {
    var part = graph
    part.outputs = outputs.map { graph.outputs[$0] }
    let order = inputs.map { graph.inputs[$0] } + graph.inputs[count...]
    return Subgraph(part.reduced(toInputs: order))
  }
}

/// The carries that matter: those of `start`, and those from which they are computed.
private func liveCarries(
  _ start: [Bool], _ inputsOf: (_ outputs: [Int]) -> [Bool], further: [Int]
) -> [Int] {
  var live = start
  while true {
    let known = live.indices.filter { live[$0] }
    let read = inputsOf(known + further)
    let next = live.indices.map { live[$0] || read[$0] }
    if next == live { return known }
    live = next
  }
}

extension Conditional {
  fileprivate func trimmed(_ isUsed: [Bool]) -> TrimControlFlow.Trimmed? {
    let outputs = isUsed.indices.filter { isUsed[$0] }
    let read = [onTrue, onFalse].map { $0.inputs(of: outputs) }
    let captures = (0..<captureCount).filter { read[0][$0] || read[1][$0] }
    if outputs.count == isUsed.count, captures.count == captureCount { return nil }
    func kept(_ body: Subgraph) -> Subgraph {
      body.keeping(outputs: outputs, inputs: captures, of: captureCount)
    }
    return TrimControlFlow.Trimmed(
      op: Conditional(
        onTrue: kept(onTrue), onFalse: kept(onFalse), captureCount: captures.count,
        hasKey: hasKey),
      inputs: [0] + captures.map { $0 + 1 }, keyCount: hasKey ? 3 : 0, outputs: outputs)
  }
}

extension Scan {
  fileprivate func trimmed(_ isUsed: [Bool]) -> TrimControlFlow.Trimmed? {
    let resultCount = body.outputTypes.count
    let further = (carryCount..<resultCount).filter { isUsed[$0] }
    // The history is kept as a whole.
    let keepsCarries = keepsCarries && isUsed[resultCount...].contains(true)
    let carries =
      keepsCarries
      ? Array(0..<carryCount)
      : liveCarries(Array(isUsed[..<carryCount]), body.inputs, further: further)
    let read = body.inputs(of: carries + further)
    let rest = (carryCount..<counts.total).filter { read[$0] }
    let outputs = carries + further + (keepsCarries ? Array(resultCount..<isUsed.count) : [])
    let isWhole = outputs.count == isUsed.count && carries.count + rest.count == counts.total
    if isWhole { return nil }
    let elements = rest.count(where: counts.elementRange.contains)
    return TrimControlFlow.Trimmed(
      op: Scan(
        body: body.keeping(
          outputs: carries + further, inputs: carries + rest, of: counts.total),
        counts: BodyCounts(
          carries: carries.count, elements: elements, captures: rest.count - elements),
        length: length, isReversed: isReversed, keepsCarries: keepsCarries, hasKey: hasKey),
      inputs: carries + rest, keyCount: hasKey ? 3 : 0, outputs: outputs)
  }
}

extension WhileLoop {
  fileprivate func trimmed(_ isUsed: [Bool]) -> TrimControlFlow.Trimmed? {
    let total = carryCount + captureCount
    let asked = condition.inputs(of: [0])
    let carries = liveCarries(
      (0..<carryCount).map { isUsed[$0] || asked[$0] }, body.inputs, further: [])
    let read = body.inputs(of: carries)
    let captures = (carryCount..<total).filter { read[$0] || asked[$0] }
    if carries.count + captures.count == total { return nil }
    return TrimControlFlow.Trimmed(
      op: WhileLoop(
        condition: condition.keeping(outputs: [0], inputs: carries + captures, of: total),
        body: body.keeping(outputs: carries, inputs: carries + captures, of: total),
        carryCount: carries.count, captureCount: captures.count, hasKey: hasKey),
      inputs: carries + captures, keyCount: hasKey ? 3 : 0, outputs: carries + [carryCount])
  }
}
