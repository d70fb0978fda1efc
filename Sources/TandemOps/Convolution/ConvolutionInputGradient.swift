/// The gradient of ``Convolution`` with respect to its input; by itself, the transposed
/// convolution.
///
/// | value | shape |
/// | --- | --- |
/// | `dy` | the convolution's result |
/// | `weight` | `[filters, channels / groups, window...]` |
/// | result | the convolution's input |
public struct ConvolutionInputGradient: Op, Codable {
  public static let name = "convolutionInputGradient"

  public static var inputCounts: ClosedRange<Int> { 2...2 }

  /// Strides, padding, dilation and groups of the convolution.
  public let geometry: ConvolutionGeometry
  /// The shape of the convolution's input.
  public let input: Shape

  public init(_ geometry: ConvolutionGeometry, input: Shape) {
    (self.geometry, self.input) = (geometry, input)
  }

  public func outputTypes(for inputs: TensorTypes) throws(ShapeError) -> TensorTypes {
    let (dy, weight) = (inputs[0], inputs[1])
    let result = TensorType(input, dy.dtype)
    let forward = try convolved(geometry, result, weight, inputs)
    try require(dy == forward, "the convolution of \(result) gives \(forward)", inputs)
    return TensorTypes(result)
  }

  public func outputLayout(for type: TensorType, at index: Int, inputs: [Layout]) -> Layout {
    channelsLayout(type.shape, following: inputs[0])
  }

  public func lower(_ inputs: TensorTypes, to lowering: inout Lowering) {
    lowering.emit(
      TandemKernels.ConvolutionInputGradient(geometry), [lowering.output(0)],
      [lowering.input(0), lowering.input(1)])
  }

  public func gradient(
    _ inputs: Symbols, _ outputs: Symbols, _ cotangents: [Symbol?]
  ) -> [Symbol?] {
    // Bilinear in dy and weight: <c, dx(dy, w)> = <conv(c, w), dy> = <dW(c, dy), w>.
    guard let c = cotangents[0] else { return [nil, nil] }
    let dWeight = ConvolutionWeightGradient(geometry, weight: inputs[1].shape)
    return [
      .apply(Convolution(geometry), c, inputs[1], at: .unknown),
      .apply(dWeight, c, inputs[0], at: .unknown),
    ]
  }
}
