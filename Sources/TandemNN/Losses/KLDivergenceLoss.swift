/// The terms of the Kullback–Leibler divergence of a prediction from a target, element by element:
/// `t (log t − p)`, zero where the target is; PyTorch's `KLDivLoss`. Its sum over classes is the
/// divergence.
///
/// - Parameters:
///   - logProbabilities: floats of any shape.
///   - targets: probabilities of the same shape.
public func klDivergenceLoss(
  _ logProbabilities: NDArray, _ targets: NDArray,
  file: StaticString = #fileID, line: UInt = #line
) -> NDArray {
  let site = CallSite(file, line)
  requireSameShapes("klDivergenceLoss", logProbabilities, targets, at: site)
  // The logarithm of a target of zero is never used.
  let isPositive = targets .> 0
  let logarithm = NDArray.where(isPositive, targets, 1).log()
  return NDArray.where(isPositive, targets * (logarithm - logProbabilities), 0)
}
