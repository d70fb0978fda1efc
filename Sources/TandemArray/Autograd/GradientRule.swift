import TandemThreads

/// The gradient of one operator for given input types, traced once and cached: a small graph from
/// some inputs, some outputs and the cotangents to the gradients of the wanted inputs.
///
/// What the graph does not read is not kept alive by the tape. Where an operator has several
/// outputs and only some have a cotangent, as is the rule, a variant is traced that knows the
/// others to be zero: it does not compute what they would give.
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
  /// The same of an operator with one or two inputs and one output, without a list.
  let form: Form
  /// The types of the operator's outputs: a missing cotangent is zeros of its type.
  let outputTypes: TensorTypes
  /// For each output whether the graph has an input for its cotangent.
  private let given: [Bool]
  /// Traces the rule for these cotangents.
  private let retraced: @Sendable ([Bool]) -> GradientRule
  private let variants = Guarded<[[Bool]: GradientRule]>([:])

  /// Inputs as bits, the first one the lowest.
  struct Form {
    let targets: UInt64
    let inputsRead: UInt64
    let readsOutput: Bool
    let keptCount: Int
  }

  /// - Parameters:
  ///   - wanted: for each input whether its gradient is of interest.
  ///   - given: for each output whether it has a cotangent; all floats if `nil`.
  @_semantics("optimize.sil.specialize.generic.never")
  init<O: Op>(
    _ op: O, inputs: TensorTypes, outputs: TensorTypes, wanted: [Bool], given: [Bool]? = nil
  ) {
    let given = given ?? outputs.map(\.dtype.isDifferentiable)
    self.given = given
    retraced = {
      GradientRule(op, inputs: inputs, outputs: outputs, wanted: wanted, given: $0)
    }
    let builder = GraphBuilder()
    let inputSymbols = inputs.map(builder.input)
    let outputSymbols = outputs.map(builder.input)
    let cotangents = outputs.indices.map { given[$0] ? builder.input(outputs[$0]) : nil }
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
    let bits = { (positions: [Int]) in positions.reduce(UInt64(0)) { $0 | 1 << UInt64($1) } }
    form = Form(
      targets: bits(found), inputsRead: bits(inputsRead), readsOutput: !outputsRead.isEmpty,
      keptCount: keptTypes.count)
  }

  /// The gradients of the targets; `nil` where none flows from the cotangents that there are.
  ///
  /// - Parameters:
  ///   - kept: the inputs and then the outputs that the graph reads.
  ///   - cotangents: one for each output, `nil` for zero.
  func gradients(
    kept: [NDArray], cotangents: [NDArray?], at site: CallSite
  ) -> [NDArray?] {
    if cotangents.count == 1 { return evaluate(kept: kept, cotangents: cotangents, at: site) }
    let present = cotangents.indices.map { given[$0] && cotangents[$0] != nil }
    if present != given, let variant = variant(present) {
      let found = variant.evaluate(
        kept: variant.selected(from: self, kept), cotangents: cotangents, at: site)
      return targets.map { target in variant.targets.firstIndex(of: target).map { found[$0] } }
    }
    return evaluate(kept: kept, cotangents: cotangents, at: site)
  }

  /// The rule that knows which cotangents are there; `nil` if it reads what was not kept.
  private func variant(_ present: [Bool]) -> GradientRule? {
    let rule =
      variants.withLock { $0[present] }
      ?? {
        let fresh = retraced(present)
        return variants.withLock { variants in
          let first = variants[present] ?? fresh
          variants[present] = first
          return first
        }
      }()
    let isKept =
      Set(rule.inputsRead).isSubset(of: inputsRead)
      && Set(rule.outputsRead).isSubset(of: outputsRead)
    return isKept ? rule : nil
  }

  /// What this rule reads, of what another one of the same operator keeps.
  private func selected(from other: GradientRule, _ kept: [NDArray]) -> [NDArray] {
    let inputs = zip(other.inputsRead, kept).filter { inputsRead.contains($0.0) }
    let outputs = zip(other.outputsRead, kept.dropFirst(other.inputsRead.count))
      .filter { outputsRead.contains($0.0) }
    return (inputs + outputs).map(\.1)
  }

  private func evaluate(
    kept: [NDArray], cotangents: [NDArray?], at site: CallSite
  ) -> [NDArray] {
    var values: [[NDArray]] = Array(repeating: [], count: graph.nodes.count)
    for (node, array) in zip(inputsRead, kept) { values[node] = [array] }
    let inputCount = graph.inputs.count - given.count { $0 }
    let firstOutput = inputCount - outputTypes.count
    for (output, array) in zip(outputsRead, kept.dropFirst(inputsRead.count)) {
      values[firstOutput + output] = [array]
    }
    var next = inputCount
    for (position, type) in outputTypes.enumerated() where given[position] {
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
    let isLoop = O.self is any SubgraphOp.Type
    if let known = find(key, isLoop) { return known }
    let rule = GradientRule(op, inputs: inputs, outputs: outputs, wanted: wanted)
    (isLoop ? loopCache : cache).withLock { cache in
      let countMax = isLoop ? Limits.loopProgramsMax : Limits.gradientRulesMax
      if cache.count >= countMax { cache.removeAll() }
      cache[key] = rule
    }
    return rule
  }

  private static func find(_ key: Key, _ isLoop: Bool) -> GradientRule? {
    (isLoop ? loopCache : cache).withLock { $0[key] }
  }

  private struct Key: Hashable, Sendable {
    let op: OpIdentity
    let inputs: TensorTypes
    let wanted: [Bool]
  }

  private static let cache = Guarded<[Key: GradientRule]>([:])
  /// Those of loops and branches.
  private static let loopCache = Guarded<[Key: GradientRule]>([:])
}
