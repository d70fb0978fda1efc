// Arithmetic on symbols, as gradients use it. `NDArray` declares the same list, concretely:
// operators on the protocol alone make long formulas fail to type-check.

extension Symbol {
  public static func + (a: Symbol, b: Symbol) -> Symbol { apply(Add(), a, b, at: .unknown) }
  public static func - (a: Symbol, b: Symbol) -> Symbol { apply(Subtract(), a, b, at: .unknown) }
  public static func * (a: Symbol, b: Symbol) -> Symbol { apply(Multiply(), a, b, at: .unknown) }
  public static func / (a: Symbol, b: Symbol) -> Symbol { apply(Divide(), a, b, at: .unknown) }
  public static prefix func - (a: Symbol) -> Symbol { apply(Negate(), a, at: .unknown) }

  public static func + (a: Symbol, b: some Scalar) -> Symbol { a + a.scalar(b) }
  public static func - (a: Symbol, b: some Scalar) -> Symbol { a - a.scalar(b) }
  public static func * (a: Symbol, b: some Scalar) -> Symbol { a * a.scalar(b) }
  public static func / (a: Symbol, b: some Scalar) -> Symbol { a / a.scalar(b) }

  public static func + (a: some Scalar, b: Symbol) -> Symbol { b.scalar(a) + b }
  public static func - (a: some Scalar, b: Symbol) -> Symbol { b.scalar(a) - b }
  public static func * (a: some Scalar, b: Symbol) -> Symbol { b.scalar(a) * b }
  public static func / (a: some Scalar, b: Symbol) -> Symbol { b.scalar(a) / b }

  public static func .== (a: Symbol, b: Symbol) -> Symbol { apply(Equal(), a, b, at: .unknown) }
  public static func .!= (a: Symbol, b: Symbol) -> Symbol { apply(NotEqual(), a, b, at: .unknown) }
  public static func .< (a: Symbol, b: Symbol) -> Symbol { apply(Less(), a, b, at: .unknown) }
  public static func .<= (a: Symbol, b: Symbol) -> Symbol { apply(LessEqual(), a, b, at: .unknown) }
  public static func .> (a: Symbol, b: Symbol) -> Symbol { apply(Less(), b, a, at: .unknown) }
  public static func .>= (a: Symbol, b: Symbol) -> Symbol { apply(LessEqual(), b, a, at: .unknown) }

  public static func .== (a: Symbol, b: some Scalar) -> Symbol { a .== a.scalar(b) }
  public static func .!= (a: Symbol, b: some Scalar) -> Symbol { a .!= a.scalar(b) }
  public static func .< (a: Symbol, b: some Scalar) -> Symbol { a .< a.scalar(b) }
  public static func .<= (a: Symbol, b: some Scalar) -> Symbol { a .<= a.scalar(b) }
  public static func .> (a: Symbol, b: some Scalar) -> Symbol { a .> a.scalar(b) }
  public static func .>= (a: Symbol, b: some Scalar) -> Symbol { a .>= a.scalar(b) }

  public static func .& (a: Symbol, b: Symbol) -> Symbol { apply(LogicalAnd(), a, b, at: .unknown) }
  public static func .| (a: Symbol, b: Symbol) -> Symbol { apply(LogicalOr(), a, b, at: .unknown) }
  public static func .^ (a: Symbol, b: Symbol) -> Symbol { apply(LogicalXor(), a, b, at: .unknown) }
  public static prefix func .! (a: Symbol) -> Symbol { apply(LogicalNot(), a, at: .unknown) }
}
