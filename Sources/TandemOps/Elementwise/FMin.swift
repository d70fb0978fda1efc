/// The smaller of two elements, where NaN stands for no number; `numpy.fmin`.
///
/// Keeps the dtype; NaN only if both are NaN, unlike ``Minimum``.
/// Gradient: `dy` to the smaller, half to each where they are equal, all to a number beside NaN.
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
    let shared = Symbol.where(a .== b, dy * 0.5, 0)
    let (first, second) = ((a .< b) .| b.isNaN(), (b .< a) .| a.isNaN())
    return (.where(first, dy, shared), .where(second, dy, shared))
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
