/// Whether both elements are other than zero; `a .& b` for users, `numpy.logical_and`.
///
/// Takes every dtype, gives bool; NaN is other than zero. No gradient flows.
public struct LogicalAnd: BinaryOp, NonDifferentiableOp {
  public static let name = "logicalAnd"

  /// The operator, which has no attributes.
  public init() {}

  public static func computeDType(_ promoted: DType) throws(ShapeError) -> DType { .bool }

  public func element(_ a: LoopValue, _ b: LoopValue) -> LoopValue { a.and(b) }
}

extension ArrayExpression {
  /// Whether each element and that of `other` are other than zero; see ``LogicalAnd``.
  public func logicalAnd(
    _ other: Self, file: StaticString = #fileID, line: UInt = #line
  ) -> Self {
    .apply(LogicalAnd(), self, other, at: CallSite(file, line))
  }

  /// The same with a number, a weak scalar; see ``LogicalAnd``.
  public func logicalAnd(
    _ other: some Scalar, file: StaticString = #fileID, line: UInt = #line
  ) -> Self {
    logicalAnd(scalar(other), file: file, line: line)
  }
}
