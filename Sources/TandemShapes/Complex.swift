private import Glibc

/// A complex number of Swift: how elements of complex arrays are written and read.
///
///     let z = NDArray([Complex(1, 2), Complex(0, -1)])  // complex128[2]
///     z.scalars(as: Complex.self)
///
/// Arithmetic is that of arrays.
public struct Complex: Hashable, Sendable {
  /// The real part.
  public var real: Double
  /// The imaginary part.
  public var imaginary: Double

  /// A number from its parts.
  public init(_ real: Double, _ imaginary: Double = 0) {
    (self.real, self.imaginary) = (real, imaginary)
  }

  /// The square root of −1.
  public static let i = Complex(0, 1)

  /// The distance from zero.
  public var magnitude: Double { hypot(real, imaginary) }
}

extension Complex: CustomStringConvertible {
  /// `1.0+2.0j`.
  public var description: String {
    "\(real)" + (imaginary.sign == .minus || imaginary.isNaN ? "" : "+") + "\(imaginary)j"
  }
}
