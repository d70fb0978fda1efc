/// The elements converted to another dtype; `numpy.astype`.
///
/// Floats are truncated towards zero to integers (NaN becomes zero, what does not fit saturates);
/// anything but zero is true. Real numbers become complex ones without an imaginary part; the
/// other way is refused, as a part would be lost: take `real` or `imaginary`.
public struct Cast: Op, Codable {
  public static let name = "cast"

  public static var acceptsComplex: Bool { true }

  public static var inputCounts: ClosedRange<Int> { 1...1 }

  /// The dtype of the output.
  public let dtype: DType

  /// The operator with these attributes.
  public init(to dtype: DType) { self.dtype = dtype }

  public func outputTypes(for inputs: TensorTypes) throws(ShapeError) -> TensorTypes {
    try require(
      inputs[0].dtype.kind != .complex || dtype.kind == .complex,
      "complex numbers have no \(dtype); take .real or .imaginary", inputs)
    return TensorTypes(TensorType(inputs[0].shape, dtype))
  }

  public func lower(_ inputs: TensorTypes, to lowering: inout Lowering) {
    if dtype.kind == .complex {
      return lowering.mapComplex(lowering.output(0), [lowering.input(0)]) {
        $0[0].cast(to: dtype.part)
      }
    }
    lowering.map([lowering.output(0)], [lowering.input(0)]) { [$0[0].cast(to: dtype)] }
  }

  public func gradient(
    _ inputs: Symbols, _ outputs: Symbols, _ cotangents: [Symbol?]
  ) -> [Symbol?] {
    [cotangents[0]?.gradient(of: inputs[0])]
  }

  public func outputLayout(for type: TensorType, at index: Int, inputs: [Layout]) -> Layout {
    Layout.following(inputs, type.shape)
  }
}

extension ArrayExpression {
  /// The elements converted to `dtype`; see ``Cast``. Free if they have it already.
  public func cast(
    to dtype: DType, file: StaticString = #fileID, line: UInt = #line
  ) -> Self {
    self.dtype == dtype ? self : .apply(Cast(to: dtype), self, at: CallSite(file, line))
  }
}
