// Arithmetic and comparison, concrete on `NDArray` (on the protocol alone long formulas fail to
// type-check). Each operator is transparent: it takes the address that it returns to in the user's
// code, which is its call site.

extension NDArray {
  /// The sum; see ``Add``.
  @_transparent
  public static func + (a: NDArray, b: NDArray) -> NDArray { binary(Add(), a, b, .here()) }
  /// The difference; see ``Subtract``.
  @_transparent
  public static func - (a: NDArray, b: NDArray) -> NDArray { binary(Subtract(), a, b, .here()) }
  /// The product; see ``Multiply``.
  @_transparent
  public static func * (a: NDArray, b: NDArray) -> NDArray { binary(Multiply(), a, b, .here()) }
  /// The quotient; see ``Divide``.
  @_transparent
  public static func / (a: NDArray, b: NDArray) -> NDArray { binary(Divide(), a, b, .here()) }
  /// The negative; see ``Negate``.
  @_transparent
  public static prefix func - (a: NDArray) -> NDArray { unary(Negate(), a, .here()) }

  /// The sum with a number; see ``Add``.
  @_transparent
  public static func + (a: NDArray, b: some Scalar) -> NDArray { right(Add(), a, b, .here()) }
  /// The difference with a number; see ``Subtract``.
  @_transparent
  public static func - (a: NDArray, b: some Scalar) -> NDArray { right(Subtract(), a, b, .here()) }
  /// The product with a number; see ``Multiply``.
  @_transparent
  public static func * (a: NDArray, b: some Scalar) -> NDArray { right(Multiply(), a, b, .here()) }
  /// The quotient with a number; see ``Divide``.
  @_transparent
  public static func / (a: NDArray, b: some Scalar) -> NDArray { right(Divide(), a, b, .here()) }

  /// The sum with a number; see ``Add``.
  @_transparent
  public static func + (a: some Scalar, b: NDArray) -> NDArray { left(Add(), a, b, .here()) }
  /// The difference with a number; see ``Subtract``.
  @_transparent
  public static func - (a: some Scalar, b: NDArray) -> NDArray { left(Subtract(), a, b, .here()) }
  /// The product with a number; see ``Multiply``.
  @_transparent
  public static func * (a: some Scalar, b: NDArray) -> NDArray { left(Multiply(), a, b, .here()) }
  /// The quotient with a number; see ``Divide``.
  @_transparent
  public static func / (a: some Scalar, b: NDArray) -> NDArray { left(Divide(), a, b, .here()) }

  /// Adds an array: `a = a + b`, in place where that is legal; see ``Add``.
  @_transparent
  public static func += (a: inout NDArray, b: NDArray) { a.update(Add(), b, .here()) }
  /// Subtracts an array: `a = a - b`, in place where that is legal; see ``Subtract``.
  @_transparent
  public static func -= (a: inout NDArray, b: NDArray) { a.update(Subtract(), b, .here()) }
  /// Multiplies by an array: `a = a * b`, in place where that is legal; see ``Multiply``.
  @_transparent
  public static func *= (a: inout NDArray, b: NDArray) { a.update(Multiply(), b, .here()) }
  /// Divides by an array: `a = a / b`, in place where that is legal; see ``Divide``.
  @_transparent
  public static func /= (a: inout NDArray, b: NDArray) { a.update(Divide(), b, .here()) }

  /// Adds a number: `a = a + b`, in place where that is legal; see ``Add``.
  @_transparent
  public static func += (a: inout NDArray, b: some Scalar) { a.update(Add(), b, .here()) }
  /// Subtracts a number: `a = a - b`, in place where that is legal; see ``Subtract``.
  @_transparent
  public static func -= (a: inout NDArray, b: some Scalar) { a.update(Subtract(), b, .here()) }
  /// Multiplies by a number: `a = a * b`, in place where that is legal; see ``Multiply``.
  @_transparent
  public static func *= (a: inout NDArray, b: some Scalar) { a.update(Multiply(), b, .here()) }
  /// Divides by a number: `a = a / b`, in place where that is legal; see ``Divide``.
  @_transparent
  public static func /= (a: inout NDArray, b: some Scalar) { a.update(Divide(), b, .here()) }

  /// Whether elements are equal; see ``Equal``.
  @_transparent
  public static func .== (a: NDArray, b: NDArray) -> NDArray { binary(Equal(), a, b, .here()) }
  /// Whether elements differ; see ``NotEqual``.
  @_transparent
  public static func .!= (a: NDArray, b: NDArray) -> NDArray { binary(NotEqual(), a, b, .here()) }
  /// Whether the first is less; see ``Less``.
  @_transparent
  public static func .< (a: NDArray, b: NDArray) -> NDArray { binary(Less(), a, b, .here()) }
  /// Whether the first is less or equal; see ``LessEqual``.
  @_transparent
  public static func .<= (a: NDArray, b: NDArray) -> NDArray { binary(LessEqual(), a, b, .here()) }
  /// Whether the first is greater; see ``Greater``.
  @_transparent
  public static func .> (a: NDArray, b: NDArray) -> NDArray { binary(Greater(), a, b, .here()) }
  /// Whether the first is greater or equal; see ``GreaterEqual``.
  @_transparent
  public static func .>= (a: NDArray, b: NDArray) -> NDArray {
    binary(GreaterEqual(), a, b, .here())
  }

  /// Whether elements are equal with a number; see ``Equal``.
  @_transparent
  public static func .== (a: NDArray, b: some Scalar) -> NDArray { right(Equal(), a, b, .here()) }
  /// Whether elements differ with a number; see ``NotEqual``.
  @_transparent
  public static func .!= (a: NDArray, b: some Scalar) -> NDArray {
    right(NotEqual(), a, b, .here())
  }
  /// Whether the first is less with a number; see ``Less``.
  @_transparent
  public static func .< (a: NDArray, b: some Scalar) -> NDArray { right(Less(), a, b, .here()) }
  /// Whether the first is less or equal with a number; see ``LessEqual``.
  @_transparent
  public static func .<= (a: NDArray, b: some Scalar) -> NDArray {
    right(LessEqual(), a, b, .here())
  }
  /// Whether the first is greater with a number; see ``Greater``.
  @_transparent
  public static func .> (a: NDArray, b: some Scalar) -> NDArray { right(Greater(), a, b, .here()) }
  /// Whether the first is greater or equal with a number; see ``GreaterEqual``.
  @_transparent
  public static func .>= (a: NDArray, b: some Scalar) -> NDArray {
    right(GreaterEqual(), a, b, .here())
  }

  /// Whether both hold; see ``LogicalAnd``.
  @_transparent
  public static func .& (a: NDArray, b: NDArray) -> NDArray { binary(LogicalAnd(), a, b, .here()) }
  /// Whether one holds; see ``LogicalOr``.
  @_transparent
  public static func .| (a: NDArray, b: NDArray) -> NDArray { binary(LogicalOr(), a, b, .here()) }
  /// Whether exactly one holds; see ``LogicalXor``.
  @_transparent
  public static func .^ (a: NDArray, b: NDArray) -> NDArray { binary(LogicalXor(), a, b, .here()) }
  /// Whether it does not hold; see ``LogicalNot``.
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
  ) -> NDArray {
    if let literal = a.handle.literal, let folded = folding(op, literal, b.weakest) {
      return folded
    }
    return numeric(op, a, weak(b, beside: a.dtype), numberFirst: false, site)
  }

  /// Applies an operator to a weak scalar and an array.
  @inline(never)
  public static func left<O: Op>(
    _ op: O, _ a: some Scalar, _ b: NDArray, _ site: CallSite
  ) -> NDArray {
    if let literal = b.handle.literal, let folded = folding(op, a.weakest, literal) {
      return folded
    }
    return numeric(op, b, weak(a, beside: b.dtype), numberFirst: true, site)
  }

  /// What arithmetic makes of a literal and a Swift number: another literal, as weak as both.
  /// Swift reads the `1` of `x * (1 - rate)` as an array; without this the difference would have
  /// been rounded to float32 before it stands beside `x`.
  private static func folding<O: Op>(_ op: O, _ a: ScalarValue, _ b: ScalarValue) -> NDArray? {
    let (x, y) = (a.double, b.double)
    let areIntegers = a.dtype == .int64 && b.dtype == .int64
    let result: ScalarValue
    switch O.self {
    case is Add.Type:
      result = areIntegers ? ScalarValue(a.int &+ b.int, .int64) : ScalarValue(x + y, .float64)
    case is Subtract.Type:
      result = areIntegers ? ScalarValue(a.int &- b.int, .int64) : ScalarValue(x - y, .float64)
    case is Multiply.Type:
      result = areIntegers ? ScalarValue(a.int &* b.int, .int64) : ScalarValue(x * y, .float64)
    case is Divide.Type: result = ScalarValue(x / y, .float64)
    default: return nil
    }
    return NDArray(ArrayHandle(literal: result))
  }

  private static func numeric<O: Op>(
    _ op: O, _ array: NDArray, _ number: ScalarValue, numberFirst: Bool, _ site: CallSite
  ) -> NDArray {
    if isEager, let result = elementwise(op, array, number, numberFirst: numberFirst, at: site) {
      if Scope.isPlain || array.handle.links.isEmpty { return result }
      let operand = array.constant(number)
      recordElementwise(
        op, numberFirst ? operand : array, numberFirst ? array : operand, result, at: site)
      return result
    }
    let operand = array.constant(number)
    return numberFirst
      ? apply(op, operand, array, at: site) : apply(op, array, operand, at: site)
  }
}

extension Scalar {
  /// The number as literals hold theirs: an int64, or a float64.
  fileprivate var weakest: ScalarValue {
    scalarValue(as: Self.scalarKind == .float ? .float64 : .int64)
  }
}
