/// A parameter of a distribution: a number for all elements, or an array that is broadcast.
public protocol RandomParameter: Sendable {
  /// The number or array.
  var randomParameter: RandomParameterValue { get }
}

/// What a ``RandomParameter`` is.
public enum RandomParameterValue: Sendable {
  /// One number for all elements; inside a compiled region a constant.
  case number(Double)
  /// An array that is broadcast to the shape of the result; gradients flow to it.
  case array(NDArray)
}

extension Double: RandomParameter {
  public var randomParameter: RandomParameterValue { .number(self) }
}

extension Float: RandomParameter {
  public var randomParameter: RandomParameterValue { .number(Double(self)) }
}

extension Int: RandomParameter {
  public var randomParameter: RandomParameterValue { .number(Double(self)) }
}

extension NDArray: RandomParameter {
  public var randomParameter: RandomParameterValue { .array(self) }
}

extension RandomParameterValue {
  /// The number, if it is one.
  var number: Double? {
    if case .number(let number) = self { number } else { nil }
  }

  /// The array, if it is one.
  var array: NDArray? {
    if case .array(let array) = self { array } else { nil }
  }

  /// The array or number in a dtype.
  func array(_ dtype: DType) -> NDArray {
    switch self {
    case .number(let number): NDArray(ArrayHandle(ScalarValue(number, dtype)))
    case .array(let array): array.cast(to: dtype)
    }
  }
}
