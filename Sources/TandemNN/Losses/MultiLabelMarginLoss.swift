/// How far classes that are not meant come within one of those that are: the sum of
/// `max(0, 1 − x_j + x_i)` over all meant `j` and other `i`, divided by the classes; PyTorch's
/// `MultiLabelMarginLoss`, whose lists of labels are a table of ones here.
///
/// - Parameters:
///   - scores: `[..., classes]`, floats.
///   - targets: of the same shape, 1 for each class that is meant, else 0.
/// - Returns: `[...]`.
public func multiLabelMarginLoss(
  _ scores: NDArray, _ targets: NDArray,
  file: StaticString = #fileID, line: UInt = #line
) -> NDArray {
  let site = CallSite(file, line)
  requireSameShapes("multiLabelMarginLoss", scores, targets, at: site)
  let isMeant = targets .> 0
  let (mine, others) = (scores.expandingDims(at: -1), scores.expandingDims(at: -2))
  let counts = isMeant.expandingDims(at: -1).logicalAnd(
    isMeant.logicalNot().expandingDims(at: -2))
  let terms = NDArray.where(counts, (1 - mine + others).relu(), 0)  // [..., meant, other]
  return terms.sum(axes: [-2, -1]) / Double(scores.shape[-1])
}
