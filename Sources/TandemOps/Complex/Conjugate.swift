/// Complex numbers with the signs of their imaginary parts changed; `numpy.conjugate`.
///
/// Keeps shape and dtype. Gradient: the conjugate of `dy`.
public struct Conjugate: Op, Codable {
  public static let name = "conjugate"

  public static var inputCounts: ClosedRange<Int> { 1...1 }

  public static var acceptsComplex: Bool { true }

  /// The operator, which has no attributes.
  public init() {}

  public func outputTypes(for inputs: TensorTypes) throws(ShapeError) -> TensorTypes {
    try require(inputs[0].dtype.kind == .complex, "needs complex numbers", inputs)
    return inputs
  }

  public func outputLayout(for type: TensorType, at index: Int, inputs: [Layout]) -> Layout {
    Layout.following(inputs, type.shape)
  }

  public func lower(_ inputs: TensorTypes, to lowering: inout Lowering) {
    lowering.mapComplex(lowering.output(0), [lowering.input(0)]) { $0[0].conjugate }
  }

  public func gradient(
    _ inputs: Symbols, _ outputs: Symbols, _ cotangents: [Symbol?]
  ) -> [Symbol?] { [cotangents[0]?.conjugate()] }
}

extension ArrayExpression {
  /// The elements with the signs of their imaginary parts changed; a real array is its own. See
  /// ``Conjugate``.
  public func conjugate(file: StaticString = #fileID, line: UInt = #line) -> Self {
    dtype.kind == .complex ? .apply(Conjugate(), self, at: CallSite(file, line)) : self
  }

  /// The angle of each element in the plane, from −π to π; `numpy.angle`. Of real numbers 0, or π
  /// below zero.
  ///
  /// - Parameter degrees: whether the unit is the degree, not the radian.
  public func angle(
    degrees: Bool = false, file: StaticString = #fileID, line: UInt = #line
  ) -> Self {
    let (x, y) = (real.cast(to: dtype.part.floating), imaginary.cast(to: dtype.part.floating))
    let angle = y.atan2(x, file: file, line: line)
    return degrees ? angle.degrees(file: file, line: line) : angle
  }
}

extension Symbol {
  /// The conjugate, short for use in gradients: the symbol itself where it is real.
  var conjugated: Symbol { conjugate() }
}
