import Synchronization

/// The gradient of one operator for given input types, traced once and cached: a small graph from
/// some inputs, some outputs and the cotangents to the gradients of the wanted inputs.
///
/// What the graph does not read is not kept alive by the tape.
final class GradientRule: Sendable {
  /// The graph; its inputs are the inputs, the outputs and then the cotangents of the operator.
  private let graph: Graph
  /// Which nodes the results depend on.
  private let live: [Bool]
  /// The positions of the operator's inputs that the graph reads.
  let inputsRead: [Int]
  /// The positions of the operator's outputs that the graph reads.
  let outputsRead: [Int]
  /// The types of what the graph reads, inputs first.
  let keptTypes: [TensorType]
  /// The positions of the operator's inputs for which there is a gradient, one for each result.
  let targets: [Int]
  /// The types of the operator's outputs: a missing cotangent is zeros of its type.
  let outputTypes: TensorTypes

  /// - Parameter wanted: for each input whether its gradient is of interest.
  @_semantics("optimize.sil.specialize.generic.never")
  init<O: Op>(_ op: O, inputs: TensorTypes, outputs: TensorTypes, wanted: [Bool]) {
    let builder = GraphBuilder()
    let inputSymbols = inputs.map(builder.input)
    let outputSymbols = outputs.map(builder.input)
    let cotangents = outputs.map { $0.dtype.isFloatingPoint ? builder.input($0) : nil }
    let gradients = op.gradient(inputSymbols, outputSymbols, cotangents)
    let found = wanted.indices.filter { wanted[$0] && gradients[$0] != nil }
    targets = found
    graph = builder.graph(outputs: found.map { gradients[$0]! })
    outputTypes = outputs
    live = graph.liveNodes
    let live = live
    inputsRead = inputs.indices.filter { live[$0] }
    outputsRead = outputs.indices.filter { live[inputs.count + $0] }
    keptTypes = inputsRead.map { inputs[$0] } + outputsRead.map { outputs[$0] }
  }

  /// The gradients of the targets.
  ///
  /// - Parameters:
  ///   - kept: the inputs and then the outputs that the graph reads.
  ///   - cotangents: one for each output, `nil` for zero.
  func gradients(
    kept: [NDArray], cotangents: [NDArray?], at site: CallSite
  ) -> [NDArray] {
    var values: [[NDArray]] = Array(repeating: [], count: graph.nodes.count)
    for (node, array) in zip(inputsRead, kept) { values[node] = [array] }
    let inputCount = graph.inputs.count - outputTypes.count { $0.dtype.isFloatingPoint }
    let firstOutput = inputCount - outputTypes.count
    for (output, array) in zip(outputsRead, kept.dropFirst(inputsRead.count)) {
      values[firstOutput + output] = [array]
    }
    var next = inputCount
    for (position, type) in outputTypes.enumerated() where type.dtype.isFloatingPoint {
      if live[next] {
        values[next] = [cotangents[position] ?? NDArray.zeros(type.shape, dtype: type.dtype)]
      }
      next += 1
    }
    graph.evaluate(&values, live: live, at: site)
    return graph.outputs.map { values[$0.node][$0.output] }
  }

  /// The rule of an operator, traced at the first request.
  @_semantics("optimize.sil.specialize.generic.never")
  static func of<O: Op>(
    _ op: O, inputs: TensorTypes, outputs: TensorTypes, wanted: [Bool]
  ) -> GradientRule {
    let key = Key(op: OpIdentity(op), inputs: inputs, wanted: wanted)
    if let known = find(key) { return known }
    let rule = GradientRule(op, inputs: inputs, outputs: outputs, wanted: wanted)
    cache.withLock { cache in
      if cache.count >= Limits.gradientRulesMax { cache.removeAll() }
      cache[key] = rule
    }
    return rule
  }

  private static func find(_ key: Key) -> GradientRule? { cache.withLock { $0[key] } }

  private struct Key: Hashable, Sendable {
    let op: OpIdentity
    let inputs: TensorTypes
    let wanted: [Bool]
  }

  private static let cache = Mutex<[Key: GradientRule]>([:])
}
