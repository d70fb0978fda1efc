import TandemKernels

/// One of two graphs, chosen by a truth value.
///
/// | value      | shape                                             |
/// | ---------- | ------------------------------------------------- |
/// | predicate  | zero-dimensional bool                             |
/// | captures   | what the graphs take, each takes all              |
/// | key        | seed, stream, tick, if a graph draws              |
/// | results    | those of the graphs, which give the same types    |
///
/// Only the chosen graph runs. The gradient is a `cond` of the gradients of the graphs, which
/// compute their values anew.
///
/// - Complexity: that of the chosen graph.
public struct Conditional: ControlFlowOp, Codable {
  public static let name = "cond"

  /// What runs where the predicate is true.
  public let onTrue: Subgraph
  /// What runs where it is false.
  public let onFalse: Subgraph
  /// How many arrays both take.
  public let captureCount: Int
  /// Whether the last three inputs are seed, stream and tick.
  public let hasKey: Bool
  /// The ways back through both graphs, if they are known; see ``BodyGradient``. Not saved: a graph
  /// that was loaded is differentiated by the rules of its operators.
  public private(set) var derivatives: [BodyGradient] = []

  private enum CodingKeys: String, CodingKey { case onTrue, onFalse, captureCount, hasKey }

  /// A choice of two graphs; see the properties.
  public init(
    onTrue: Subgraph, onFalse: Subgraph, captureCount: Int, hasKey: Bool,
    derivatives: [BodyGradient] = []
  ) {
    (self.onTrue, self.onFalse) = (onTrue, onFalse)
    (self.captureCount, self.hasKey) = (captureCount, hasKey)
    self.derivatives = derivatives
  }

  public var subgraphs: [(label: String, graph: Subgraph)] {
    [("then", onTrue), ("else", onFalse)]
  }

  public func outputTypes(for inputs: TensorTypes) throws(ShapeError) -> TensorTypes {
    try requireCounts([captureCount], inputs)
    try requireKey(inputs)
    try require(
      operandCount(inputs) == captureCount + 1, "needs a predicate and \(captureCount) arrays",
      inputs)
    try require(
      inputs[0].rank == 0 && inputs[0].dtype == .bool, "the predicate needs one truth value",
      inputs)
    let captures = Array(inputs.dropFirst().prefix(captureCount))
    try requireFit(of: onTrue, takes: captures, named: "then")
    try requireFit(of: onFalse, takes: captures, named: "else")
    guard onTrue.outputTypes == onFalse.outputTypes else {
      throw ShapeError(
        "the branches give different types: \(TensorTypes(onTrue.outputTypes)) and "
          + "\(TensorTypes(onFalse.outputTypes)); cast or reshape in one of them")
    }
    return TensorTypes(onTrue.outputTypes)
  }

  func lower(_ inputs: TensorTypes, to lowering: inout Lowering, _ options: CompilerOptions) {
    let predicate = lowering.stored(0)
    let captures = (1...max(captureCount, 1)).prefix(captureCount).map { lowering.stored($0) }
    let layouts = captures.map(\.layout)
    let programs = [onTrue, onFalse].map { body in
      do throws(ShapeError) {
        return try BodyProgram(body, arrays: layouts, options)
      } catch {
        fail("\(Self.name): \(error.message)", at: .unknown)
      }
    }
    let results = outputSlots(lowering)
    let arena = lowering.scratch(programs.map(\.arenaByteCount).max() ?? 0)
    let key = hasKey ? lowering.key(1 + captureCount) : []
    lowering.emit(
      RunConditional(
        onTrue: programs[0], onFalse: programs[1], resultCount: results.count,
        key: hasKey
          ? KeySource(key, first: results.count + 2 + captureCount) : .none),
      results + [arena], [predicate] + captures + key)
  }

  private func outputSlots(_ lowering: Lowering) -> [Lowering.Slot] {
    onTrue.outputTypes.indices.map(lowering.output)
  }

  public func gradient(
    _ inputs: Symbols, _ outputs: Symbols, _ cotangents: [Symbol?]
  ) -> [Symbol?] {
    var result = [Symbol?](repeating: nil, count: inputs.count)
    let captures = Array(inputs.dropFirst().prefix(captureCount))
    let given = cotangents.indices.filter { cotangents[$0] != nil }
    guard !given.isEmpty else { return result }
    let branches = [onTrue, onFalse].enumerated().map { index, body in
      derivatives.isEmpty
        ? BodyGradient(
          of: body, BodyCounts(carries: 0, captures: captureCount), results: given)
        : derivatives[index].knowing(given)
    }
    let reached = captures.indices.filter { index in
      branches.contains { $0.captures.contains(index) }
    }
    guard !reached.isEmpty else { return result }
    let op = Conditional(
      onTrue: branches[0].graph(of: reached, captures),
      onFalse: branches[1].graph(of: reached, captures),
      captureCount: captureCount + given.count, hasKey: hasKey)
    let slopes = given.map { cotangents[$0]! }
    let found = Symbol.apply(
      op, inputs: [inputs[0]] + slopes + inputs.dropFirst(), at: .unknown)
    for (position, capture) in reached.enumerated() { result[1 + capture] = found[position] }
    return result
  }
}

extension BodyGradient {
  /// The graph with the gradients of these captures as results, zeros where it has none.
  fileprivate func graph(of reached: [Int], _ types: Symbols) -> Subgraph {
    if reached == captures { return graph }
    let builder = GraphBuilder()
    let inputs = graph.inputTypes.map(builder.input)
    let found = builder.inlined(graph, inputs)
    let results = reached.map { capture in
      captures.firstIndex(of: capture).map { found[$0] } ?? builder.zeros(types[capture].type)
    }
    return Subgraph(builder.graph(inputs: inputs, outputs: results))
  }
}

extension GraphBuilder {
  /// Adds the nodes of a graph that fits.
  func inlined(_ body: Subgraph, _ inputs: Symbols) -> Symbols {
    do throws(ShapeError) {
      return try inline(body.graph, inputs)
    } catch {
      fail("gradient: broken invariant: a body does not fit itself: \(error.message)", at: .unknown)
    }
  }
}

extension GraphBuilder {
  /// Zeros.
  func zeros(_ type: TensorType) -> Symbol {
    Symbol.apply(
      Full(shape: type.shape), constant(ScalarValue(0, type.dtype)), at: .unknown)
  }
}
