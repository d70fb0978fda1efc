/// The lengths of an array's axes, stored inline: at most ``Shape/maximumRank`` axes, no
/// allocation.
///
/// Invariants: `rank` is in `0...8`; every length is at least zero; lengths beyond `rank` are zero,
/// so equality and hashing may look at all of them.
public struct Shape: Sendable {
  /// The largest number of axes that an array may have.
  public static let maximumRank = 8

  @usableFromInline var lengths: InlineArray<8, Int>
  /// The number of axes.
  public internal(set) var rank: Int

  /// The shape of a scalar: no axes, one element.
  public init() {
    lengths = InlineArray(repeating: 0)
    rank = 0
  }

  /// A shape with the lengths of a sequence.
  ///
  /// Lengths that come from outside go through ``init(checking:)``; here more than eight axes or a
  /// negative length is a broken invariant.
  public init(_ lengths: some Sequence<Int>) {
    self.init()
    for length in lengths { append(length) }
  }

  /// A shape with lengths as a user writes them; wrong ones stop, in words, on the line of the
  /// call.
  @_transparent
  public init(_ lengths: [Int]) { self.init(lengths, at: .here()) }

  /// A shape with lengths that a user wrote; more than eight axes or a negative length stop, in
  /// words, on the user's line. Too many elements are what operators throw.
  public init(_ lengths: [Int], at site: CallSite) {
    self.init()
    for length in lengths {
      if let complaint = complaint(appending: length) {
        fail("shape: \(complaint): \(lengths)", at: site)
      }
      append(length)
    }
  }

  /// A shape with the lengths of a sequence that may be wrong.
  ///
  /// - Throws: `ShapeError` if there are more than eight axes, a length is negative, or the number
  ///   of elements overflows.
  public init(checking lengths: some Sequence<Int>) throws(ShapeError) {
    self.init()
    for length in lengths {
      if let complaint = complaint(appending: length) {
        throw ShapeError("shape: \(complaint): \(Array(lengths))")
      }
      append(length)
    }
    if hasTooManyElements { throw ShapeError("shape: too many elements: \(Array(lengths))") }
  }

  /// Why there can be no further axis of a length; `nil` if there can be.
  private func complaint(appending length: Int) -> String? {
    if rank == Shape.maximumRank { return "more than \(Shape.maximumRank) axes" }
    return length < 0 ? "negative length" : nil
  }

  /// Whether the number of elements, axes of length zero counted as of one, is more than can be
  /// counted in bytes.
  package var hasTooManyElements: Bool {
    var count = 1
    for axis in 0..<rank {
      let (product, overflow) = count.multipliedReportingOverflow(by: Swift.max(lengths[axis], 1))
      if overflow || product > Int.max / 16 { return true }
      count = product
    }
    return false
  }

  /// The number of elements: the product of the lengths, one for a scalar.
  @inlinable
  public var elementCount: Int {
    var product = 1
    for axis in 0..<rank { product *= lengths[axis] }
    return product
  }

  /// The length of an axis; negative axes count from the end.
  @inlinable
  public subscript(axis: Int) -> Int {
    get { lengths[axis < 0 ? axis + rank : axis] }
    set { lengths[axis < 0 ? axis + rank : axis] = newValue }
  }

  /// Adds an innermost axis.
  public mutating func append(_ length: Int) {
    guard rank < Shape.maximumRank, length >= 0 else {
      fail("shape: broken invariant: appending \(length) to \(self)", at: .unknown)
    }
    lengths[rank] = length
    rank += 1
  }

  /// The shape with further innermost axes.
  public func appending(_ more: Int...) -> Shape {
    var result = self
    for length in more { result.append(length) }
    return result
  }

  /// The shape without its last `count` axes (all of them if there are fewer).
  public func dropLast(_ count: Int = 1) -> Shape {
    var result = Shape()
    for axis in 0..<Swift.max(0, rank - count) { result.append(lengths[axis]) }
    return result
  }

  /// The shape without one axis, counted from the front.
  public func removing(axis: Int) -> Shape {
    var result = Shape()
    for other in 0..<rank where other != axis { result.append(lengths[other]) }
    return result
  }

  /// The shape with an axis of `length` put before the axis that is now at `axis`.
  public func inserting(_ length: Int, at axis: Int) -> Shape {
    var result = Shape()
    for other in 0..<rank {
      if other == axis { result.append(length) }
      result.append(lengths[other])
    }
    if axis == rank { result.append(length) }
    return result
  }

  /// The lengths as an array.
  public var array: [Int] { (0..<rank).map { lengths[$0] } }

  /// An axis that a user gave, negative ones counted from the end, as an index from the front;
  /// `nil` if there is no such axis.
  public func normalized(axis: Int) -> Int? {
    let index = axis < 0 ? axis + rank : axis
    return (0..<rank).contains(index) ? index : nil
  }
}

extension Shape: Hashable {
  @inlinable
  public static func == (lhs: Shape, rhs: Shape) -> Bool {
    guard lhs.rank == rhs.rank else { return false }
    for axis in 0..<lhs.rank where lhs.lengths[axis] != rhs.lengths[axis] { return false }
    return true
  }

  public func hash(into hasher: inout Hasher) {
    hasher.combine(rank)
    for axis in 0..<rank { hasher.combine(lengths[axis]) }
  }
}

extension Shape: ExpressibleByArrayLiteral {
  /// The lengths as a user writes them; wrong ones stop, in words, on the line of the literal.
  @_transparent
  public init(arrayLiteral elements: Int...) { self.init(elements, at: .here()) }
}

extension Shape: CustomStringConvertible {
  /// The lengths in brackets: `[2, 3]`, `[]` for a scalar.
  public var description: String { array.description }
}
