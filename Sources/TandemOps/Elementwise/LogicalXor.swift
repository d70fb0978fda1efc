/// Whether exactly one element is other than zero; `a .^ b` for users, `numpy.logical_xor`.
///
/// Takes every dtype, gives bool; NaN is other than zero. No gradient flows.
public struct LogicalXor: BinaryOp, NonDifferentiableOp {
  public static let name = "logicalXor"

  /// The operator, which has no attributes.
  public init() {}

  public static func computeDType(_ promoted: DType) throws(ShapeError) -> DType { .bool }

  public func element(_ a: LoopValue, _ b: LoopValue) -> LoopValue { a.xor(b) }
}

extension ArrayExpression {
  /// Whether exactly one of each element and that of `other` is other than zero; see
  /// ``LogicalXor``.
  public func logicalXor(
    _ other: Self, file: StaticString = #fileID, line: UInt = #line
  ) -> Self {
    .apply(LogicalXor(), self, other, at: CallSite(file, line))
  }

  /// The same with a number, a weak scalar; see ``LogicalXor``.
  public func logicalXor(
    _ other: some Scalar, file: StaticString = #fileID, line: UInt = #line
  ) -> Self {
    logicalXor(scalar(other), file: file, line: line)
  }
}
