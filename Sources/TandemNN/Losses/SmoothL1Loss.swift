/// ``huberLoss(_:_:delta:file:line:)`` divided by `beta`: of slope one far away.
///
/// - Parameters:
///   - prediction: floats of any shape.
///   - target: of the same shape.
///   - beta: where the line begins; must be positive.
/// - Reference: Girshick, *Fast R-CNN*, arXiv:1504.08083.
public func smoothL1Loss(
  _ prediction: NDArray, _ target: NDArray, beta: Double = 1,
  file: StaticString = #fileID, line: UInt = #line
) -> NDArray {
  let site = CallSite(file, line)
  requireSameShapes("smoothL1Loss", prediction, target, at: site)
  requireLoss("smoothL1Loss", beta > 0, "beta must be positive", beta, at: site)
  return huberLoss(prediction, target, delta: beta, file: file, line: line) / beta
}
