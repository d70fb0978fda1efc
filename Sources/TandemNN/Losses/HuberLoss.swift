/// `d² / 2` for differences up to `delta`, beyond it a straight line: `delta · (|d| − delta / 2)`.
///
/// - Parameters:
///   - prediction: floats of any shape.
///   - target: of the same shape.
///   - delta: where the line begins, in units of the prediction; must be positive.
/// - Reference: Huber, *Robust Estimation of a Location Parameter*, 1964.
public func huberLoss(
  _ prediction: NDArray, _ target: NDArray, delta: Double = 1,
  file: StaticString = #fileID, line: UInt = #line
) -> NDArray {
  let site = CallSite(file, line)
  requireSameShapes("huberLoss", prediction, target, at: site)
  requireLoss("huberLoss", delta > 0, "delta must be positive", delta, at: site)
  let size = (prediction - target).abs()
  let near = size.minimum(delta)
  return near * (size - 0.5 * near)
}
