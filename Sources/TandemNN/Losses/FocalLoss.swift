/// Cross-entropy of yes-or-no targets that fades for those that are right already:
/// `a (1 − q)^gamma · −log q` with `q` the probability of the right answer and `a` the weight of
/// it.
///
/// - Parameters:
///   - logits: floats of any shape.
///   - targets: of the same shape, 0 or 1.
///   - gamma: how fast it fades.
///   - alpha: the weight of positive targets, that of others is `1 − alpha`; no weights if `nil`.
/// - Reference: Lin et al., *Focal Loss for Dense Object Detection*, arXiv:1708.02002.
public func focalLoss(
  _ logits: NDArray, _ targets: NDArray, gamma: Double = 2, alpha: Double? = 0.25,
  file: StaticString = #fileID, line: UInt = #line
) -> NDArray {
  let site = CallSite(file, line)
  requireSameShapes("focalLoss", logits, targets, at: site)
  let targets = targets.cast(to: logits.dtype)
  let loss = sigmoidCrossEntropy(logits, targets, file: file, line: line)
  // 1 − q, exact also where q is near one.
  let wrong = ((1 - 2.0 * targets) * logits).sigmoid()
  let faded = loss * (gamma == 2 ? wrong.squared() : wrong.power(gamma))
  return alpha.map { faded * (targets * (2 * $0 - 1) + (1 - $0)) } ?? faded
}
