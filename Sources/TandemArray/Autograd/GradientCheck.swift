/// What ``checkGradient(of:at:seed:)`` found.
public struct GradientCheck: Sendable {
  /// The derivative along the direction, by the gradient.
  public let analytic: Double
  /// The same by a central difference.
  public let numeric: Double

  /// The difference in relation to the larger of both, and to one for small ones.
  public var error: Double {
    abs(analytic - numeric) / max(1, abs(analytic), abs(numeric))
  }
}

/// Compares the gradient of a scalar function with a central difference along one random direction,
/// in float64.
///
/// - Parameters:
///   - function: of float64 arrays; its value is summed.
///   - arguments: where to differentiate, float64.
///   - seed: of the direction.
///   - step: the length of the step; the error of the difference is O(step²) + O(ε / step).
public func checkGradient(
  of function: ([NDArray]) -> NDArray, at arguments: [NDArray], seed: UInt64 = 0,
  step: Double = 1e-5
) -> GradientCheck {
  let directions = arguments.enumerated().map { index, argument in
    NDArray.random.normal(
      argument.shape, seed: seed &+ UInt64(index), dtype: .float64)
  }
  func sum(_ arrays: [NDArray]) -> NDArray { function(arrays).sum() }
  let gradients = valueAndGradients(of: sum, at: arguments).gradients
  let analytic = zip(gradients, directions).map { ($0 * $1).sum().item() }.reduce(0, +)
  func value(_ shift: Double) -> Double {
    sum(zip(arguments, directions).map { $0 + $1 * shift }).item()
  }
  return GradientCheck(
    analytic: analytic, numeric: (value(step) - value(-step)) / (2 * step))
}
