/// A complex element of a loop program: its two parts, each a value of the same class.
///
/// Complex arrays are pairs of floats in memory, so that loops see two arrays of every second
/// float; no kernel knows of complex numbers.
public struct ComplexLoopValue {
  /// The real part.
  public let real: LoopValue
  /// The imaginary part.
  public let imaginary: LoopValue

  /// An element from its parts.
  public init(_ real: LoopValue, _ imaginary: LoopValue) {
    (self.real, self.imaginary) = (real, imaginary)
  }

  /// A real element.
  public init(_ real: LoopValue) { self.init(real, real.constant(0)) }

  /// Both parts as elements of a real dtype.
  public func cast(to part: DType) -> ComplexLoopValue {
    ComplexLoopValue(real.cast(to: part), imaginary.cast(to: part))
  }

  /// The sum, part by part.
  public static func + (a: Self, b: Self) -> Self {
    Self(a.real + b.real, a.imaginary + b.imaginary)
  }

  /// The difference, part by part.
  public static func - (a: Self, b: Self) -> Self {
    Self(a.real - b.real, a.imaginary - b.imaginary)
  }

  /// The negative.
  public static prefix func - (a: Self) -> Self { Self(-a.real, -a.imaginary) }

  /// The product, by four real ones.
  public static func * (a: Self, b: Self) -> Self {
    Self(
      a.real * b.real - a.imaginary * b.imaginary, a.real * b.imaginary + a.imaginary * b.real)
  }

  /// The quotient without overflow on the way. A divisor of zero gives infinities and NaN.
  ///
  /// - Reference: Smith, *Algorithm 116: Complex division*, Communications of the ACM, 1962.
  public static func / (a: Self, b: Self) -> Self {
    // The larger part of the divisor is divided by.
    let isReal = b.real.absolute().isGreaterOrEqual(than: b.imaginary.absolute())
    let (large, small) = (
      isReal.select(b.real, b.imaginary), isReal.select(b.imaginary, b.real)
    )
    let (x, y) = (isReal.select(a.real, a.imaginary), isReal.select(a.imaginary, a.real))
    let ratio = small / large
    let scale = (large + small * ratio).reciprocal()
    let turned = isReal.select(y - x * ratio, x * ratio - y)
    let isZero = large.isEqual(to: large.constant(0))
    return Self(
      isZero.select(a.real / large.absolute(), (x + y * ratio) * scale),
      isZero.select(a.imaginary / large.absolute(), turned * scale))
  }

  /// One over the element, as the quotient.
  public func reciprocal() -> Self { Self(real.constant(1)) / self }

  /// The element with the sign of its imaginary part changed.
  public var conjugate: Self { Self(real, -imaginary) }

  /// The distance from zero, without overflow on the way.
  public func magnitude() -> LoopValue { real.hypot(imaginary) }

  /// `eˣ (cos y + i sin y)`; real elements stay real.
  public func exp() -> Self {
    let size = real.exp()
    let isReal = imaginary.isEqual(to: imaginary.constant(0))
    return Self(
      isReal.select(size, size * imaginary.cos()),
      isReal.select(imaginary, size * imaginary.sin()))
  }

  /// Whether both parts are equal.
  public func isEqual(to other: Self) -> LoopValue {
    real.isEqual(to: other.real).and(imaginary.isEqual(to: other.imaginary))
  }
}

extension LoopValue {
  /// `a` where this truth value is not zero, `b` elsewhere.
  func select(_ a: ComplexLoopValue, _ b: ComplexLoopValue) -> ComplexLoopValue {
    ComplexLoopValue(select(a.real, b.real), select(a.imaginary, b.imaginary))
  }
}
