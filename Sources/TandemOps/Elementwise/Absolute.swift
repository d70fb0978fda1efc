/// The absolute value; `numpy.absolute`.
///
/// Keeps the dtype; the smallest signed integer stays as it is. −0 becomes 0, NaN stays. Refuses
/// bool.
/// Gradient: `dy · sign(x)`, zero at zero.
public struct Absolute: UnaryOp {
  public static let name = "abs"

  /// The operator, which has no attributes.
  public init() {}

  public static func computeDType(_ promoted: DType) throws(ShapeError) -> DType {
    try ComputeRule.numeric(promoted)
  }

  public func element(_ x: LoopValue) -> LoopValue { x.absolute() }

  public func derivative(x: Symbol, y: Symbol) -> Symbol? { x.sign() }
}

extension ArrayExpression {
  /// The absolute value of each element; see ``Absolute``.
  public func abs(file: StaticString = #fileID, line: UInt = #line) -> Self {
    .apply(Absolute(), self, at: CallSite(file, line))
  }
}
