/// The bits in which two elements differ; `numpy.bitwise_xor`.
///
/// Integers and bool, of the dtype that both promote to; refuses floats. No gradient flows.
public struct BitwiseXor: BinaryOp, NonDifferentiableOp {
  public static let name = "bitwiseXor"

  /// The operator, which has no attributes.
  public init() {}

  public static func computeDType(_ promoted: DType) throws(ShapeError) -> DType {
    try ComputeRule.integral(promoted)
  }

  public func element(_ a: LoopValue, _ b: LoopValue) -> LoopValue { a.bitXor(b) }
}

extension ArrayExpression {
  /// The bits in which each element differs from that of `other`; see ``BitwiseXor``.
  public func bitwiseXor(
    _ other: Self, file: StaticString = #fileID, line: UInt = #line
  ) -> Self {
    .apply(BitwiseXor(), self, other, at: CallSite(file, line))
  }

  /// The same with a number, a weak scalar; see ``BitwiseXor``.
  public func bitwiseXor(
    _ other: some Scalar, file: StaticString = #fileID, line: UInt = #line
  ) -> Self {
    bitwiseXor(scalar(other), file: file, line: line)
  }
}
