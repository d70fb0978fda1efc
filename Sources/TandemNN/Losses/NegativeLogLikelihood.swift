/// Minus the log-probability of each label; PyTorch's `NLLLoss` and MXNet's `SoftmaxCELoss` with
/// `from_logits`.
///
/// - Parameters:
///   - logProbabilities: `[..., classes]`, floats.
///   - labels: `[...]`, integers.
///   - weights: of the classes, `[classes]`.
/// - Returns: `[...]`; with weights the mean is the sum divided by that of the labels' weights.
public func negativeLogLikelihood(
  _ logProbabilities: NDArray, _ labels: NDArray, weights: NDArray? = nil,
  file: StaticString = #fileID, line: UInt = #line
) -> NDArray {
  let site = CallSite(file, line)
  requireClasses("negativeLogLikelihood", logProbabilities, labels, at: site)
  let labels = labels.asIndices()
  let chosen = logProbabilities.takeAlongAxis(labels.expandingDims(at: -1), axis: -1)
  let losses = -chosen.squeezed(axis: -1)
  return weights.map { losses * $0.take(labels, axis: 0) } ?? losses
}
