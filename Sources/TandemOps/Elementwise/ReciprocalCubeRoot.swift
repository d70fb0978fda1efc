/// `1 / ∛x`; MXNet's `rcbrt`.
///
/// Integers and bool give float32.
/// Gradient: `−y / (3 x) · dy`.
public struct ReciprocalCubeRoot: UnaryOp {
  public static let name = "rcbrt"

  /// The operator, which has no attributes.
  public init() {}

  public static func computeDType(_ promoted: DType) throws(ShapeError) -> DType {
    try ComputeRule.floating(promoted)
  }

  public func element(_ x: LoopValue) -> LoopValue { x.rcbrt() }

  public func derivative(x: Symbol, y: Symbol) -> Symbol? {
    y.widened / (x.widened * -3)
  }
}

extension ArrayExpression {
  /// The reciprocal of the cube root of each element; see ``ReciprocalCubeRoot``.
  public func rcbrt(file: StaticString = #fileID, line: UInt = #line) -> Self {
    .apply(ReciprocalCubeRoot(), self, at: CallSite(file, line))
  }
}
