/// Convolution (cross-correlation, as the field calls it) of pictures with a bank of filters.
///
/// | value | shape |
/// | --- | --- |
/// | `x` | `[n, channels, spatial...]` |
/// | `weight` | `[filters, channels / groups, window...]` |
/// | `bias` (may be left out) | `[filters]` |
/// | result | `[n, filters, (spatial + padding - dilation · (window - 1) - 1) / stride + 1 ...]` |
///
/// The result is channels-last in memory if `x` is.
///
/// - Complexity: O(count(result) · channels / groups · count(window)) multiply-adds.
public struct Convolution: Op, Codable {
  public static let name = "convolution"

  public static var inputCounts: ClosedRange<Int> { 2...3 }

  /// Strides, padding, dilation and groups.
  public let geometry: ConvolutionGeometry

  public init(_ geometry: ConvolutionGeometry) { self.geometry = geometry }

  public func outputTypes(for inputs: TensorTypes) throws(ShapeError) -> TensorTypes {
    let (x, weight) = (inputs[0], inputs[1])
    let result = try convolved(geometry, x, weight, inputs)
    if inputs.count > 2 {
      try require(
        inputs[2].shape == [weight.shape[0]], "the bias needs one number for each filter", inputs)
      try require(inputs[2].dtype == x.dtype, "dtypes differ", inputs)
    }
    return TensorTypes(result)
  }

  public func outputLayout(for type: TensorType, at index: Int, inputs: [Layout]) -> Layout {
    channelsLayout(type.shape, following: inputs[0])
  }

  public func lower(_ inputs: TensorTypes, to lowering: inout Lowering) {
    lower(inputs, to: &lowering, rectifies: false)
  }

  /// The lowering, with or without a ``ReLU`` that follows.
  package func lower(
    _ inputs: TensorTypes, to lowering: inout Lowering, rectifies: Bool
  ) {
    lowering.emit(
      ConvolutionForward(geometry, hasBias: inputs.count > 2, rectifies: rectifies),
      [lowering.output(0)], inputs.indices.map { lowering.input($0) })
  }

  public func gradient(
    _ inputs: Symbols, _ outputs: Symbols, _ cotangents: [Symbol?]
  ) -> [Symbol?] {
    guard let dy = cotangents[0] else { return inputs.map { _ in nil } }
    let (x, weight) = (inputs[0], inputs[1])
    let dx = ConvolutionInputGradient(geometry, input: x.shape)
    let dWeight = ConvolutionWeightGradient(geometry, weight: weight.shape)
    var result: [Symbol?] = [
      .apply(dx, dy, weight, at: .unknown), .apply(dWeight, x, dy, at: .unknown),
    ]
    if inputs.count > 2 {
      result.append(dy.sum(axes: [0] + Array(2..<dy.rank)))
    }
    return result
  }
}

/// The layout of pictures that are computed from others: channels-last if theirs is, so that a
/// network whose input lies so keeps that order; else row-major.
func channelsLayout(_ shape: Shape, following other: Layout) -> Layout {
  guard other.stride(1) == 1, other.shape[1] > 1, !other.isRowMajor else { return Layout(shape) }
  return .dense(shape, order: [0] + Array(2..<shape.rank) + [1])
}

/// The type of what a convolution makes of pictures and filters; throws unless they fit together.
func convolved(
  _ geometry: ConvolutionGeometry, _ x: TensorType, _ weight: TensorType, _ inputs: TensorTypes
) throws(ShapeError) -> TensorType {
  let axes = geometry.spatialRank
  try require(
    x.rank == axes + 2 && weight.rank == axes + 2, "needs \(axes) spatial axes after two others",
    inputs)
  try require(x.dtype == weight.dtype, "dtypes differ", inputs)
  try require(x.dtype.isFloatingPoint, "needs floats", inputs)
  do throws(ShapeError) {
    return TensorType(
      try geometry.outputShape(input: x.shape, weight: weight.shape), x.dtype)
  } catch {
    throw error.with(inputs)
  }
}

extension ShapeError {
  /// The complaint of a geometry without the name in front, but with the types of the operands, as
  /// an operator's shape rule words it.
  func with(_ inputs: TensorTypes) -> ShapeError {
    let start = message.firstRange(of: ": ")?.upperBound ?? message.startIndex
    return ShapeError("\(message[start...]): \(inputs)")
  }
}

extension ArrayExpression {
  /// Convolution with filters `[filters, channels / groups, window...]`; see ``Convolution``.
  ///
  /// - Parameters:
  ///   - stride, padding, dilation: one number for each spatial axis, or one for all of them.
  ///   - paddingEnd: zeros after the last element, where they are not as many as before the first.
  ///   - groups: into how many parts channels and filters are divided.
  public func convolution(
    _ weight: Self, bias: Self? = nil, stride: [Int] = [1], padding: [Int] = [0],
    paddingEnd: [Int]? = nil, dilation: [Int] = [1], groups: Int = 1,
    file: StaticString = #fileID, line: UInt = #line
  ) -> Self {
    let site = CallSite(file, line)
    let axes = weight.rank - 2
    let geometry: ConvolutionGeometry
    do throws(ShapeError) {
      let begin = Shape(try spatial(padding, axes, "padding", atLeast: 0))
      let end = Shape(try spatial(paddingEnd ?? padding, axes, "padding", atLeast: 0))
      geometry = try ConvolutionGeometry(
        stride: Shape(try spatial(stride, axes, "stride", atLeast: 1)), paddingBegin: begin,
        paddingEnd: end, dilation: Shape(try spatial(dilation, axes, "dilation", atLeast: 1)),
        groups: groups)
    } catch {
      fail("convolution: \(error.with([type, weight.type]).message)", at: site)
    }
    let operands = bias.map { [self, weight, $0] } ?? [self, weight]
    return Self.apply(Convolution(geometry), inputs: operands, at: site)[0]
  }
}

/// One number for each spatial axis, from a list that a user gave.
///
/// - Throws: `ShapeError` if the list has neither one number nor one for each axis, or a number is
///   too small.
func spatial(
  _ values: [Int], _ axes: Int, _ what: String, atLeast least: Int
) throws(ShapeError) -> [Int] {
  guard values.count == 1 || values.count == axes else {
    throw ShapeError(
      "geometry: \(what) \(values) has not one number for each of \(axes) spatial axes")
  }
  guard values.allSatisfy({ $0 >= least }) else {
    throw ShapeError("geometry: \(what) \(values) has a number below \(least)")
  }
  return values.count == axes ? values : Array(repeating: values[0], count: max(axes, 0))
}
