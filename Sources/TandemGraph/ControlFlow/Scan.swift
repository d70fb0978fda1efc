import TandemKernels

/// Calls a graph once for each element along the first axis of its inputs, handing arrays from each
/// call to the next.
///
/// | value     | shape                                                              |
/// | --------- | ------------------------------------------------------------------ |
/// | carries   | any; what the first call starts from                               |
/// | elements  | `[length, …]`; a call sees one element of each                     |
/// | captures  | any; every call sees them                                          |
/// | key       | seed, stream, tick, if the graph draws                             |
/// | results   | the last carries                                                   |
/// |           | `[length, …]` of what else each call gives                         |
/// |           | with ``keepsCarries``, `[length, …]` of the carries it was given   |
///
/// The graph takes carries, an element of each input, captures and key; it gives the next carries,
/// of the same types, and then further results. Element `i` is iteration `i` to its random draws,
/// in whatever order the elements are visited.
///
/// The gradient is a scan in the other direction, whose calls compute their values anew from the
/// carries, so that a step keeps its carries and nothing else: the derivative of a derivative, and
/// of loops inside of loops, follows.
///
/// - Complexity: `length` times that of the graph.
public struct Scan: ControlFlowOp, Codable {
  public static let name = "scan"

  /// What is called.
  public let body: Subgraph
  /// How many arrays are handed on.
  public let carryCount: Int
  /// How many arrays are seen element by element.
  public let elementCount: Int
  /// How many arrays every call sees.
  public let captureCount: Int
  /// How many calls there are.
  public let length: Int
  /// Whether the last element comes first.
  public let isReversed: Bool
  /// Whether the carries that each call was given are results, too: what the gradient needs.
  public let keepsCarries: Bool
  /// Whether the last three inputs are seed, stream and tick.
  public let hasKey: Bool
  /// The way back through one call, if it is known; see ``BodyGradient``. Not saved: a graph that
  /// was loaded is differentiated by the rules of its operators.
  public private(set) var derivative: BodyGradient?

  private enum CodingKeys: String, CodingKey {
    case body, carryCount, elementCount, captureCount, length, isReversed, keepsCarries, hasKey
  }

  /// A scan; see the properties.
  public init(
    body: Subgraph, counts: BodyCounts, length: Int, isReversed: Bool = false,
    keepsCarries: Bool = false, hasKey: Bool = false, derivative: BodyGradient? = nil
  ) {
    self.body = body
    (carryCount, elementCount) = (counts.carries, counts.elements)
    captureCount = counts.captures
    (self.length, self.isReversed) = (length, isReversed)
    (self.keepsCarries, self.hasKey) = (keepsCarries, hasKey)
    self.derivative = derivative
  }

  public var subgraphs: [(label: String, graph: Subgraph)] { [("body", body)] }

  /// How many inputs of each kind the graph has.
  public var counts: BodyCounts {
    BodyCounts(carries: carryCount, elements: elementCount, captures: captureCount)
  }

  public func outputTypes(for inputs: TensorTypes) throws(ShapeError) -> TensorTypes {
    try requireCounts([carryCount, elementCount, captureCount, length], inputs)
    try requireKey(inputs)
    try require(
      operandCount(inputs) == counts.total,
      "needs \(carryCount) carries, \(elementCount) inputs and \(captureCount) arrays", inputs)
    for input in inputs.dropFirst(carryCount).prefix(elementCount) {
      try require(
        input.rank > 0 && input.shape[0] == length, "an input has not \(length) elements", inputs)
    }
    let types = inputs.prefix(counts.total).enumerated().map { index, type in
      counts.elementRange.contains(index) ? type.element : type
    }
    try requireFit(of: body, takes: types, named: "the body")
    let carries = Array(inputs.prefix(carryCount))
    let results = body.outputTypes
    guard results.count >= carryCount, Array(results.prefix(carryCount)) == carries else {
      throw ShapeError(
        "the body gives other carries than it takes: "
          + "\(TensorTypes(results.prefix(carryCount))), \(TensorTypes(carries))")
    }
    let stacked = results.dropFirst(carryCount) + (keepsCarries ? carries : [])
    for type in stacked {
      try require(
        type.rank < Shape.maximumRank, "\(type) has too many axes to be stacked", inputs)
    }
    return TensorTypes(carries + stacked.map { $0.stacked(length) })
  }

  func lower(_ inputs: TensorTypes, to lowering: inout Lowering, _ options: CompilerOptions) {
    let operands = (0..<counts.total).map { index in
      index < carryCount ? lowering.storedRowMajor(index) : lowering.stored(index)
    }
    let layouts = operands.enumerated().map { index, slot in
      counts.elementRange.contains(index) ? slot.layout.element : slot.layout
    }
    let program: BodyProgram
    do throws(ShapeError) {
      program = try BodyProgram(body, arrays: layouts, options)
    } catch {
      fail("\(Self.name): \(error.message)", at: .unknown)
    }
    let stackedCount = body.outputTypes.count - carryCount
    let resultCount = carryCount + stackedCount + (keepsCarries ? carryCount : 0)
    let results = (0..<resultCount).map { lowering.output($0) }
    let arena = lowering.scratch(program.arenaByteCount)
    let spares = keepsCarries ? [] : inputs.prefix(carryCount).map { lowering.temporary($0) }
    let written = results + [arena] + spares
    let key = hasKey ? lowering.key(counts.total) : []
    lowering.emit(
      RunScan(
        program: program, counts: counts, stackedCount: stackedCount, length: length,
        isReversed: isReversed, keepsCarries: keepsCarries,
        key: hasKey ? KeySource(key, first: written.count + counts.total) : .none),
      written, operands + key)
  }
}

/// How many inputs of each kind the graph of a loop has, in this order; its key comes after them.
public struct BodyCounts: Hashable, Sendable {
  /// Arrays that each call hands to the next.
  public let carries: Int
  /// Arrays of which each call sees one element.
  public let elements: Int
  /// Arrays that each call sees.
  public let captures: Int

  /// Counts; see the properties.
  public init(carries: Int, elements: Int = 0, captures: Int) {
    (self.carries, self.elements, self.captures) = (carries, elements, captures)
  }

  /// All inputs before the key.
  var total: Int { carries + elements + captures }

  /// The positions of the elements.
  var elementRange: Range<Int> { carries..<carries + elements }

  /// The positions of the captures.
  var captureRange: Range<Int> { carries + elements..<total }
}

extension TensorType {
  /// The type of an element along the first axis.
  var element: TensorType { TensorType(Shape(shape.array.dropFirst()), dtype) }

  /// The type of an array of such elements.
  func stacked(_ length: Int) -> TensorType { TensorType(Shape([length] + shape.array), dtype) }
}

extension Layout {
  /// The layout of an element along the first axis.
  var element: Layout {
    Layout(
      Shape(shape.array.dropFirst()), strides: (1..<rank).map { stride($0) }, offset: 0)
  }
}
