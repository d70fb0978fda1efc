/// The nearest number with some decimals; `numpy.round` with `decimals`.
///
/// Floats are `rint(x · 10ᵈ) / 10ᵈ`, and `rint(x / 10⁻ᵈ) · 10⁻ᵈ` for negative decimals: of two
/// equally near numbers the even one, as far as the product is exact. What overflows on the way is
/// infinite, as NumPy's; 16-bit floats are computed in float32. Integers are the same for decimals
/// from zero up and computed in float64 for negative ones, where what the dtype cannot hold
/// saturates. Keeps the dtype. Refuses bool.
/// Piecewise constant: no gradient flows.
public struct RoundDecimals: UnaryOp, NonDifferentiableOp {
  public static let name = "roundedDecimals"

  /// How many digits stay behind the point; negative: how many before it become zero.
  public let decimals: Int

  /// The operator with these attributes.
  public init(decimals: Int) { self.decimals = decimals }

  public static func computeDType(_ promoted: DType) throws(ShapeError) -> DType {
    try ComputeRule.numeric(promoted)
  }

  public func converted(_ inputs: [LoopValue], to dtype: DType) -> [LoopValue] {
    [inputs[0].cast(to: dtype.isInteger && decimals < 0 ? .float64 : dtype)]
  }

  public func element(_ x: LoopValue) -> LoopValue {
    if decimals == 0 || !x.computeClass.isFloatingPoint { return x.rint() }
    let power = Self.powerOfTen(decimals.magnitude)
    return decimals > 0 ? (x * power).rint() / power : (x / power).rint() * power
  }

  /// Ten to some power as NumPy makes it, infinite beyond 308.
  private static func powerOfTen(_ exponent: UInt) -> Double {
    (0..<min(exponent, 309)).reduce(1) { power, _ in power * 10 }
  }
}

extension ArrayExpression {
  /// The nearest number with that many decimals, a negative number of which rounds to tens,
  /// hundreds, …; see ``RoundDecimals``.
  public func rounded(
    decimals: Int, file: StaticString = #fileID, line: UInt = #line
  ) -> Self {
    .apply(RoundDecimals(decimals: decimals), self, at: CallSite(file, line))
  }
}
