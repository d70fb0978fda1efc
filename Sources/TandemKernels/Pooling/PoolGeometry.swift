import TandemShapes

/// Where the windows of a pooling lie: one length per spatial axis, one to three axes.
///
/// Arrays are `[batch, channels, spatial...]`. Window o along an axis looks at the positions
/// `o · stride − paddingBegin + k · dilation` for `k` in `0..<window`.
public struct PoolGeometry: Hashable, Sendable, Codable {
  /// How many positions a window looks at.
  public let window: Shape
  /// How far apart windows start.
  public let stride: Shape
  /// How many positions are added before the first.
  public let paddingBegin: Shape
  /// How many positions are added after the last.
  public let paddingEnd: Shape
  /// How far apart the positions of one window are.
  public let dilation: Shape
  /// Whether a last window may reach over the padded end; it must start before the end padding.
  public let ceilMode: Bool

  /// A geometry; what is left out is: stride = window, no padding, dilation one.
  public init(
    window: Shape, stride: Shape? = nil, paddingBegin: Shape? = nil, paddingEnd: Shape? = nil,
    dilation: Shape? = nil, ceilMode: Bool = false
  ) {
    let zeros = Shape(window.array.map { _ in 0 })
    self.window = window
    self.stride = stride ?? window
    self.paddingBegin = paddingBegin ?? zeros
    self.paddingEnd = paddingEnd ?? paddingBegin ?? zeros
    self.dilation = dilation ?? Shape(window.array.map { _ in 1 })
    self.ceilMode = ceilMode
  }

  /// The number of spatial axes.
  public var rank: Int { window.rank }

  /// The shape of the result for an input `[batch, channels, spatial...]`.
  ///
  /// Along an axis of length n there are `(n + padding − reach) / stride + 1` windows, where
  /// `reach` is `dilation · (window − 1) + 1`; the division rounds down, or up in ceil mode, where
  /// a window that would start in the end padding is left out.
  ///
  /// - Throws: `ShapeError` if the axes do not fit, a window, stride or dilation is zero, a padding
  ///   is as long as a window, or a window is longer than the padded input.
  public func outputShape(for input: Shape) throws(ShapeError) -> Shape {
    guard (1...3).contains(rank) else {
      throw ShapeError("pool: one to three window axes are needed: window \(window)")
    }
    for (name, lengths) in [
      ("stride", stride), ("padding", paddingBegin), ("padding", paddingEnd),
      ("dilation", dilation),
    ] where lengths.rank != rank {
      throw ShapeError("pool: window and \(name) differ in axes: \(window), \(lengths)")
    }
    guard input.rank == rank + 2 else {
      throw ShapeError("pool: the input needs \(rank + 2) axes for window \(window): \(input)")
    }
    var result = input.dropLast(rank)
    for axis in 0..<rank { result.append(try outputLength(of: axis, for: input[axis + 2])) }
    return result
  }

  private func outputLength(of axis: Int, for length: Int) throws(ShapeError) -> Int {
    for (name, lengths) in [("window", window), ("stride", stride), ("dilation", dilation)]
    where lengths[axis] < 1 {
      throw ShapeError("pool: \(name) must be positive: \(lengths)")
    }
    let reach = dilation[axis] * (window[axis] - 1) + 1
    let (begin, end) = (paddingBegin[axis], paddingEnd[axis])
    guard begin < reach, end < reach else {
      throw ShapeError(
        "pool: padding must be shorter than the window: padding \(begin) and \(end), "
          + "window reaches over \(reach)")
    }
    let room = length + begin + end - reach
    guard room >= 0 else {
      throw ShapeError(
        "pool: the window reaches over \(reach) but axis \(axis + 2) is \(length) long "
          + "with padding \(begin) and \(end)")
    }
    guard ceilMode else { return room / stride[axis] + 1 }
    let count = (room + stride[axis] - 1) / stride[axis] + 1
    return (count - 1) * stride[axis] >= length + begin ? count - 1 : count
  }
}
