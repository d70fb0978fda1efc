/// The angle in radians of the point whose ordinate is `a` and abscissa `b`; `numpy.arctan2`.
///
/// Integers and bool give float32. Signed zeros and infinities count as in C's `atan2`.
/// Gradient: `dy · b / h²` and `−dy · a / h²`, where `h` is the point's distance from the origin,
/// whose square is never made, as it may be too large or too small; zero at the origin.
public struct Atan2: BinaryOp {
  public static let name = "atan2"

  /// The operator, which has no attributes.
  public init() {}

  public static func computeDType(_ promoted: DType) throws(ShapeError) -> DType {
    try ComputeRule.floating(promoted)
  }

  public func element(_ a: LoopValue, _ b: LoopValue) -> LoopValue { a.atan2(b) }

  public func gradients(
    _ a: Symbol, _ b: Symbol, _ y: Symbol, _ dy: Symbol
  ) -> (Symbol?, Symbol?) {
    let wide = dy.widened
    let (a, b) = (a.cast(to: wide.dtype), b.cast(to: wide.dtype))
    let distance = a.hypot(b)
    let safe = Symbol.where(distance .== 0, 1, distance)
    return (wide * (b / safe) / safe, -(wide * (a / safe) / safe))
  }
}

extension ArrayExpression {
  /// The angle of the point with ordinate `self` and the given abscissa; see ``Atan2``.
  public func atan2(
    _ abscissa: Self, file: StaticString = #fileID, line: UInt = #line
  ) -> Self {
    .apply(Atan2(), self, abscissa, at: CallSite(file, line))
  }

  /// The same with a number, a weak scalar; see ``Atan2``.
  public func atan2(
    _ abscissa: some Scalar, file: StaticString = #fileID, line: UInt = #line
  ) -> Self {
    atan2(scalar(abscissa), file: file, line: line)
  }
}
