/// The elements converted to another dtype; `numpy.astype`.
///
/// Floats are truncated towards zero to integers (NaN becomes zero, what does not fit saturates);
/// anything but zero is true.
public struct Cast: Op, Codable {
  public static let name = "cast"

  public static var inputCounts: ClosedRange<Int> { 1...1 }

  /// The dtype of the output.
  public let dtype: DType

  /// The operator with these attributes.
  public init(to dtype: DType) { self.dtype = dtype }

  public func outputTypes(for inputs: TensorTypes) throws(ShapeError) -> TensorTypes {
    try require(
      inputs[0].dtype.kind != .complex && dtype.kind != .complex, "is not complex", inputs)
    return TensorTypes(TensorType(inputs[0].shape, dtype))
  }

  public func lower(_ inputs: TensorTypes, to lowering: inout Lowering) {
    lowering.map([lowering.output(0)], [lowering.input(0)]) { [$0[0].cast(to: dtype)] }
  }

  public func gradient(
    _ inputs: Symbols, _ outputs: Symbols, _ cotangents: [Symbol?]
  ) -> [Symbol?] {
    guard inputs[0].dtype.isFloatingPoint else { return [nil] }
    return [cotangents[0]?.cast(to: inputs[0].dtype)]
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
