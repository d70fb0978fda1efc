// Numbers taken apart: sign, whole part, remainder, exponent.

extension NDArray {
  /// Whether the sign bit is set, of -0.0 too; of integers whether they are negative;
  /// `numpy.signbit`.
  public func signBit(file: StaticString = #fileID, line: UInt = #line) -> NDArray {
    if !dtype.isFloatingPoint {
      return dtype == .bool ? self .!= self : self .< 0
    }
    return constant(ScalarValue(1, dtype)).copySign(self, file: file, line: line) .< 0
  }

  /// 0 below zero, 1 above it, at zero the element of `middle`; NaN stays NaN;
  /// `numpy.heaviside`. No gradient flows but to `middle`.
  public func heaviside(
    _ middle: NDArray, file: StaticString = #fileID, line: UInt = #line
  ) -> NDArray {
    let floats = dtype.promoted(with: middle.dtype).floating
    let x = cast(to: floats)
    let step = (x.sign(file: file, line: line) + 1) * 0.5
    return .where(x .== 0, middle.cast(to: floats), step.detached(), file: file, line: line)
  }

  /// The same with a number for the middle.
  public func heaviside(
    _ middle: some Scalar, file: StaticString = #fileID, line: UInt = #line
  ) -> NDArray { heaviside(scalar(middle), file: file, line: line) }

  /// Quotient, rounded down, and remainder; `numpy.divmod`.
  public func divmod(
    _ divisor: NDArray, file: StaticString = #fileID, line: UInt = #line
  ) -> (quotient: NDArray, remainder: NDArray) {
    (
      floorDivide(divisor, file: file, line: line), remainder(divisor, file: file, line: line)
    )
  }

  /// The same by a number.
  public func divmod(
    _ divisor: some Scalar, file: StaticString = #fileID, line: UInt = #line
  ) -> (quotient: NDArray, remainder: NDArray) {
    divmod(scalar(divisor), file: file, line: line)
  }

  /// What is behind the point and what is before it, both with the sign of the element;
  /// `numpy.modf`. Integers and bool give float32.
  public func modf(
    file: StaticString = #fileID, line: UInt = #line
  ) -> (fraction: NDArray, whole: NDArray) {
    let x = cast(to: dtype.floating)
    let whole = x.truncated(file: file, line: line)
    let rest = NDArray.where(x.isInfinite(), 0, x - whole.detached())
    return (rest.copySign(x.detached()), whole)
  }

  /// A number from 0.5 up to, without, 1 and the exponent of two, as int32, by which it is to be
  /// multiplied; 0 for what is zero or not finite; `numpy.frexp`.
  public func frexp(
    file: StaticString = #fileID, line: UInt = #line
  ) -> (mantissa: NDArray, exponent: NDArray) {
    let x = cast(to: dtype.floating)
    let exponent = x.exponentOfTwo()
    return (x.ldexp(-exponent, file: file, line: line), exponent)
  }

  /// As ``frexp(file:line:)`` gives it, for floats.
  private func exponentOfTwo() -> NDArray {
    let size = detached().abs().cast(to: dtype == .float64 ? .float64 : .float32)
    let isPlain = size.isFinite() .& (size .> 0)
    let guess = NDArray.where(isPlain, size, 1).log2().floor().cast(to: .int32) + 1
    // The logarithm may have been rounded over a power of two, in either direction.
    let mantissa = size.ldexp(-guess)
    let up = (mantissa .>= 1).cast(to: .int32)
    let down = (mantissa .< 0.5).cast(to: .int32)
    return .where(isPlain, guess + up - down, 0)
  }

  /// The distance from each element to the next one away from zero, with its sign; NaN for what is
  /// not finite; `numpy.spacing`.
  public func spacing(file: StaticString = #fileID, line: UInt = #line) -> NDArray {
    let x = cast(to: dtype.floating)
    let info = x.dtype.floatInfo
    let places = info.fractionBits + 1
    let exponent = NDArray.where(x .== 0, info.minimumExponent + 1, x.exponentOfTwo())
    let unit = constant(ScalarValue(1, x.dtype))
      .ldexp(exponent.maximum(info.minimumExponent + 1) - places, file: file, line: line)
    let signed = NDArray.where(x .== 0, unit, unit.copySign(x))
    return .where(x.isFinite(), signed, constant(ScalarValue(.nan, x.dtype)))
  }

  /// The power, computed in float64 whatever the operands are; `numpy.float_power`.
  public func floatPower(
    _ exponent: NDArray, file: StaticString = #fileID, line: UInt = #line
  ) -> NDArray {
    cast(to: .float64).power(exponent.cast(to: .float64), file: file, line: line)
  }

  /// The same with a number as the exponent.
  public func floatPower(
    _ exponent: some Scalar, file: StaticString = #fileID, line: UInt = #line
  ) -> NDArray { cast(to: .float64).power(exponent, file: file, line: line) }
}
