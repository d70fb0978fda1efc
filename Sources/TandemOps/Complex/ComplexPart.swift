/// The real or the imaginary part of complex numbers; `numpy.real`, `numpy.imag`.
///
/// | value | shape | dtype |
/// | --- | --- | --- |
/// | input | any | complex64 or complex128 |
/// | result | the same | float32 or float64 |
///
/// Gradient: `dy`, or `i · dy` of the imaginary part.
public struct ComplexPart: Op, Codable {
  public static let name = "complexPart"

  public static var inputCounts: ClosedRange<Int> { 1...1 }

  public static var acceptsComplex: Bool { true }

  /// Whether it is the imaginary part.
  public let isImaginary: Bool

  /// The operator with these attributes.
  public init(isImaginary: Bool) { self.isImaginary = isImaginary }

  public func outputTypes(for inputs: TensorTypes) throws(ShapeError) -> TensorTypes {
    try require(inputs[0].dtype.kind == .complex, "needs complex numbers", inputs)
    return TensorTypes(TensorType(inputs[0].shape, inputs[0].dtype.part))
  }

  public func outputLayout(for type: TensorType, at index: Int, inputs: [Layout]) -> Layout {
    Layout.following(inputs, type.shape)
  }

  public func lower(_ inputs: TensorTypes, to lowering: inout Lowering) {
    let x = lowering.input(0)
    lowering.copy(isImaginary ? x.imaginary : x.real, to: lowering.output(0))
  }

  public func gradient(
    _ inputs: Symbols, _ outputs: Symbols, _ cotangents: [Symbol?]
  ) -> [Symbol?] {
    guard let dy = cotangents[0] else { return [nil] }
    let zero = dy.constant(ScalarValue(0, dy.dtype)).broadcast(to: dy.shape)
    return [isImaginary ? .complex(real: zero, imaginary: dy) : dy.cast(to: inputs[0].dtype)]
  }
}

extension ArrayExpression {
  /// The real part of each element; a real array is its own. See ``ComplexPart``.
  public var real: Self {
    dtype.kind == .complex ? .apply(ComplexPart(isImaginary: false), self, at: .unknown) : self
  }

  /// The imaginary part of each element, zeros for a real array. See ``ComplexPart``.
  public var imaginary: Self {
    guard dtype.kind == .complex else {
      return .apply(Full(shape: shape), constant(ScalarValue(0, dtype)), at: .unknown)
    }
    return .apply(ComplexPart(isImaginary: true), self, at: .unknown)
  }
}
