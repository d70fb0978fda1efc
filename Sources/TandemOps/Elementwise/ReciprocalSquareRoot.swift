/// The reciprocal of the square root, `1 / sqrt(x)`.
///
/// Integers and bool give float32. Zero gives an infinity, negative elements NaN.
/// Gradient: `−y / (2 x) · dy`.
public struct ReciprocalSquareRoot: UnaryOp {
  public static let name = "rsqrt"

  /// The operator, which has no attributes.
  public init() {}

  public static func computeDType(_ promoted: DType) throws(ShapeError) -> DType {
    try ComputeRule.floating(promoted)
  }

  public func element(_ x: LoopValue) -> LoopValue { x.rsqrt() }

  public func derivative(x: Symbol, y: Symbol) -> Symbol? {
    y.widened / (x.widened * -2)
  }
}

extension ArrayExpression {
  /// One over the square root of each element; see ``ReciprocalSquareRoot``.
  public func rsqrt(file: StaticString = #fileID, line: UInt = #line) -> Self {
    .apply(ReciprocalSquareRoot(), self, at: CallSite(file, line))
  }
}
