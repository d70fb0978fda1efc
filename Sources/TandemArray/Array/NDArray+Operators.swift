// Arithmetic and comparison, concrete on `NDArray` (on the protocol alone long formulas fail to
// type-check). Each operator is transparent: it takes the address that it returns to in the user's
// code, which is its call site.

extension NDArray {
  @_transparent
  public static func + (a: NDArray, b: NDArray) -> NDArray { binary(Add(), a, b, .here()) }
  @_transparent
  public static func - (a: NDArray, b: NDArray) -> NDArray { binary(Subtract(), a, b, .here()) }
  @_transparent
  public static func * (a: NDArray, b: NDArray) -> NDArray { binary(Multiply(), a, b, .here()) }
  @_transparent
  public static func / (a: NDArray, b: NDArray) -> NDArray { binary(Divide(), a, b, .here()) }
  @_transparent
  public static prefix func - (a: NDArray) -> NDArray { unary(Negate(), a, .here()) }

  @_transparent
  public static func + (a: NDArray, b: some Scalar) -> NDArray { right(Add(), a, b, .here()) }
  @_transparent
  public static func - (a: NDArray, b: some Scalar) -> NDArray { right(Subtract(), a, b, .here()) }
  @_transparent
  public static func * (a: NDArray, b: some Scalar) -> NDArray { right(Multiply(), a, b, .here()) }
  @_transparent
  public static func / (a: NDArray, b: some Scalar) -> NDArray { right(Divide(), a, b, .here()) }

  @_transparent
  public static func + (a: some Scalar, b: NDArray) -> NDArray { left(Add(), a, b, .here()) }
  @_transparent
  public static func - (a: some Scalar, b: NDArray) -> NDArray { left(Subtract(), a, b, .here()) }
  @_transparent
  public static func * (a: some Scalar, b: NDArray) -> NDArray { left(Multiply(), a, b, .here()) }
  @_transparent
  public static func / (a: some Scalar, b: NDArray) -> NDArray { left(Divide(), a, b, .here()) }

  @_transparent
  public static func += (a: inout NDArray, b: NDArray) { a.update(Add(), b, .here()) }
  @_transparent
  public static func -= (a: inout NDArray, b: NDArray) { a.update(Subtract(), b, .here()) }
  @_transparent
  public static func *= (a: inout NDArray, b: NDArray) { a.update(Multiply(), b, .here()) }
  @_transparent
  public static func /= (a: inout NDArray, b: NDArray) { a.update(Divide(), b, .here()) }

  @_transparent
  public static func += (a: inout NDArray, b: some Scalar) { a.update(Add(), b, .here()) }
  @_transparent
  public static func -= (a: inout NDArray, b: some Scalar) { a.update(Subtract(), b, .here()) }
  @_transparent
  public static func *= (a: inout NDArray, b: some Scalar) { a.update(Multiply(), b, .here()) }
  @_transparent
  public static func /= (a: inout NDArray, b: some Scalar) { a.update(Divide(), b, .here()) }

  @_transparent
  public static func .== (a: NDArray, b: NDArray) -> NDArray { binary(Equal(), a, b, .here()) }
  @_transparent
  public static func .!= (a: NDArray, b: NDArray) -> NDArray { binary(NotEqual(), a, b, .here()) }
  @_transparent
  public static func .< (a: NDArray, b: NDArray) -> NDArray { binary(Less(), a, b, .here()) }
  @_transparent
  public static func .<= (a: NDArray, b: NDArray) -> NDArray { binary(LessEqual(), a, b, .here()) }
  @_transparent
  public static func .> (a: NDArray, b: NDArray) -> NDArray { binary(Less(), b, a, .here()) }
  @_transparent
  public static func .>= (a: NDArray, b: NDArray) -> NDArray { binary(LessEqual(), b, a, .here()) }

  @_transparent
  public static func .== (a: NDArray, b: some Scalar) -> NDArray { right(Equal(), a, b, .here()) }
  @_transparent
  public static func .!= (a: NDArray, b: some Scalar) -> NDArray {
    right(NotEqual(), a, b, .here())
  }
  @_transparent
  public static func .< (a: NDArray, b: some Scalar) -> NDArray { right(Less(), a, b, .here()) }
  @_transparent
  public static func .<= (a: NDArray, b: some Scalar) -> NDArray {
    right(LessEqual(), a, b, .here())
  }
  @_transparent
  public static func .> (a: NDArray, b: some Scalar) -> NDArray { left(Less(), b, a, .here()) }
  @_transparent
  public static func .>= (a: NDArray, b: some Scalar) -> NDArray {
    left(LessEqual(), b, a, .here())
  }

  @_transparent
  public static func .& (a: NDArray, b: NDArray) -> NDArray { binary(LogicalAnd(), a, b, .here()) }
  @_transparent
  public static func .| (a: NDArray, b: NDArray) -> NDArray { binary(LogicalOr(), a, b, .here()) }
  @_transparent
  public static func .^ (a: NDArray, b: NDArray) -> NDArray { binary(LogicalXor(), a, b, .here()) }
  @_transparent
  public static prefix func .! (a: NDArray) -> NDArray { unary(LogicalNot(), a, .here()) }
}

extension NDArray {
  /// Applies an operator for ``NDArray``'s own operators.
  @inline(never)
  public static func unary<O: Op>(_ op: O, _ a: NDArray, _ site: CallSite) -> NDArray {
    apply(op, a, at: site)
  }

  /// Applies an operator for ``NDArray``'s own operators.
  @inline(never)
  public static func binary<O: Op>(
    _ op: O, _ a: NDArray, _ b: NDArray, _ site: CallSite
  ) -> NDArray { apply(op, a, b, at: site) }

  /// Applies an operator to an array and a weak scalar.
  @inline(never)
  public static func right<O: Op>(
    _ op: O, _ a: NDArray, _ b: some Scalar, _ site: CallSite
  ) -> NDArray { numeric(op, a, weak(b, beside: a.dtype), numberFirst: false, site) }

  /// Applies an operator to a weak scalar and an array.
  @inline(never)
  public static func left<O: Op>(
    _ op: O, _ a: some Scalar, _ b: NDArray, _ site: CallSite
  ) -> NDArray { numeric(op, b, weak(a, beside: b.dtype), numberFirst: true, site) }

  private static func numeric<O: Op>(
    _ op: O, _ array: NDArray, _ number: ScalarValue, numberFirst: Bool, _ site: CallSite
  ) -> NDArray {
    if Scope.isPlain,
      let result = elementwise(op, array, number, numberFirst: numberFirst, at: site)
    {
      return result
    }
    let operand = array.constant(number)
    return numberFirst
      ? apply(op, operand, array, at: site) : apply(op, array, operand, at: site)
  }
}
