/// Angles in radians, from degrees: `π / 180 · x`; `numpy.radians`, `numpy.deg2rad`.
///
/// Integers and bool give float32.
/// Gradient: `π / 180 · dy`.
public struct Radians: UnaryOp {
  public static let name = "radians"

  /// The operator, which has no attributes.
  public init() {}

  public static func computeDType(_ promoted: DType) throws(ShapeError) -> DType {
    try ComputeRule.floating(promoted)
  }

  public func element(_ x: LoopValue) -> LoopValue { x.radians() }

  public func pullback(x: Symbol, y: Symbol, dy: Symbol) -> Symbol? { dy * (Double.pi / 180) }
}

extension ArrayExpression {
  /// Each element, an angle in degrees, in radians; see ``Radians``.
  public func radians(file: StaticString = #fileID, line: UInt = #line) -> Self {
    .apply(Radians(), self, at: CallSite(file, line))
  }
}
