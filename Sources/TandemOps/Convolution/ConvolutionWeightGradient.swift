/// The gradient of ``Convolution`` with respect to its weight.
///
/// | value | shape |
/// | --- | --- |
/// | `x` | the convolution's input |
/// | `dy` | the convolution's result |
/// | result | `[filters, channels / groups, window...]` |
public struct ConvolutionWeightGradient: Op, Codable {
  public static let name = "convolutionWeightGradient"

  public static var inputCounts: ClosedRange<Int> { 2...2 }

  /// Strides, padding, dilation and groups of the convolution.
  public let geometry: ConvolutionGeometry
  /// The shape of the convolution's weight.
  public let weight: Shape

  public init(_ geometry: ConvolutionGeometry, weight: Shape) {
    (self.geometry, self.weight) = (geometry, weight)
  }

  public func outputTypes(for inputs: TensorTypes) throws(ShapeError) -> TensorTypes {
    let (x, dy) = (inputs[0], inputs[1])
    let result = TensorType(weight, x.dtype)
    let forward = try convolved(geometry, x, result, inputs)
    try require(dy == forward, "the convolution with \(weight) gives \(forward)", inputs)
    return TensorTypes(result)
  }

  public func lower(_ inputs: TensorTypes, to lowering: inout Lowering) {
    lowering.emit(
      TandemKernels.ConvolutionWeightGradient(geometry), [lowering.output(0)],
      [lowering.input(0), lowering.input(1)])
  }

  public func gradient(
    _ inputs: Symbols, _ outputs: Symbols, _ cotangents: [Symbol?]
  ) -> [Symbol?] {
    // Bilinear in x and dy: <c, dW(x, dy)> = <conv(x, c), dy> = <x, dx(dy, c)>.
    guard let c = cotangents[0] else { return [nil, nil] }
    let dx = ConvolutionInputGradient(geometry, input: inputs[0].shape)
    return [
      .apply(dx, inputs[1], c, at: .unknown),
      .apply(Convolution(geometry), inputs[0], c, at: .unknown),
    ]
  }
}
