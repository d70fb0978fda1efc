extension ArrayExpression {
  /// Transposed convolution, which spreads each element of `self` over a window: the gradient of a
  /// convolution with respect to its input, with `self` in the place of the result's gradient.
  ///
  /// | value | shape |
  /// | --- | --- |
  /// | `self` | `[n, channels, spatial...]` |
  /// | `weight` | `[channels, filters / groups, window...]` |
  /// | `bias` (may be left out) | `[filters]` |
  /// | result | `[n, filters, length...]` |
  ///
  /// with `length = (spatial - 1) · stride - 2 · padding + dilation · (window - 1) + outputPadding
  /// + 1`.
  ///
  /// - Parameters:
  ///   - stride, padding, dilation: of the convolution that this transposes; one number for each
  ///     spatial axis, or one for all of them.
  ///   - outputPadding: elements added at the end of each axis, fewer than the stride: several
  ///     lengths give a convolution's result the same length, and this chooses among them.
  ///   - groups: into how many parts channels and filters are divided.
  /// - Reference: `torch.nn.functional.conv_transpose2d`.
  public func transposedConvolution(
    _ weight: Self, bias: Self? = nil, stride: [Int] = [1], padding: [Int] = [0],
    outputPadding: [Int] = [0], dilation: [Int] = [1], groups: Int = 1,
    file: StaticString = #fileID, line: UInt = #line
  ) -> Self {
    let site = CallSite(file, line)
    let transposed: (geometry: ConvolutionGeometry, shape: Shape)
    do throws(ShapeError) {
      let axes = weight.rank - 2
      transposed = try transposedGeometry(
        self.shape, weight.shape, stride: spatial(stride, axes, "stride", atLeast: 1),
        padding: spatial(padding, axes, "padding", atLeast: 0),
        outputPadding: spatial(outputPadding, axes, "outputPadding", atLeast: 0),
        dilation: spatial(dilation, axes, "dilation", atLeast: 1), groups: groups)
    } catch {
      fail("transposedConvolution: \(error.with([type, weight.type]).message)", at: site)
    }
    let gradient = ConvolutionInputGradient(transposed.geometry, input: transposed.shape)
    let result = Self.apply(gradient, self, weight, at: site)
    guard let bias else { return result }
    if bias.shape != [transposed.shape[1]] {
      fail(
        "transposedConvolution: the bias needs one number for each filter: "
          + "\(type), \(weight.type), \(bias.type)", at: site)
    }
    let column = Shape([transposed.shape[1]] + Array(repeating: 1, count: weight.rank - 2))
    return Self.apply(Add(), result, bias.reshaped(column, file: file, line: line), at: site)
  }
}

/// The convolution whose transpose maps pictures of shape `x` by filters of shape `weight`, and the
/// shape of what comes out; lists have one number for each spatial axis.
private func transposedGeometry(
  _ x: Shape, _ weight: Shape, stride: [Int], padding: [Int], outputPadding: [Int],
  dilation: [Int], groups: Int
) throws(ShapeError) -> (geometry: ConvolutionGeometry, shape: Shape) {
  let geometry = try ConvolutionGeometry(
    stride: Shape(stride), paddingBegin: Shape(padding), paddingEnd: Shape(padding),
    dilation: Shape(dilation), groups: groups)
  guard x.rank == weight.rank else {
    throw ShapeError("geometry: needs \(stride.count) spatial axes after two others")
  }
  guard x[1] == weight[0] else {
    throw ShapeError("geometry: input has \(x[1]) channels but weight wants \(weight[0])")
  }
  var shape: Shape = [x[0], weight[1] * groups]
  for axis in stride.indices {
    guard outputPadding[axis] < stride[axis] else {
      throw ShapeError(
        "geometry: outputPadding \(outputPadding) must be less than stride \(stride)")
    }
    let length =
      (x[axis + 2] - 1) * stride[axis] - 2 * padding[axis]
      + dilation[axis] * (weight[axis + 2] - 1) + outputPadding[axis] + 1
    guard length > 0 else {
      throw ShapeError("geometry: padding \(padding) leaves nothing of axis \(axis + 2)")
    }
    shape.append(length)
  }
  return (geometry, shape)
}
