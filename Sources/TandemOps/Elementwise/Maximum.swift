/// The larger of two elements; `numpy.maximum`.
///
/// Keeps the dtype; NaN if either is NaN.
/// Gradient: `dy` to the larger, half to each where they are equal (as PyTorch and JAX).
public struct Maximum: BinaryOp {
  public static let name = "maximum"

  /// The operator, which has no attributes.
  public init() {}

  public func element(_ a: LoopValue, _ b: LoopValue) -> LoopValue { a.maximum(b) }

  public func gradients(
    _ a: Symbol, _ b: Symbol, _ y: Symbol, _ dy: Symbol
  ) -> (Symbol?, Symbol?) {
    let shared = Symbol.where(a .== b, dy * 0.5, 0)
    return (
      .where(a .> b, dy, shared), .where(b .> a, dy, shared)
    )
  }
}

extension ArrayExpression {
  /// The larger of each element and that of `other`; see ``Maximum``.
  public func maximum(
    _ other: Self, file: StaticString = #fileID, line: UInt = #line
  ) -> Self {
    .apply(Maximum(), self, other, at: CallSite(file, line))
  }

  /// The same with a number, a weak scalar; see ``Maximum``.
  public func maximum(
    _ other: some Scalar, file: StaticString = #fileID, line: UInt = #line
  ) -> Self {
    maximum(scalar(other), file: file, line: line)
  }
}
