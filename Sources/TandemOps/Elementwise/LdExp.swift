/// `x · 2ⁿ`, rounded once; `numpy.ldexp`.
///
/// `n` is an integer, `x` anything; floats keep their dtype, integers and bool give float32, uint64
/// beside a signed `n` float64.
/// Gradient: `dy · 2ⁿ` to `x`, none to `n`.
///
/// - Throws: `ShapeError` if `n` is not an integer or the shapes do not broadcast.
public struct LdExp: BinaryOp {
  public static let name = "ldexp"

  /// The operator, which has no attributes.
  public init() {}

  public static func computeDType(_ promoted: DType) throws(ShapeError) -> DType {
    try ComputeRule.floating(promoted)
  }

  public func outputTypes(for inputs: TensorTypes) throws(ShapeError) -> TensorTypes {
    try require(inputs[1].dtype.isInteger, "the exponent is not an integer", inputs)
    return try broadcastTypes(for: inputs)
  }

  /// The exponent is not rounded to a 16-bit float.
  public func converted(_ inputs: [LoopValue], to dtype: DType) -> [LoopValue] {
    [inputs[0].cast(to: dtype), inputs[1].cast(to: dtype.accumulating)]
  }

  public func element(_ a: LoopValue, _ b: LoopValue) -> LoopValue { a.ldexp(b) }

  public func gradients(
    _ a: Symbol, _ b: Symbol, _ y: Symbol, _ dy: Symbol
  ) -> (Symbol?, Symbol?) { (dy.ldexp(b), nil) }
}

extension ArrayExpression {
  /// Each element times two to the power of that of `exponent`; see ``LdExp``.
  public func ldexp(
    _ exponent: Self, file: StaticString = #fileID, line: UInt = #line
  ) -> Self {
    .apply(LdExp(), self, exponent, at: CallSite(file, line))
  }

  /// The same with one exponent for all; see ``LdExp``.
  public func ldexp(
    _ exponent: Int, file: StaticString = #fileID, line: UInt = #line
  ) -> Self {
    ldexp(constant(ScalarValue(exponent, .int64)), file: file, line: line)
  }
}
