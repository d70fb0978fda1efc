// Swift prefers the operator of two arrays to the one of an array and a number where a literal
// could be either, so a literal is made for every `x + 1`: the common ones are made once.

extension NDArray: ExpressibleByIntegerLiteral, ExpressibleByFloatLiteral {
  /// A zero-dimensional number: weak beside other arrays, as a Swift number is, taking the dtype of
  /// what it is put into in `w[0, 0] = 5`, and float32 by itself.
  public init(integerLiteral value: Int) {
    self =
      NDArray.smallIntegers.contains(value)
      ? NDArray.integerLiterals[value - NDArray.smallIntegers.lowerBound]
      : NDArray(ArrayHandle(literal: ScalarValue(value, .int64)))
  }

  /// A zero-dimensional number, weak as one without a fraction is.
  public init(floatLiteral value: Double) {
    let doubled = value * 2
    self =
      doubled.magnitude <= 32 && doubled == doubled.rounded() && (value != 0 || value.sign == .plus)
      ? NDArray.halfLiterals[Int(doubled) + 32]
      : NDArray(ArrayHandle(literal: ScalarValue(value, .float64)))
  }

  private static let smallIntegers = -16...256

  private static let integerLiterals = smallIntegers.map {
    NDArray(ArrayHandle(literal: ScalarValue($0, .int64)))
  }

  /// The multiples of one half from -16 to 16.
  private static let halfLiterals = (-32...32).map {
    NDArray(ArrayHandle(literal: ScalarValue(Double($0) / 2, .float64)))
  }
}
