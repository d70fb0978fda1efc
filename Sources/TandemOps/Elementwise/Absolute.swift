/// The absolute value; `numpy.absolute`.
///
/// Keeps the dtype; the smallest signed integer stays as it is. −0 becomes 0, NaN stays. Refuses
/// bool. Of complex numbers the distance from zero, in the dtype of their parts, as `hypot` has it.
/// Gradient: `dy · sign(x)`, of complex numbers `dy · x / |x|`; zero at zero.
public struct Absolute: UnaryOp, ComplexElementwiseOp {
  public static let name = "abs"

  /// The operator, which has no attributes.
  public init() {}

  public static func computeDType(_ promoted: DType) throws(ShapeError) -> DType {
    try ComputeRule.numeric(promoted)
  }

  public func element(_ x: LoopValue) -> LoopValue { x.absolute() }

  public func element(_ inputs: [ComplexLoopValue]) -> ComplexLoopValue {
    ComplexLoopValue(inputs[0].magnitude())
  }

  public static func resultDType(_ computed: DType) -> DType { computed.part }

  public func pullback(x: Symbol, y: Symbol, dy: Symbol) -> Symbol? {
    guard x.dtype.kind == .complex else { return dy * x.sign() }
    return x * (dy / Symbol.where(y .== 0, 1, y))
  }
}

extension ArrayExpression {
  /// The absolute value of each element; see ``Absolute``.
  public func abs(file: StaticString = #fileID, line: UInt = #line) -> Self {
    .apply(Absolute(), self, at: CallSite(file, line))
  }
}
