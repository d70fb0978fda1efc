/// An invertible, differentiable function of each element, with which a distribution's draws are
/// changed.
public protocol Transform: Sendable {
  /// The function.
  func callAsFunction(_ x: NDArray) -> NDArray

  /// Its inverse.
  func inverse(_ y: NDArray) -> NDArray

  /// The logarithm of the size of the derivative at `x`, where the function is `y`.
  func logSlope(_ x: NDArray, _ y: NDArray) -> NDArray
}

/// `eˣ`.
public struct ExpTransform: Transform {
  /// The function, which has no parameters.
  public init() {}

  public func callAsFunction(_ x: NDArray) -> NDArray { x.exp() }
  public func inverse(_ y: NDArray) -> NDArray { y.log() }
  public func logSlope(_ x: NDArray, _ y: NDArray) -> NDArray { x }
}

/// `location + scale · x`.
public struct AffineTransform: Transform {
  /// What is added.
  public let location: RandomParameterValue
  /// What is multiplied by; not zero.
  public let scale: RandomParameterValue

  /// The function for two numbers or arrays.
  public init(location: some RandomParameter, scale: some RandomParameter) {
    (self.location, self.scale) = (location.randomParameter, scale.randomParameter)
  }

  public func callAsFunction(_ x: NDArray) -> NDArray {
    location.beside(x) + scale.beside(x) * x
  }
  public func inverse(_ y: NDArray) -> NDArray { (y - location.beside(y)) / scale.beside(y) }
  public func logSlope(_ x: NDArray, _ y: NDArray) -> NDArray {
    scale.beside(x).abs().log() + x * 0
  }
}

/// `x` to a power, for positive `x`.
public struct PowerTransform: Transform {
  /// The power; not zero.
  public let exponent: RandomParameterValue

  /// The function for a number or array.
  public init(exponent: some RandomParameter) { self.exponent = exponent.randomParameter }

  public func callAsFunction(_ x: NDArray) -> NDArray { x.power(exponent.beside(x)) }
  public func inverse(_ y: NDArray) -> NDArray { y.power(exponent.beside(y).reciprocal()) }
  public func logSlope(_ x: NDArray, _ y: NDArray) -> NDArray {
    (exponent.beside(x) * y / x).abs().log()
  }
}

extension RandomParameterValue {
  /// The array, or the number in the dtype of what it stands beside.
  fileprivate func beside(_ x: NDArray) -> NDArray {
    switch self {
    case .number(let number): NDArray(number, dtype: x.dtype)
    case .array(let array): array
    }
  }
}

/// `1 / (1 + e⁻ˣ)`.
public struct SigmoidTransform: Transform {
  /// The function, which has no parameters.
  public init() {}

  public func callAsFunction(_ x: NDArray) -> NDArray { x.sigmoid() }
  public func inverse(_ y: NDArray) -> NDArray { y.log() - (-y).log1p() }
  public func logSlope(_ x: NDArray, _ y: NDArray) -> NDArray { -x.softplus() - (-x).softplus() }
}

/// The hyperbolic tangent.
public struct TanhTransform: Transform {
  /// The function, which has no parameters.
  public init() {}

  public func callAsFunction(_ x: NDArray) -> NDArray { x.tanh() }
  public func inverse(_ y: NDArray) -> NDArray { y.atanh() }
  public func logSlope(_ x: NDArray, _ y: NDArray) -> NDArray {
    (x * -1 - (x * -2).softplus() + 0.6931471805599453) * 2
  }
}
