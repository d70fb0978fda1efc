/// The smaller of two elements, where NaN stands for no number; `numpy.fmin`.
///
/// Keeps the dtype; NaN only if both are NaN, unlike ``Minimum``.
/// Gradient: `dy` to the smaller, all to a number beside NaN, half to each
/// where they are equal or both NaN.
public struct FMin: BinaryOp {
  public static let name = "fmin"

  /// The operator, which has no attributes.
  public init() {}

  public func element(_ a: LoopValue, _ b: LoopValue) -> LoopValue {
    a.fmin(b)
  }

  public func gradients(
    _ a: Symbol, _ b: Symbol, _ y: Symbol, _ dy: Symbol
  ) -> (Symbol?, Symbol?) {
    let isShared = (a .== b) .| (a.isNaN() .& b.isNaN())
    let (first, second) = ((a .< b) .| b.isNaN(), (b .< a) .| a.isNaN())
    let half = dy * 0.5
    return (
      .where(isShared, half, .where(first, dy, 0)), .where(isShared, half, .where(second, dy, 0))
    )
  }
}

extension ArrayExpression {
  /// The smaller of each element and that of `other`, NaN being none; see ``FMin``.
  public func fmin(
    _ other: Self, file: StaticString = #fileID, line: UInt = #line
  ) -> Self {
    .apply(FMin(), self, other, at: CallSite(file, line))
  }

  /// The same with a number, a weak scalar; see ``FMin``.
  public func fmin(
    _ other: some Scalar, file: StaticString = #fileID, line: UInt = #line
  ) -> Self {
    fmin(scalar(other), file: file, line: line)
  }
}
