/// One less the Dice coefficient of probabilities and targets: `1 − (2 tp + s) / (Σp + Σt + s)`,
/// over all axes but the first.
///
/// - Parameters:
///   - probabilities: `[batch, ...]`, floats 0 to 1.
///   - targets: of the same shape, 0 or 1.
///   - smoothing: `s`, so that nothing is divided by zero; must be positive.
/// - Returns: `[batch]`.
/// - Reference: Milletari, Navab and Ahmadi, *V-Net*, arXiv:1606.04797.
public func diceLoss(
  _ probabilities: NDArray, _ targets: NDArray, smoothing: Double = 1,
  file: StaticString = #fileID, line: UInt = #line
) -> NDArray {
  let site = CallSite(file, line)
  requireSameShapes("diceLoss", probabilities, targets, at: site)
  requireLoss("diceLoss", smoothing > 0, "smoothing must be positive", smoothing, at: site)
  return tverskyLoss(
    probabilities, targets, smoothing: smoothing / 2, file: file, line: line)
}
