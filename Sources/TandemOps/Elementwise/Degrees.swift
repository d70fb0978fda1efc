/// Angles in degrees, from radians: `180 / π · x`; `numpy.degrees`, `numpy.rad2deg`.
///
/// Integers and bool give float32.
/// Gradient: `180 / π · dy`.
public struct Degrees: UnaryOp {
  public static let name = "degrees"

  /// The operator, which has no attributes.
  public init() {}

  public static func computeDType(_ promoted: DType) throws(ShapeError) -> DType {
    try ComputeRule.floating(promoted)
  }

  public func element(_ x: LoopValue) -> LoopValue { x.degrees() }

  public func pullback(x: Symbol, y: Symbol, dy: Symbol) -> Symbol? { dy * (180 / Double.pi) }
}

extension ArrayExpression {
  /// Each element, an angle in radians, in degrees; see ``Degrees``.
  public func degrees(file: StaticString = #fileID, line: UInt = #line) -> Self {
    .apply(Degrees(), self, at: CallSite(file, line))
  }
}
