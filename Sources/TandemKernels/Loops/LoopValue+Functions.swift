import TandemShapes

// Functions of one value. Bounds are in units in the last place of the class, asserted by the
// fixtures.

extension LoopValue {
  /// The absolute value; integers wrap.
  public func absolute() -> LoopValue { unary(.absolute) }
  /// -1, 0 or 1; NaN stays NaN.
  public func sign() -> LoopValue { unary(.sign) }
  /// The square.
  public func square() -> LoopValue { unary(.square) }
  /// Rounds down; integers stay.
  public func floor() -> LoopValue { computeClass.isFloatingPoint ? unary(.floor) : self }
  /// Rounds up; integers stay.
  public func ceil() -> LoopValue { computeClass.isFloatingPoint ? unary(.ceil) : self }
  /// Rounds towards zero; integers stay.
  public func trunc() -> LoopValue { computeClass.isFloatingPoint ? unary(.trunc) : self }
  /// Rounds to the nearest, ties to even; integers stay.
  public func rint() -> LoopValue { computeClass.isFloatingPoint ? unary(.rint) : self }
  /// `1 / x`.
  public func reciprocal() -> LoopValue { unary(.reciprocal) }
  /// The square root, correctly rounded.
  public func sqrt() -> LoopValue { unary(.sqrt) }
  /// `1 / √x`, 1.5 units.
  public func rsqrt() -> LoopValue { unary(.rsqrt) }
  /// `eˣ`, 1.5 units.
  public func exp() -> LoopValue { unary(.exp) }
  /// `eˣ - 1`, 2.5 units.
  public func expm1() -> LoopValue { unary(.expm1) }
  /// The natural logarithm, 1 unit.
  public func log() -> LoopValue { unary(.log) }
  /// `log(1 + x)`, 2 units.
  public func log1p() -> LoopValue { unary(.log1p) }
  /// The binary logarithm, 1 unit; exact for powers of two.
  public func log2() -> LoopValue { unary(.log2) }
  /// The decimal logarithm, 1 unit.
  public func log10() -> LoopValue { unary(.log10) }
  /// The sine, 2 units.
  public func sin() -> LoopValue { unary(.sin) }
  /// The cosine, 2 units.
  public func cos() -> LoopValue { unary(.cos) }
  /// The tangent, 1 unit.
  public func tan() -> LoopValue { unary(.tan) }
  /// The arc sine, 1 unit.
  public func asin() -> LoopValue { unary(.asin) }
  /// The arc cosine, 1 unit.
  public func acos() -> LoopValue { unary(.acos) }
  /// The arc tangent, 1 unit.
  public func atan() -> LoopValue { unary(.atan) }
  /// The hyperbolic sine, 1 unit.
  public func sinh() -> LoopValue { unary(.sinh) }
  /// The hyperbolic cosine, 1 unit.
  public func cosh() -> LoopValue { unary(.cosh) }
  /// The hyperbolic tangent, 3 units.
  public func tanh() -> LoopValue { unary(.tanh) }
  /// `1 / (1 + e⁻ˣ)`, 3 units.
  public func sigmoid() -> LoopValue { unary(.sigmoid) }
  /// The error function, 3 units.
  public func erf() -> LoopValue { unary(.erf) }
  /// `log(1 + eˣ)`, 3 units.
  public func softplus() -> LoopValue { unary(.softplus) }
  /// `x Φ(x)` with the normal distribution Φ, within 3e-7 · |x| in float32.
  public func gelu() -> LoopValue { unary(.gelu) }
  /// `gelu` with the approximation `Φ ≈ (1 + tanh(√(2/π) (x + 0.044715 x³))) / 2`.
  public func geluTanh() -> LoopValue { unary(.geluTanh) }
  /// `maximum(x, 0)`; NaN stays NaN.
  public func relu() -> LoopValue { maximum(constant(0)) }
  /// The value copied; makes an output of an input.
  public func copied() -> LoopValue { unary(.copy) }
}

// Conversions.
extension LoopValue {
  /// The value rounded to what `dtype`, a dtype of this class, can hold: floats to nearest, ties to
  /// even; integers wrap; `bool` is whether it is not zero. Fused formulas round at each operator's
  /// boundary, so that they give what the operators give one by one.
  public func rounded(to dtype: DType) -> LoopValue {
    guard dtype.computeClass == computeClass else {
      fail("loop program: rounded: \(dtype) is not computed in \(computeClass)", at: .unknown)
    }
    if dtype.isComputedAsStored { return self }
    if case .result(.round, _, dtype, _) = builder.nodes[id] { return self }
    if case .input(let index) = builder.nodes[id], builder.inputDType(index) == dtype {
      return self
    }
    return builder.apply(.round, computeClass, computeClass, [self], dtype: dtype)
  }

  /// The value as an element of `dtype`, in its class.
  ///
  /// Floats become integers by truncation, NaN becomes zero, and what does not fit the nearest that
  /// does; integers wrap; anything becomes `bool` by whether it is not zero.
  public func cast(to dtype: DType) -> LoopValue {
    let target = dtype.computeClass
    if dtype == .bool { return truth }
    if computeClass == target { return rounded(to: dtype) }
    if computeClass.isFloatingPoint, dtype.isInteger { return saturated(to: dtype) }
    if computeClass == .float64, dtype != .float32 {
      return builder.apply(.roundToOdd, .float64, .float32, [self]).rounded(to: dtype)
    }
    return converted(to: target).rounded(to: dtype)
  }

  private func converted(to target: ComputeClass) -> LoopValue {
    target == computeClass ? self : builder.apply(.cast, computeClass, target, [self])
  }

  private func saturated(to dtype: DType) -> LoopValue {
    let whole = converted(to: dtype.computeClass)
    guard let (low, high) = dtype.narrowRange else { return whole }
    return whole.maximum(whole.constant(low)).minimum(whole.constant(high))
  }
}

extension DType {
  /// The least and greatest element of an integer dtype that is narrower than its class.
  fileprivate var narrowRange: (Double, Double)? {
    switch self {
    case .int8: (-128, 127)
    case .uint8: (0, 255)
    case .int16: (-32768, 32767)
    case .uint16: (0, 65535)
    case .uint32: (0, 4_294_967_295)
    default: nil
    }
  }
}
