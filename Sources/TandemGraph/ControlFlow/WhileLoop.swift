import TandemKernels

/// Calls a graph again and again, as long as another one says so, handing arrays from each call to
/// the next.
///
/// | value    | shape                                                |
/// | -------- | ---------------------------------------------------- |
/// | carries  | any; what the first call starts from                 |
/// | captures | any; both graphs see them                            |
/// | key      | seed, stream, tick, if a graph draws                 |
/// | results  | the last carries; then how many calls there were, zero-dimensional int64 |
///
/// The condition takes carries, captures and key and gives one truth value. The body takes the same
/// and gives the next carries. The draws of an iteration are first those of its condition, then
/// those of its body.
///
/// How often the body is called is known only while it runs, so the gradient is an operator of its
/// own: ``WhileLoopGradient``.
///
/// - Complexity: the number of calls times that of the graphs.
public struct WhileLoop: ControlFlowOp, Codable {
  public static let name = "whileLoop"

  /// Whether there is a further call.
  public let condition: Subgraph
  /// What is called.
  public let body: Subgraph
  /// How many arrays are handed on.
  public let carryCount: Int
  /// How many arrays every call sees.
  public let captureCount: Int
  /// Whether the last three inputs are seed, stream and tick.
  public let hasKey: Bool
  /// The way back through one call, if it is known; see ``BodyGradient``. Not saved: a graph that
  /// was loaded is differentiated by the rules of its operators.
  public private(set) var derivative: BodyGradient?

  private enum CodingKeys: String, CodingKey {
    case condition, body, carryCount, captureCount, hasKey
  }

  /// A loop; see the properties.
  public init(
    condition: Subgraph, body: Subgraph, carryCount: Int, captureCount: Int, hasKey: Bool,
    derivative: BodyGradient? = nil
  ) {
    (self.condition, self.body) = (condition, body)
    (self.carryCount, self.captureCount) = (carryCount, captureCount)
    (self.hasKey, self.derivative) = (hasKey, derivative)
  }

  public var subgraphs: [(label: String, graph: Subgraph)] {
    [("while", condition), ("body", body)]
  }

  private var counts: BodyCounts { BodyCounts(carries: carryCount, captures: captureCount) }

  /// How many draws the condition makes.
  private var conditionDraws: Int { max(condition.inputTypes.count - counts.total - 2, 0) }

  public func outputTypes(for inputs: TensorTypes) throws(ShapeError) -> TensorTypes {
    try requireCounts([carryCount, captureCount], inputs)
    try requireKey(inputs)
    try require(
      operandCount(inputs) == counts.total,
      "needs \(carryCount) carries and \(captureCount) arrays",
      inputs)
    let types = Array(inputs.prefix(counts.total))
    let carries = Array(types.prefix(carryCount))
    try requireFit(of: condition, takes: types, named: "the condition")
    try requireFit(of: body, takes: types, named: "the body")
    guard condition.outputTypes == [TensorType(Shape(), .bool)] else {
      throw ShapeError(
        "the condition needs one truth value: \(TensorTypes(condition.outputTypes))")
    }
    guard body.outputTypes == carries else {
      throw ShapeError(
        "the body gives other carries than it takes: \(TensorTypes(body.outputTypes)), "
          + "\(TensorTypes(carries))")
    }
    return TensorTypes(carries + [TensorType(Shape(), .int64)])
  }

  func lower(_ inputs: TensorTypes, to lowering: inout Lowering, _ options: CompilerOptions) {
    let operands = (0..<counts.total).map { index in
      index < carryCount ? lowering.storedRowMajor(index) : lowering.stored(index)
    }
    let layouts = operands.map(\.layout)
    let programs = [condition, body].map { graph in
      do throws(ShapeError) {
        return try BodyProgram(graph, arrays: layouts, options)
      } catch {
        fail("\(Self.name): \(error.message)", at: .unknown)
      }
    }
    let results = (0...carryCount).map { lowering.output($0) }
    let arena = lowering.scratch(programs.map(\.arenaByteCount).max() ?? 0)
    let truth = lowering.temporary(TensorType(Shape(), .bool))
    let spares = (0..<2 * carryCount).map { lowering.temporary(inputs[$0 % carryCount]) }
    let written = results + [arena, truth] + spares
    let key = hasKey ? lowering.key(counts.total) : []
    lowering.emit(
      RunWhileLoop(
        condition: programs[0], body: programs[1], carryCount: carryCount,
        key: hasKey ? KeySource(key, first: written.count + counts.total) : .none),
      written, operands + key)
  }

  public func gradient(
    _ inputs: Symbols, _ outputs: Symbols, _ cotangents: [Symbol?]
  ) -> [Symbol?] {
    var result = [Symbol?](repeating: nil, count: inputs.count)
    let step = derivative ?? BodyGradient(of: body, counts, results: [])
    guard step.carries.contains(where: { cotangents[$0] != nil }) else { return result }
    let builder = inputs[0].builder
    let op = WhileLoopGradient(
      body: body, step: step.summing(counts), slopes: step.carries, sums: step.captures,
      carryCount: carryCount, captureCount: captureCount, conditionDraws: conditionDraws,
      hasKey: hasKey)
    let slopes = step.carries.map { cotangents[$0] ?? builder.zeros(inputs[$0].type) }
    let operands = inputs.prefix(counts.total) + [outputs[carryCount]] + slopes
    let found = Symbol.apply(
      op, inputs: operands + Array(inputs.dropFirst(counts.total)), at: .unknown)
    for (position, carry) in step.carries.enumerated() { result[carry] = found[position] }
    for (position, capture) in step.captures.enumerated() {
      result[carryCount + capture] = found[step.carries.count + position]
    }
    return result
  }
}
