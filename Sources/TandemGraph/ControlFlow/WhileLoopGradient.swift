import TandemKernels

/// The way back through a ``WhileLoop``.
///
/// | value      | shape                                                       |
/// | ---------- | ----------------------------------------------------------- |
/// | carries    | those that the loop started from                            |
/// | captures   | those of the loop                                           |
/// | count      | how many calls there were, int64                            |
/// | cotangents | of the last carries that are floats                         |
/// | key        | seed, stream, tick, if the body draws                       |
/// | results    | the gradients of the first carries, then of the captures    |
///
/// Runs the loop again and keeps the carries of each call, up to ``byteCountMax`` bytes; of longer
/// loops those of some calls, from which the others are computed anew, call by call on the way
/// back. So memory is bounded, and a loop of n calls whose carries fit s times takes about
/// log n / log s further runs.
///
/// Its gradient is that of a loop: with λ the cotangents of the last carries and (μ, σ) those of
/// the results, `⟨μ, gradient of the carries⟩ + ⟨σ, gradient of the captures⟩ = ⟨λ, t⟩`, where t is
/// the last of the tangents that a loop hands on beside the carries, from μ on. So its derivative
/// by λ is t, and the others are those of that loop: a ``WhileLoopGradient`` again.
///
/// - Reference: Griewank and Walther, *Algorithm 799: revolve*, ACM TOMS 2000, of which this is the
///   multistage form with equal parts.
public struct WhileLoopGradient: ControlFlowOp, Codable {
  public static let name = "whileLoopGradient"

  /// Bytes of carries that are kept unless ``byteCountMax`` says otherwise.
  public static let byteCountMaxStandard = 256 << 20

  /// What the loop calls.
  public let body: Subgraph
  /// The way back through one call: from the cotangents of carries, the sums of the gradients of
  /// captures, carries, captures and key to cotangents and sums.
  public let step: Subgraph
  /// The carries that have cotangents.
  public let slopes: [Int]
  /// The captures that have gradients.
  public let sums: [Int]
  /// How many arrays the loop hands on.
  public let carryCount: Int
  /// How many arrays every call sees.
  public let captureCount: Int
  /// How many draws of each iteration come before those of the body.
  public let conditionDraws: Int
  /// Whether the last three inputs are seed, stream and tick.
  public let hasKey: Bool
  /// Bytes of carries that are kept.
  public var byteCountMax = byteCountMaxStandard

  /// The way back through a loop; see the properties.
  public init(
    body: Subgraph, step: Subgraph, slopes: [Int], sums: [Int], carryCount: Int,
    captureCount: Int, conditionDraws: Int, hasKey: Bool
  ) {
    (self.body, self.step, self.slopes, self.sums) = (body, step, slopes, sums)
    (self.carryCount, self.captureCount) = (carryCount, captureCount)
    (self.conditionDraws, self.hasKey) = (conditionDraws, hasKey)
  }

  public var subgraphs: [(label: String, graph: Subgraph)] {
    [("body", body), ("step back", step)]
  }

  var counts: BodyCounts { BodyCounts(carries: carryCount, captures: captureCount) }

  public func outputTypes(for inputs: TensorTypes) throws(ShapeError) -> TensorTypes {
    try requireCounts([carryCount, captureCount, conditionDraws, byteCountMax], inputs)
    try require(
      slopes.allSatisfy((0..<carryCount).contains) && sums.allSatisfy((0..<captureCount).contains),
      "needs carries and captures that there are", inputs)
    try requireKey(inputs)
    try require(
      operandCount(inputs) == counts.total + 1 + slopes.count,
      "needs \(carryCount) carries, \(captureCount) arrays, a count and \(slopes.count) "
        + "cotangents", inputs)
    let types = Array(inputs.prefix(counts.total))
    let count = inputs[counts.total]
    try require(count.rank == 0 && count.dtype == .int64, "the count needs one int64", inputs)
    let given = Array(inputs.dropFirst(counts.total + 1).prefix(slopes.count))
    try require(
      given == slopes.map { inputs[$0] }, "the cotangents have other types than the carries",
      inputs)
    let results = given + sums.map { inputs[carryCount + $0] }
    try requireFit(of: body, takes: types, named: "the body")
    try requireFit(of: step, takes: results + types, named: "the step back")
    let carries = Array(types.prefix(carryCount))
    guard body.outputTypes == carries, step.outputTypes == results else {
      throw ShapeError(
        "the graphs give other types than they take: \(TensorTypes(body.outputTypes)); "
          + "\(TensorTypes(step.outputTypes))")
    }
    return TensorTypes(results)
  }

  func lower(_ inputs: TensorTypes, to lowering: inout Lowering, _ options: CompilerOptions) {
    let end = operandCount(inputs)
    let operands = (0..<end).map { index in
      counts.captureRange.contains(index)
        ? lowering.stored(index) : lowering.storedRowMajor(index)
    }
    let layouts = operands.prefix(counts.total).map(\.layout)
    let types = step.outputTypes
    let programs: [BodyProgram]
    do throws(ShapeError) {
      programs = [
        try BodyProgram(body, arrays: layouts, options),
        try BodyProgram(step, arrays: types.map { Layout($0.shape) } + layouts, options),
      ]
    } catch {
      fail("\(Self.name): \(error.message)", at: .unknown)
    }
    let results = types.indices.map { lowering.output($0) }
    let arena = lowering.scratch(programs.map(\.arenaByteCount).max() ?? 0)
    let spares = types.map { lowering.temporary($0) }
    let written = results + [arena] + spares
    let key = hasKey ? lowering.key(end) : []
    lowering.emit(
      RunWhileLoopGradient(
        body: programs[0], step: programs[1],
        carryByteCounts: inputs.prefix(carryCount).map(\.byteCount), captureCount: captureCount,
        slopeCount: slopes.count, resultByteCounts: types.map(\.byteCount),
        conditionDraws: conditionDraws, byteCountMax: byteCountMax,
        key: hasKey ? KeySource(key, first: written.count + end) : .none),
      written, operands + key)
  }
}
