/// Which of a batch of keys belongs to each query: cross-entropy of cosines divided by a
/// temperature; key `i` belongs to query `i`, and all others do not. The symmetric loss of CLIP is
/// the mean of it and of that with keys and queries exchanged.
///
/// - Parameters:
///   - queries: `[n, features]`, floats.
///   - keys: of the same shape.
///   - temperature: must be positive.
/// - Returns: `[n]`.
/// - Reference: van den Oord, Li and Vinyals, *Representation Learning with Contrastive Predictive
///   Coding*, arXiv:1807.03748.
public func infoNCELoss(
  _ queries: NDArray, _ keys: NDArray, temperature: Double = 0.07,
  file: StaticString = #fileID, line: UInt = #line
) -> NDArray {
  let site = CallSite(file, line)
  requireSameShapes("infoNCELoss", queries, keys, at: site)
  requireLoss("infoNCELoss", temperature > 0, "temperature must be positive", temperature, at: site)
  guard queries.rank == 2 else {
    fail("infoNCELoss: needs [n, features]: \(queries.type)", at: site)
  }
  func unit(_ x: NDArray) -> NDArray {
    x / x.squared().sum(axis: -1, keepDims: true).sqrt().maximum(1e-12)
  }
  let scores = unit(queries).matmul(unit(keys).matrixTransposed()) / temperature  // [n, n]
  return softmaxCrossEntropy(scores, NDArray.arange(queries.shape[0]), file: file, line: line)
}
