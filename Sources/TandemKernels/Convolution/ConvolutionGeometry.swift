import TandemShapes

/// How the window of a convolution moves: everything about it but the operands.
///
/// Lists hold one number for each spatial axis, one to three of them. Output position `o` of an
/// axis reads input positions `o · stride + tap · dilation − paddingBegin`; those outside are
/// zeros.
public struct ConvolutionGeometry: Hashable, Sendable {
  /// The distance between windows, at least one.
  public let stride: Shape
  /// Zeros before the first element.
  public let paddingBegin: Shape
  /// Zeros after the last element.
  public let paddingEnd: Shape
  /// The distance between the taps of a window, at least one.
  public let dilation: Shape
  /// Into how many groups channels are divided; each output group sees only its input group.
  public let groups: Int

  /// The number of spatial axes.
  public var spatialRank: Int { stride.rank }

  /// A geometry whose numbers may be wrong.
  ///
  /// - Throws: `ShapeError` if the lists differ in length, there are not one to three spatial axes,
  ///   a stride or dilation is less than one, or `groups` is less than one.
  public init(
    stride: Shape, paddingBegin: Shape, paddingEnd: Shape, dilation: Shape, groups: Int = 1
  ) throws(ShapeError) {
    let rank = stride.rank
    guard (1...3).contains(rank) else {
      throw ShapeError("convolution: needs one to three spatial axes: stride \(stride)")
    }
    guard paddingBegin.rank == rank, paddingEnd.rank == rank, dilation.rank == rank else {
      throw ShapeError(
        "convolution: lists differ in length: stride \(stride), padding \(paddingBegin) and "
          + "\(paddingEnd), dilation \(dilation)")
    }
    guard stride.array.allSatisfy({ $0 > 0 }) else {
      throw ShapeError("convolution: stride must be positive: \(stride)")
    }
    guard dilation.array.allSatisfy({ $0 > 0 }) else {
      throw ShapeError("convolution: dilation must be positive: \(dilation)")
    }
    guard groups > 0 else { throw ShapeError("convolution: groups must be positive: \(groups)") }
    (self.stride, self.dilation, self.groups) = (stride, dilation, groups)
    (self.paddingBegin, self.paddingEnd) = (paddingBegin, paddingEnd)
  }

  /// The shape of `y` for an `x` of shape `[n, c, spatial…]` and a `w` of shape
  /// `[out, c / groups, kernel…]`: `[n, out, …]` with
  /// `(length + paddingBegin + paddingEnd − dilation · (kernel − 1) − 1) / stride + 1` along each
  /// spatial axis, rounded down.
  ///
  /// - Throws: `ShapeError` if ranks do not fit, channels do not divide or agree, a kernel axis is
  ///   empty, or a window is longer than its padded axis.
  public func outputShape(input x: Shape, weight w: Shape) throws(ShapeError) -> Shape {
    let rank = spatialRank + 2
    guard x.rank == rank, w.rank == rank else {
      throw ShapeError(
        "convolution: needs \(rank) axes for \(spatialRank) spatial ones: input \(x), weight \(w)")
    }
    guard x[1] == w[1] * groups else {
      throw ShapeError(
        "convolution: input has \(x[1]) channels but weight wants \(w[1]) in each of \(groups) "
          + "groups: input \(x), weight \(w)")
    }
    guard w[0] % groups == 0 else {
      throw ShapeError(
        "convolution: output channels do not divide into \(groups) groups: weight \(w)")
    }
    var y: Shape = [x[0], w[0]]
    for axis in 0..<spatialRank {
      let (length, kernel) = (x[axis + 2], w[axis + 2])
      guard kernel > 0 else { throw ShapeError("convolution: kernel is empty: weight \(w)") }
      let padded = length + paddingBegin[axis] + paddingEnd[axis]
      let window = dilation[axis] * (kernel - 1) + 1
      guard padded >= window else {
        throw ShapeError(
          "convolution: window of \(window) is longer than the padded axis of \(padded): "
            + "input \(x), weight \(w)")
      }
      y.append((padded - window) / stride[axis] + 1)
    }
    return y
  }
}

extension ConvolutionGeometry: Codable {
  /// A geometry that was saved.
  ///
  /// - Throws: `ShapeError` as the other initializer, and what the decoder throws.
  public init(from decoder: any Decoder) throws {
    let values = try decoder.container(keyedBy: CodingKeys.self)
    let groups = try values.decode(Int.self, forKey: .groups)
    if groups > Int32.max { throw ShapeError("convolution: too many groups: \(groups)") }
    try self.init(
      stride: values.decode(Shape.self, forKey: .stride),
      paddingBegin: values.decode(Shape.self, forKey: .paddingBegin),
      paddingEnd: values.decode(Shape.self, forKey: .paddingEnd),
      dilation: values.decode(Shape.self, forKey: .dilation),
      groups: groups)
  }
}
