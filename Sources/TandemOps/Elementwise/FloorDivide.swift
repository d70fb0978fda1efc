/// The quotient rounded towards −∞; `numpy.floor_divide`.
///
/// Keeps the dtype; an integer divided by zero gives zero. Refuses bool. Piecewise constant: no
/// gradient flows.
public struct FloorDivide: BinaryOp, NonDifferentiableOp {
  public static let name = "floorDivide"

  /// The operator, which has no attributes.
  public init() {}

  public static func computeDType(_ promoted: DType) throws(ShapeError) -> DType {
    try ComputeRule.numeric(promoted)
  }

  public func element(_ a: LoopValue, _ b: LoopValue) -> LoopValue { a.floorDivide(by: b) }
}

extension ArrayExpression {
  /// The quotient by `divisor` rounded towards −∞; see ``FloorDivide``.
  public func floorDivide(
    _ divisor: Self, file: StaticString = #fileID, line: UInt = #line
  ) -> Self {
    .apply(FloorDivide(), self, divisor, at: CallSite(file, line))
  }

  /// The same with a number, a weak scalar; see ``FloorDivide``.
  public func floorDivide(
    _ divisor: some Scalar, file: StaticString = #fileID, line: UInt = #line
  ) -> Self {
    floorDivide(scalar(divisor), file: file, line: line)
  }
}
