/// Whether an element is other than zero; `a .| b` for users, `numpy.logical_or`.
///
/// Takes every dtype, gives bool; NaN is other than zero. No gradient flows.
public struct LogicalOr: BinaryOp, NonDifferentiableOp {
  public static let name = "logicalOr"

  /// The operator, which has no attributes.
  public init() {}

  public static func computeDType(_ promoted: DType) throws(ShapeError) -> DType { .bool }

  public func element(_ a: LoopValue, _ b: LoopValue) -> LoopValue { a.or(b) }
}

extension ArrayExpression {
  /// Whether each element or that of `other` is other than zero; see ``LogicalOr``.
  public func logicalOr(
    _ other: Self, file: StaticString = #fileID, line: UInt = #line
  ) -> Self {
    .apply(LogicalOr(), self, other, at: CallSite(file, line))
  }

  /// The same with a number, a weak scalar; see ``LogicalOr``.
  public func logicalOr(
    _ other: some Scalar, file: StaticString = #fileID, line: UInt = #line
  ) -> Self {
    logicalOr(scalar(other), file: file, line: line)
  }
}
