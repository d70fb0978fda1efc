/// The smaller of two elements; `numpy.minimum`.
///
/// Keeps the dtype; NaN if either is NaN.
/// Gradient: `dy` to the smaller, half to each where they are equal (as PyTorch and JAX).
public struct Minimum: BinaryOp {
  public static let name = "minimum"

  /// The operator, which has no attributes.
  public init() {}

  public func element(_ a: LoopValue, _ b: LoopValue) -> LoopValue { a.minimum(b) }

  public func gradients(
    _ a: Symbol, _ b: Symbol, _ y: Symbol, _ dy: Symbol
  ) -> (Symbol?, Symbol?) {
    let shared = Symbol.where(a .== b, dy * 0.5, 0)
    return (
      .where(a .< b, dy, shared), .where(b .< a, dy, shared)
    )
  }
}

extension ArrayExpression {
  /// The smaller of each element and that of `other`; see ``Minimum``.
  public func minimum(
    _ other: Self, file: StaticString = #fileID, line: UInt = #line
  ) -> Self {
    .apply(Minimum(), self, other, at: CallSite(file, line))
  }

  /// The same with a number, a weak scalar; see ``Minimum``.
  public func minimum(
    _ other: some Scalar, file: StaticString = #fileID, line: UInt = #line
  ) -> Self {
    minimum(scalar(other), file: file, line: line)
  }
}
