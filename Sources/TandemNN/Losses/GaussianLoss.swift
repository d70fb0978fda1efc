/// Minus the log-likelihood of targets under normal distributions, without its constant:
/// `(log v + (p − t)² / v) / 2` with the variance `v`, which is at least `epsilon`; PyTorch's
/// `GaussianNLLLoss`.
///
/// - Parameters:
///   - prediction: the means, floats of any shape.
///   - target: of the same shape.
///   - variance: of the same shape.
///   - epsilon: the least variance, through which no gradient flows.
public func gaussianLoss(
  _ prediction: NDArray, _ target: NDArray, variance: NDArray, epsilon: Double = 1e-6,
  file: StaticString = #fileID, line: UInt = #line
) -> NDArray {
  let site = CallSite(file, line)
  requireSameShapes("gaussianLoss", prediction, target, variance, at: site)
  // The bound takes part in values alone.
  let bounded = variance + (variance.maximum(epsilon) - variance).detached()
  return 0.5 * (bounded.log() + (prediction - target).squared() / bounded)
}
