/// Where the elements of an array lie in its storage: lengths, strides and an offset, all counted
/// in elements.
///
/// The memory order is a permutation of the strides: a channels-last picture is an NCHW array whose
/// channel stride is one. A stride of zero repeats an element (broadcasting); strides may be
/// negative.
public struct Layout: Hashable, Sendable {
  /// The lengths of the axes.
  public var shape: Shape
  @usableFromInline var strides: InlineArray<8, Int>
  /// Where element `[0, …, 0]` lies.
  public var offset: Int

  /// The dense layout in row-major (C) order, starting at zero.
  public init(_ shape: Shape) {
    self.shape = shape
    self.offset = 0
    self.strides = InlineArray(repeating: 0)
    var stride = 1
    var axis = shape.rank - 1
    while axis >= 0 {
      strides[axis] = stride
      stride *= max(shape[axis], 1)
      axis -= 1
    }
  }

  /// A layout with the given strides, one for each axis.
  public init(_ shape: Shape, strides: some Sequence<Int>, offset: Int = 0) {
    self.shape = shape
    self.offset = offset
    self.strides = InlineArray(repeating: 0)
    var axis = 0
    for stride in strides {
      self.strides[axis] = stride
      axis += 1
    }
  }

  /// The same with an offset of zero.
  @inlinable
  public var fromStart: Layout {
    var layout = self
    layout.offset = 0
    return layout
  }

  /// The number of axes.
  @inlinable
  public var rank: Int { shape.rank }

  /// The stride of an axis, counted from the front.
  @inlinable
  public func stride(_ axis: Int) -> Int { strides[axis] }

  /// Sets the stride of an axis, counted from the front.
  public mutating func setStride(_ stride: Int, of axis: Int) { strides[axis] = stride }

  /// The strides as an array.
  public var stridesArray: [Int] { (0..<rank).map { strides[$0] } }

  /// Whether the elements lie one after another in row-major order (the offset is free).
  @inlinable
  public var isRowMajor: Bool {
    if shape.elementCount == 0 { return true }
    var expected = 1
    var axis = rank - 1
    while axis >= 0 {
      let length = shape[axis]
      if length != 1 {
        if strides[axis] != expected { return false }
        expected *= length
      }
      axis -= 1
    }
    return true
  }

  /// Whether the elements fill one gapless range in some order of the axes, each stored once.
  public var isDense: Bool {
    if isRowMajor { return true }
    var expected = 1
    for axis in memoryOrder.reversed() where shape[axis] != 1 {
      if strides[axis] != expected { return false }
      expected *= shape[axis]
    }
    return true
  }

  /// The axes from the outermost in memory to the innermost: by falling absolute stride, ties in
  /// axis order. Axes that are broadcast come where their neighbours put them.
  public var memoryOrder: [Int] {
    (0..<rank).sorted { a, b in
      let (x, y) = (abs(strides[a]), abs(strides[b]))
      return x == y ? a < b : x > y
    }
  }

  /// The dense layout of `shape` whose axes lie in memory in this order, outermost first.
  public static func dense(_ shape: Shape, order: [Int]) -> Layout {
    var result = Layout(shape)
    var stride = 1
    for axis in order.reversed() {
      result.strides[axis] = stride
      stride *= max(shape[axis], 1)
    }
    return result
  }

  /// The dense layout of `shape` in the memory order of the first of `sources` that has this shape;
  /// row-major if none has.
  public static func following(_ sources: [Layout], _ shape: Shape) -> Layout {
    guard let leader = sources.first(where: { $0.shape == shape }), !leader.isRowMajor else {
      return Layout(shape)
    }
    return dense(shape, order: leader.memoryOrder)
  }

  public static func == (lhs: Layout, rhs: Layout) -> Bool {
    lhs.offset == rhs.offset && lhs.hasSteps(of: rhs)
  }

  /// Whether lengths and strides are those of another layout; offsets may differ.
  @inlinable
  public func hasSteps(of other: Layout) -> Bool {
    guard shape == other.shape else { return false }
    for axis in 0..<rank where strides[axis] != other.strides[axis] { return false }
    return true
  }

  public func hash(into hasher: inout Hasher) {
    hasher.combine(shape)
    hasher.combine(offset)
    for axis in 0..<rank { hasher.combine(strides[axis]) }
  }
}
