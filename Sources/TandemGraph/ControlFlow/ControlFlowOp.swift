import TandemKernels

/// An operator that runs graphs: a branch, a loop. It compiles them when it is lowered, with the
/// passes that the graph around it goes through, and runs them inside of one operation of the
/// engine.
///
/// The graphs' inputs are, in this order: what the operator feeds (carries, elements), what it
/// captures, and, if something inside draws random numbers, seed and stream and then one tick for
/// each draw. The operator's own last inputs are then seed, stream and tick, of which those follow
/// by ``RandomKey/inside(iteration:)``.
protocol ControlFlowOp: SubgraphOp {
  /// Whether the last three inputs are seed, stream and tick.
  var hasKey: Bool { get }

  /// As ``Op/lower(_:to:)``, with options for the graphs inside.
  func lower(_ inputs: TensorTypes, to lowering: inout Lowering, _ options: CompilerOptions)
}

extension ControlFlowOp {
  public static var acceptsNumbers: Bool { true }

  public func lower(_ inputs: TensorTypes, to lowering: inout Lowering) {
    lower(inputs, to: &lowering, CompilerOptions())
  }

  /// How many inputs are not the key.
  func operandCount(_ inputs: TensorTypes) -> Int { inputs.count - (hasKey ? 3 : 0) }

  /// Checks that counts which a file may have brought are none below zero, and not more than 2⁴⁰,
  /// so that sums of some do not overflow.
  func requireCounts(_ counts: [Int], _ inputs: TensorTypes) throws(ShapeError) {
    for count in counts {
      try require((0...1 << 40).contains(count), "there is no count \(count)", inputs)
    }
  }

  /// Checks that the last inputs are a key, if there is one.
  func requireKey(_ inputs: TensorTypes) throws(ShapeError) {
    guard hasKey else { return }
    try require(inputs.count >= 3, "needs seed, stream and tick", inputs)
    for key in inputs.suffix(3) {
      try require(key.isKeyWord, "the key needs zero-dimensional 64-bit integers", inputs)
    }
  }

  /// Checks that a graph takes these arrays, and keys if it draws.
  func requireFit(
    of body: Subgraph, takes types: [TensorType], named label: String
  ) throws(ShapeError) {
    let own = Array(body.inputTypes.prefix(types.count))
    guard own == types else {
      throw ShapeError("\(label) takes \(TensorTypes(own)), is given \(TensorTypes(types))")
    }
    if let name = body.asynchronousOperator {
      throw ShapeError(
        "\(label) runs inside of a kernel, where nobody may wait for \(name); move it outside")
    }
    let keys = body.inputTypes.count - types.count
    guard keys == 0 || (hasKey && keys > 2) else {
      throw ShapeError("\(label) has \(keys) inputs too many")
    }
    for type in body.inputTypes.suffix(keys) where !type.isKeyWord {
      throw ShapeError("\(label) takes \(type) as a word of its key")
    }
  }
}

extension TensorType {
  /// Whether a word of a random key fits: it is a number, and eight bytes are written for it.
  fileprivate var isKeyWord: Bool { rank == 0 && dtype.isInteger && dtype.byteCount == 8 }
}

extension Lowering {
  /// An input in memory: a number is put into some.
  mutating func stored(_ index: Int) -> Slot {
    let slot = input(index)
    guard slot.scalar != nil else { return slot }
    let target = temporary(TensorType(Shape(), slot.dtype))
    map([target], [slot]) { [$0[0]] }
    return target
  }

  /// An input in memory, in row-major order.
  mutating func storedRowMajor(_ index: Int) -> Slot {
    let slot = stored(index)
    if slot.layout.isRowMajor { return slot }
    let target = temporary(TensorType(slot.shape, slot.dtype))
    copy(slot, to: target)
    return target
  }

  /// Bytes that live while the operator runs; at least one.
  mutating func scratch(_ byteCount: Int) -> Slot {
    temporary(TensorType([max(byteCount, 1)], .uint8))
  }

  /// Seed, stream and tick, from `first` on: numbers, or numbers in memory.
  func key(_ first: Int) -> [Slot] { (first..<first + 3).map(input) }
}

/// How a kernel of control flow gets the key of its draws.
struct KeySource: Hashable, Sendable {
  /// Where the key is among the operands, for those of its words that are in memory.
  private let places: [Int?]

  /// No draws.
  static let none = KeySource(places: [])

  private init(places: [Int?]) { self.places = places }

  /// - Parameters:
  ///   - slots: seed, stream and tick.
  ///   - first: the position among the primitive's operands at which those in memory begin.
  init(_ slots: [Lowering.Slot], first: Int) {
    var next = first
    places = slots.map { slot in
      guard slot.scalar == nil else { return nil }
      defer { next += 1 }
      return next
    }
  }

  /// The key of this run.
  func key(_ operands: [Operand], _ scalars: [ScalarValue]) -> RandomKey {
    guard !places.isEmpty else { return RandomKey(seed: 0) }
    var numbers = scalars.makeIterator()
    let words = places.map { place in
      place.map { operands[$0].start.load(as: UInt64.self) } ?? numbers.next()?.bits ?? 0
    }
    return RandomKey(seed: words[0], stream: words[1], tick: words[2])
  }
}
