/// Smoothed deep metric learning: which of a batch of second vectors belongs to each first one, by
/// squared distances, against smoothed targets; MXNet's `SDMLLoss`.
///
/// - Parameters:
///   - first: `[n, features]`, floats; vector `i` belongs to the second vector `i`.
///   - second: of the same shape.
///   - smoothing: how much of the target the others share; from 0 to below 1.
/// - Returns: `[n]`.
/// - Reference: Bonadiman, Kumar and Mittal, *Large Scale Question Paraphrase Retrieval with
///   Smoothed Deep Metric Learning*, arXiv:1905.12786.
public func sdmlLoss(
  _ first: NDArray, _ second: NDArray, smoothing: Double = 0.3,
  file: StaticString = #fileID, line: UInt = #line
) -> NDArray {
  let site = CallSite(file, line)
  requireSameShapes("sdmlLoss", first, second, at: site)
  guard first.rank == 2, first.shape[0] > 1 else {
    fail("sdmlLoss: needs two vectors at least, [n, features]: \(first.type)", at: site)
  }
  requireLoss(
    "sdmlLoss", (0..<1).contains(smoothing), "smoothing must be in 0..<1", smoothing, at: site)
  let count = first.shape[0]
  let distances = (first.expandingDims(at: 1) - second.expandingDims(at: 0)).squared()
    .sum(axis: -1)  // [n, n]
  let share = smoothing / Double(count - 1)
  let own = NDArray.eye(count, dtype: first.dtype)
  let targets = own * (1 - smoothing - share) + share
  let logarithms = (-distances).logSoftmax(axis: 1)
  return klDivergenceLoss(logarithms, targets, file: file, line: line).sum(axis: 1)
}
