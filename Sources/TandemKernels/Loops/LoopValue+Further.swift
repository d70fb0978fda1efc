// Inverse functions, the gamma function's family, and functions of two numbers. Bounds are those of
// `Functions.md`.

extension LoopValue {
  /// The cube root.
  public func cbrt() -> LoopValue { unary(.cbrt) }
  /// `1 / ∛x`.
  public func rcbrt() -> LoopValue { cbrt().reciprocal() }
  /// The inverse hyperbolic sine.
  public func asinh() -> LoopValue { unary(.asinh) }
  /// The inverse hyperbolic cosine.
  public func acosh() -> LoopValue { unary(.acosh) }
  /// The inverse hyperbolic tangent.
  public func atanh() -> LoopValue { unary(.atanh) }
  /// The inverse of the error function.
  public func erfinv() -> LoopValue { unary(.erfinv) }
  /// The gamma function.
  public func gamma() -> LoopValue { unary(.gamma) }
  /// The logarithm of the size of the gamma function.
  public func logGamma() -> LoopValue { unary(.logGamma) }
  /// The derivative of `logGamma`.
  public func digamma() -> LoopValue { unary(.digamma) }
  /// The derivative of some order of `digamma`, itself for order zero.
  public func polygamma(order: Int) -> LoopValue {
    constant(Double(order)).binary(.polygamma, self)
  }

  /// `self - trunc(self / other) other`, exact, with the sign of `self` as in C; integers by zero
  /// give zero.
  public func fmod(_ other: LoopValue) -> LoopValue { binary(.fmod, other) }
  /// The size of `self` with the sign of `other`.
  public func copySign(_ other: LoopValue) -> LoopValue { binary(.copySign, other) }
  /// `self · 2ᵒᵗʰᵉʳ`, rounded once; `other` is rounded to a whole number.
  public func ldexp(_ other: LoopValue) -> LoopValue { binary(.ldexp, other) }
  /// `log(eˢᵉˡᶠ + eᵒᵗʰᵉʳ)`.
  public func logAddExp(_ other: LoopValue) -> LoopValue { binary(.logAddExp, other) }
  /// The greatest common divisor; not negative but where it wraps. Integers only.
  public func gcd(_ other: LoopValue) -> LoopValue { binary(.gcd, other) }
  /// The least common multiple; wraps. Integers only.
  public func lcm(_ other: LoopValue) -> LoopValue {
    absolute().floorDivide(by: gcd(other)) * other.absolute()
  }
}
