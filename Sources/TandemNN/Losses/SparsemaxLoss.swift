/// The point of the simplex that is nearest to scores, along the last axis: like softmax, but many
/// probabilities are zero.
///
/// - Parameter scores: `[..., classes]`, floats.
/// - Reference: Martins and Astudillo, *From Softmax to Sparsemax*, arXiv:1602.02068.
public func sparsemax(
  _ scores: NDArray, file: StaticString = #fileID, line: UInt = #line
) -> NDArray {
  requireScores("sparsemax", scores, at: CallSite(file, line))
  return (scores - sparsemaxThreshold(scores).threshold).relu()
}

/// The loss whose gradient is ``sparsemax(_:file:line:)`` less the target:
/// `½ Σ (z² − τ²) + ½ − z_label` over the classes whose probability is not zero.
///
/// - Parameters:
///   - scores: `[..., classes]`, floats.
///   - labels: `[...]`, integers.
/// - Returns: `[...]`, never negative; zero where the label's score is ahead of all others by one.
/// - Reference: Martins and Astudillo, *From Softmax to Sparsemax*, arXiv:1602.02068.
public func sparsemaxLoss(
  _ scores: NDArray, _ labels: NDArray, file: StaticString = #fileID, line: UInt = #line
) -> NDArray {
  requireClasses("sparsemaxLoss", scores, labels, at: CallSite(file, line))
  requireScores("sparsemaxLoss", scores, at: CallSite(file, line))
  let (threshold, support) = sparsemaxThreshold(scores)
  let terms = support * (scores.squared() - threshold.squared())
  let chosen = scores.takeAlongAxis(labels.asIndices().expandingDims(at: -1), axis: -1)
  return 0.5 * terms.sum(axis: -1) + 0.5 - chosen.squeezed(axis: -1)
}

/// What is taken off the scores, `[..., 1]`, and which classes stay, 1 or 0.
private func sparsemaxThreshold(_ scores: NDArray) -> (threshold: NDArray, support: NDArray) {
  let plain = scores.detached()
  let sorted = -(-plain).sorted(axis: -1)
  let places = NDArray.arange(scores.shape[-1]).cast(to: scores.dtype) + 1
  let sums = sorted.cumulativeSum(axis: -1)
  // The k largest stay where 1 + k · z_k is above their sum.
  let stays = (1 + places * sorted .> sums).cast(to: scores.dtype)
  let count = stays.sum(axis: -1, keepDims: true)
  let least = (stays * sorted + (1 - stays) * plain.max(axis: -1, keepDims: true))
    .min(axis: -1, keepDims: true)
  let support = (plain .>= least).cast(to: scores.dtype)
  return ((((support * scores).sum(axis: -1, keepDims: true)) - 1) / count, support)
}

private func requireScores(_ loss: String, _ scores: NDArray, at site: CallSite) {
  if scores.rank < 1 || !scores.dtype.isFloatingPoint || scores.shape[-1] == 0 {
    fail("\(loss): needs floats with an axis of classes: \(scores.type)", at: site)
  }
}
