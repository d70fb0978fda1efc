/// The discrete Fourier transform of complex numbers along one axis, or its inverse without the
/// division; what ``FFT/fft(_:n:axis:norm:file:line:)`` and its relatives are made of.
///
/// `y[k] = scale · Σⱼ x[j] exp(∓2πi j k / n)`
///
/// | value | shape | dtype |
/// | --- | --- | --- |
/// | input | `[..., n, ...]`, n at least one | complex64 or complex128 |
/// | result | the same | the same |
///
/// Gradient: the same of `dy` with the other sign of the exponent.
///
/// - Throws: `ShapeError` if there is no such axis, it is empty, or the numbers are not complex.
/// - Complexity: O(n log n) for each line, for primes, too.
public struct FourierTransform: Op, Codable {
  public static let name = "fourierTransform"

  public static var inputCounts: ClosedRange<Int> { 1...1 }

  public static var acceptsComplex: Bool { true }

  /// The axis that is transformed, from the front.
  public let axis: Int
  /// Whether the exponent has a plus.
  public let isInverse: Bool
  /// What the sums are multiplied by.
  public let scale: Double

  /// The operator with these attributes.
  public init(axis: Int, isInverse: Bool = false, scale: Double = 1) {
    (self.axis, self.isInverse, self.scale) = (axis, isInverse, scale)
  }

  public func outputTypes(for inputs: TensorTypes) throws(ShapeError) -> TensorTypes {
    try requireLines(inputs, axis)
    try require(inputs[0].dtype.kind == .complex, "needs complex numbers", inputs)
    return inputs
  }

  public func lower(_ inputs: TensorTypes, to lowering: inout Lowering) {
    let primitive = TandemKernels.FourierTransform(
      .complex, axis: axis, isInverse: isInverse, scale: scale)
    lowering.transform(lowering.input(0), by: primitive, to: lowering.output(0))
  }

  public func gradient(
    _ inputs: Symbols, _ outputs: Symbols, _ cotangents: [Symbol?]
  ) -> [Symbol?] {
    let adjoint = FourierTransform(axis: axis, isInverse: !isInverse, scale: scale)
    return [cotangents[0].map { .apply(adjoint, $0, at: .unknown) }]
  }
}

/// Throws unless the first input has elements along an axis.
func requireLines(_ inputs: TensorTypes, _ axis: Int) throws(ShapeError) {
  try require((0..<inputs[0].rank).contains(axis), "no axis \(axis)", inputs)
  try require(inputs[0].shape[axis] > 0, "no elements along axis \(axis)", inputs)
}

extension Lowering {
  /// Adds a transform, which takes its input in row-major order.
  mutating func transform(
    _ source: Slot, by primitive: TandemKernels.FourierTransform, to target: Slot
  ) {
    let dense = source.layout.isRowMajor ? source : rowMajorCopy(source)
    emit(primitive, [target], [dense])
  }
}
