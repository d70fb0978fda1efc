/// The bits of `a` moved down by `b` places, the sign kept; `numpy.right_shift`.
///
/// Integers only. As many places as there are bits, or more, give zero or, of negative numbers, −1.
/// No gradient flows.
public struct RightShift: BinaryOp, NonDifferentiableOp {
  public static let name = "rightShift"

  /// The operator, which has no attributes.
  public init() {}

  public static func computeDType(_ promoted: DType) throws(ShapeError) -> DType {
    try ComputeRule.integer(promoted)
  }

  public func element(_ a: LoopValue, _ b: LoopValue) -> LoopValue { a.shiftRight(by: b) }
}

extension ArrayExpression {
  /// The bits of each element moved down; see ``RightShift``.
  public func rightShift(
    by count: Self, file: StaticString = #fileID, line: UInt = #line
  ) -> Self {
    .apply(RightShift(), self, count, at: CallSite(file, line))
  }

  /// The same with a number, a weak scalar; see ``RightShift``.
  public func rightShift(
    by count: some Scalar, file: StaticString = #fileID, line: UInt = #line
  ) -> Self {
    rightShift(by: scalar(count), file: file, line: line)
  }
}
