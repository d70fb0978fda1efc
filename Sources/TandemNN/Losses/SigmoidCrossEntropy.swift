/// The cross-entropy of independent yes-or-no targets, from logits: PyTorch's `BCEWithLogitsLoss`,
/// MXNet's `SigmoidBCELoss`. Does not overflow.
///
/// `(1 − t) x + (1 + (w − 1) t) · log(1 + exp(−x))` with the weight `w` of positive targets.
///
/// - Parameters:
///   - logits: floats of any shape.
///   - targets: of the same shape, 0 to 1.
///   - positiveWeight: the weight of positive targets, which broadcasts.
public func sigmoidCrossEntropy(
  _ logits: NDArray, _ targets: NDArray, positiveWeight: NDArray? = nil,
  file: StaticString = #fileID, line: UInt = #line
) -> NDArray {
  let site = CallSite(file, line)
  requireSameShapes("sigmoidCrossEntropy", logits, targets, at: site)
  let targets = targets.cast(to: logits.dtype)
  let negative = (-logits).softplus()
  guard let positiveWeight else { return logits - logits * targets + negative }
  let weight = 1 + (positiveWeight.cast(to: logits.dtype) - 1) * targets
  return (1 - targets) * logits + weight * negative
}
