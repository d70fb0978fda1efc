// Arithmetic on symbols, as gradients use it. `NDArray` declares the same list, concretely:
// operators on the protocol alone make long formulas fail to type-check.

extension Symbol {
  /// The sum; see ``Add``.
  public static func + (a: Symbol, b: Symbol) -> Symbol { apply(Add(), a, b, at: .unknown) }
  /// The difference; see ``Subtract``.
  public static func - (a: Symbol, b: Symbol) -> Symbol { apply(Subtract(), a, b, at: .unknown) }
  /// The product; see ``Multiply``.
  public static func * (a: Symbol, b: Symbol) -> Symbol { apply(Multiply(), a, b, at: .unknown) }
  /// The quotient; see ``Divide``.
  public static func / (a: Symbol, b: Symbol) -> Symbol { apply(Divide(), a, b, at: .unknown) }
  /// The negative; see ``Negate``.
  public static prefix func - (a: Symbol) -> Symbol { apply(Negate(), a, at: .unknown) }

  /// The sum with a number; see ``Add``.
  public static func + (a: Symbol, b: some Scalar) -> Symbol { a + a.scalar(b) }
  /// The difference with a number; see ``Subtract``.
  public static func - (a: Symbol, b: some Scalar) -> Symbol { a - a.scalar(b) }
  /// The product with a number; see ``Multiply``.
  public static func * (a: Symbol, b: some Scalar) -> Symbol { a * a.scalar(b) }
  /// The quotient with a number; see ``Divide``.
  public static func / (a: Symbol, b: some Scalar) -> Symbol { a / a.scalar(b) }

  /// The sum with a number; see ``Add``.
  public static func + (a: some Scalar, b: Symbol) -> Symbol { b.scalar(a) + b }
  /// The difference with a number; see ``Subtract``.
  public static func - (a: some Scalar, b: Symbol) -> Symbol { b.scalar(a) - b }
  /// The product with a number; see ``Multiply``.
  public static func * (a: some Scalar, b: Symbol) -> Symbol { b.scalar(a) * b }
  /// The quotient with a number; see ``Divide``.
  public static func / (a: some Scalar, b: Symbol) -> Symbol { b.scalar(a) / b }

  /// Whether elements are equal; see ``Equal``.
  public static func .== (a: Symbol, b: Symbol) -> Symbol { apply(Equal(), a, b, at: .unknown) }
  /// Whether elements differ; see ``NotEqual``.
  public static func .!= (a: Symbol, b: Symbol) -> Symbol { apply(NotEqual(), a, b, at: .unknown) }
  /// Whether the first is less; see ``Less``.
  public static func .< (a: Symbol, b: Symbol) -> Symbol { apply(Less(), a, b, at: .unknown) }
  /// Whether the first is less or equal; see ``LessEqual``.
  public static func .<= (a: Symbol, b: Symbol) -> Symbol { apply(LessEqual(), a, b, at: .unknown) }
  /// Whether the first is greater; see ``Greater``.
  public static func .> (a: Symbol, b: Symbol) -> Symbol { apply(Greater(), a, b, at: .unknown) }
  /// Whether the first is greater or equal; see ``GreaterEqual``.
  public static func .>= (a: Symbol, b: Symbol) -> Symbol {
    apply(GreaterEqual(), a, b, at: .unknown)
  }

  /// Whether elements are equal with a number; see ``Equal``.
  public static func .== (a: Symbol, b: some Scalar) -> Symbol { a .== a.scalar(b) }
  /// Whether elements differ with a number; see ``NotEqual``.
  public static func .!= (a: Symbol, b: some Scalar) -> Symbol { a .!= a.scalar(b) }
  /// Whether the first is less with a number; see ``Less``.
  public static func .< (a: Symbol, b: some Scalar) -> Symbol { a .< a.scalar(b) }
  /// Whether the first is less or equal with a number; see ``LessEqual``.
  public static func .<= (a: Symbol, b: some Scalar) -> Symbol { a .<= a.scalar(b) }
  /// Whether the first is greater with a number; see ``Greater``.
  public static func .> (a: Symbol, b: some Scalar) -> Symbol { a .> a.scalar(b) }
  /// Whether the first is greater or equal with a number; see ``GreaterEqual``.
  public static func .>= (a: Symbol, b: some Scalar) -> Symbol { a .>= a.scalar(b) }

  /// Whether both hold; see ``LogicalAnd``.
  public static func .& (a: Symbol, b: Symbol) -> Symbol { apply(LogicalAnd(), a, b, at: .unknown) }
  /// Whether one holds; see ``LogicalOr``.
  public static func .| (a: Symbol, b: Symbol) -> Symbol { apply(LogicalOr(), a, b, at: .unknown) }
  /// Whether exactly one holds; see ``LogicalXor``.
  public static func .^ (a: Symbol, b: Symbol) -> Symbol { apply(LogicalXor(), a, b, at: .unknown) }
  /// Whether it does not hold; see ``LogicalNot``.
  public static prefix func .! (a: Symbol) -> Symbol { apply(LogicalNot(), a, at: .unknown) }
}
