/// The first half of the discrete Fourier transform of real numbers along one axis: the other half
/// mirrors it.
///
/// | value | shape | dtype |
/// | --- | --- | --- |
/// | input | `[..., n, ...]`, n at least one | float32 or float64 |
/// | result | `[..., n / 2 + 1, ...]` | complex64 or complex128 |
///
/// Gradient: ``InverseRealFourierTransform``, in which numbers that are there twice count half.
///
/// - Throws: `ShapeError` if there is no such axis, it is empty, or for other dtypes.
/// - Complexity: O(n log n) for each line, about half of ``FourierTransform`` for even n.
public struct RealFourierTransform: Op, Codable {
  public static let name = "realFourierTransform"

  public static var inputCounts: ClosedRange<Int> { 1...1 }

  public static var acceptsComplex: Bool { true }

  /// The axis that is transformed, from the front.
  public let axis: Int
  /// What the sums are multiplied by.
  public let scale: Double
  /// What those are multiplied by that have a mirror image; one but for gradients.
  public let middle: Double

  /// The operator with these attributes.
  public init(axis: Int, scale: Double = 1, middle: Double = 1) {
    (self.axis, self.scale, self.middle) = (axis, scale, middle)
  }

  public func outputTypes(for inputs: TensorTypes) throws(ShapeError) -> TensorTypes {
    try requireLines(inputs, axis)
    let dtype = inputs[0].dtype
    try require(dtype == .float32 || dtype == .float64, "needs float32 or float64", inputs)
    var shape = inputs[0].shape
    shape[axis] = shape[axis] / 2 + 1
    return TensorTypes(TensorType(shape, dtype.complex))
  }

  public func lower(_ inputs: TensorTypes, to lowering: inout Lowering) {
    let primitive = TandemKernels.FourierTransform(
      .real, axis: axis, scale: scale, middle: middle)
    lowering.transform(lowering.input(0), by: primitive, to: lowering.output(0))
  }

  public func gradient(
    _ inputs: Symbols, _ outputs: Symbols, _ cotangents: [Symbol?]
  ) -> [Symbol?] {
    let adjoint = InverseRealFourierTransform(
      axis: axis, count: inputs[0].shape[axis], scale: scale, middle: middle / 2)
    return [cotangents[0].map { .apply(adjoint, $0, at: .unknown) }]
  }
}

/// Real numbers from the first half of their discrete Fourier transform along one axis, without the
/// division by their count.
///
/// | value | shape | dtype |
/// | --- | --- | --- |
/// | input | `[..., count / 2 + 1, ...]` | complex64 or complex128 |
/// | result | `[..., count, ...]` | float32 or float64 |
///
/// Imaginary parts of the first number and, for an even count, the last do not count: their mirror
/// images are themselves. Gradient: ``RealFourierTransform``, in which numbers that stand for two
/// count twice.
///
/// - Throws: `ShapeError` if there is no such axis, for an axis of another length, or for other
///   dtypes.
/// - Complexity: O(n log n) for each line.
public struct InverseRealFourierTransform: Op, Codable {
  public static let name = "inverseRealFourierTransform"

  public static var inputCounts: ClosedRange<Int> { 1...1 }

  public static var acceptsComplex: Bool { true }

  /// The axis that is transformed, from the front.
  public let axis: Int
  /// How many real numbers result along it.
  public let count: Int
  /// What the sums are multiplied by.
  public let scale: Double
  /// What numbers that stand for two are multiplied by; one but for gradients.
  public let middle: Double

  /// The operator with these attributes.
  public init(axis: Int, count: Int, scale: Double = 1, middle: Double = 1) {
    (self.axis, self.count, self.scale, self.middle) = (axis, count, scale, middle)
  }

  public func outputTypes(for inputs: TensorTypes) throws(ShapeError) -> TensorTypes {
    try requireLines(inputs, axis)
    try require(inputs[0].dtype.kind == .complex, "needs complex numbers", inputs)
    try require(count > 0, "needs one or more results, not \(count)", inputs)
    var shape = inputs[0].shape
    try require(
      shape[axis] == count / 2 + 1, "\(count) results come from \(count / 2 + 1) numbers", inputs)
    shape[axis] = count
    return TensorTypes(TensorType(shape, inputs[0].dtype.part))
  }

  public func lower(_ inputs: TensorTypes, to lowering: inout Lowering) {
    let primitive = TandemKernels.FourierTransform(
      .inverseReal, axis: axis, scale: scale, middle: middle)
    lowering.transform(lowering.input(0), by: primitive, to: lowering.output(0))
  }

  public func gradient(
    _ inputs: Symbols, _ outputs: Symbols, _ cotangents: [Symbol?]
  ) -> [Symbol?] {
    let adjoint = RealFourierTransform(axis: axis, scale: scale, middle: middle * 2)
    return [cotangents[0].map { .apply(adjoint, $0, at: .unknown) }]
  }
}
