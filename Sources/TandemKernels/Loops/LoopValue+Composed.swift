// Functions made of others. Bounds are those of `Functions.md`.

extension LoopValue {
  /// `180 / π · x`.
  public func degrees() -> LoopValue { self * (180 / Double.pi) }
  /// `π / 180 · x`.
  public func radians() -> LoopValue { self * (Double.pi / 180) }
  /// `x / (1 + |x|)`, ±1 at infinity.
  public func softsign() -> LoopValue { isInf.select(sign(), self / (absolute() + 1)) }
  /// `-log(1 + e⁻ˣ)`.
  public func logSigmoid() -> LoopValue { -((-self).softplus()) }
  /// `x tanh(log(1 + eˣ))`.
  public func mish() -> LoopValue { self * softplus().tanh() }
  /// Whether the value is infinite and positive; false for integers.
  public var isPositiveInfinity: LoopValue {
    computeClass.isFloatingPoint ? isEqual(to: constant(.infinity)) : isInf
  }
  /// Whether the value is infinite and negative; false for integers.
  public var isNegativeInfinity: LoopValue {
    computeClass.isFloatingPoint ? isEqual(to: constant(-.infinity)) : isInf
  }
  /// The greater; NaN only if both are NaN.
  public func fmax(_ other: LoopValue) -> LoopValue {
    isGreater(than: other).or(other.isNaN).select(self, other)
  }
  /// The lesser; NaN only if both are NaN.
  public func fmin(_ other: LoopValue) -> LoopValue {
    isLess(than: other).or(other.isNaN).select(self, other)
  }
}
