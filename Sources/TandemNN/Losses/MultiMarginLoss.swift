/// How far other classes come within a margin of the right one: the mean over all classes of
/// `max(0, margin − x_label + x_i)^power`; PyTorch's `MultiMarginLoss`.
///
/// - Parameters:
///   - scores: `[..., classes]`, floats.
///   - labels: `[...]`, integers.
///   - margin: how far the right class is to be ahead.
///   - isSquared: whether terms are squared.
/// - Returns: `[...]`.
public func multiMarginLoss(
  _ scores: NDArray, _ labels: NDArray, margin: Double = 1, isSquared: Bool = false,
  file: StaticString = #fileID, line: UInt = #line
) -> NDArray {
  let site = CallSite(file, line)
  requireClasses("multiMarginLoss", scores, labels, at: site)
  let right = labels.asIndices().expandingDims(at: -1)
  let behind = (margin - scores.takeAlongAxis(right, axis: -1) + scores).relu()
  let terms = isSquared ? behind.squared() : behind
  let classes = NDArray.arange(scores.shape[-1]).cast(to: right.dtype)
  return NDArray.where(classes .== right, 0, terms).mean(axis: -1)
}
