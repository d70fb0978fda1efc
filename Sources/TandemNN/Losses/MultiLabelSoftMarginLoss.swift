/// The mean over classes of ``sigmoidCrossEntropy(_:_:positiveWeight:file:line:)``; PyTorch's
/// `MultiLabelSoftMarginLoss`.
///
/// - Parameters:
///   - scores: `[..., classes]`, floats.
///   - targets: of the same shape, 0 or 1.
/// - Returns: `[...]`.
public func multiLabelSoftMarginLoss(
  _ scores: NDArray, _ targets: NDArray,
  file: StaticString = #fileID, line: UInt = #line
) -> NDArray {
  let site = CallSite(file, line)
  requireSameShapes("multiLabelSoftMarginLoss", scores, targets, at: site)
  return sigmoidCrossEntropy(scores, targets, file: file, line: line).mean(axis: -1)
}
