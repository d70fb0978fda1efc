/// The bits of `a` moved up by `b` places; `numpy.left_shift`.
///
/// Integers only. As many places as there are bits, or more, give zero. No gradient flows.
public struct LeftShift: BinaryOp, NonDifferentiableOp {
  public static let name = "leftShift"

  /// The operator, which has no attributes.
  public init() {}

  public static func computeDType(_ promoted: DType) throws(ShapeError) -> DType {
    try ComputeRule.integer(promoted)
  }

  public func element(_ a: LoopValue, _ b: LoopValue) -> LoopValue { a.shiftLeft(by: b) }
}

extension ArrayExpression {
  /// The bits of each element moved up; see ``LeftShift``.
  public func leftShift(
    by count: Self, file: StaticString = #fileID, line: UInt = #line
  ) -> Self {
    .apply(LeftShift(), self, count, at: CallSite(file, line))
  }

  /// The same with a number, a weak scalar; see ``LeftShift``.
  public func leftShift(
    by count: some Scalar, file: StaticString = #fileID, line: UInt = #line
  ) -> Self {
    leftShift(by: scalar(count), file: file, line: line)
  }
}
