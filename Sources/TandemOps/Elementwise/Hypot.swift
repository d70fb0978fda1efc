/// The length of the vector `(a, b)`, without overflow on the way; `numpy.hypot`.
///
/// Integers and bool give float32. Infinite if either is, even beside NaN.
/// Gradient: `dy · a / y` and `dy · b / y`, zero at the origin.
public struct Hypot: BinaryOp {
  public static let name = "hypot"

  /// The operator, which has no attributes.
  public init() {}

  public static func computeDType(_ promoted: DType) throws(ShapeError) -> DType {
    try ComputeRule.floating(promoted)
  }

  public func element(_ a: LoopValue, _ b: LoopValue) -> LoopValue { a.hypot(b) }

  public func gradients(
    _ a: Symbol, _ b: Symbol, _ y: Symbol, _ dy: Symbol
  ) -> (Symbol?, Symbol?) {
    // Not `dy / y`, which is infinite for the smallest vectors.
    let wide = dy.widened
    let (a, b) = (a.cast(to: wide.dtype), b.cast(to: wide.dtype))
    let length = y.isNarrow ? a.hypot(b) : y
    let safe = Symbol.where(length .== 0, 1, length)
    return (wide * (a / safe), wide * (b / safe))
  }
}

extension ArrayExpression {
  /// The length of the vector of each element and that of `other`; see ``Hypot``.
  public func hypot(
    _ other: Self, file: StaticString = #fileID, line: UInt = #line
  ) -> Self {
    .apply(Hypot(), self, other, at: CallSite(file, line))
  }

  /// The same with a number, a weak scalar; see ``Hypot``.
  public func hypot(
    _ other: some Scalar, file: StaticString = #fileID, line: UInt = #line
  ) -> Self {
    hypot(scalar(other), file: file, line: line)
  }
}
