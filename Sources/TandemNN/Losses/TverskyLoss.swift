/// One less the overlap of probabilities and targets, where misses and false alarms have weights of
/// their own: `1 − (tp + s) / (tp + alpha · fp + beta · fn + s)`, over all axes but the first.
///
/// - Parameters:
///   - probabilities: `[batch, ...]`, floats 0 to 1.
///   - targets: of the same shape, 0 or 1.
///   - alpha: the weight of false alarms.
///   - beta: the weight of misses.
///   - smoothing: `s`, so that nothing is divided by zero; must be positive.
/// - Returns: `[batch]`.
/// - Reference: Salehi et al., *Tversky loss function for image segmentation*, arXiv:1706.05721.
public func tverskyLoss(
  _ probabilities: NDArray, _ targets: NDArray, alpha: Double = 0.5, beta: Double = 0.5,
  smoothing: Double = 1,
  file: StaticString = #fileID, line: UInt = #line
) -> NDArray {
  let site = CallSite(file, line)
  requireSameShapes("tverskyLoss", probabilities, targets, at: site)
  requireLoss("tverskyLoss", smoothing > 0, "smoothing must be positive", smoothing, at: site)
  let axes = Array(1..<max(probabilities.rank, 1))
  func total(_ x: NDArray) -> NDArray { axes.isEmpty ? x : x.sum(axes: axes) }
  let hits = total(probabilities * targets)
  let alarms = total(probabilities) - hits
  let misses = total(targets.cast(to: probabilities.dtype)) - hits
  return 1 - (hits + smoothing) / (hits + alpha * alarms + beta * misses + smoothing)
}
