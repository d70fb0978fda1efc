/// `1 − cos` of pairs that belong together, `max(0, cos − margin)` of others.
///
/// - Parameters:
///   - first: `[..., features]`, floats.
///   - second: of the same shape.
///   - target: `[...]`, 1 for pairs that belong together, else −1.
///   - margin: how near others may be, −1 to 1.
/// - Returns: `[...]`.
public func cosineEmbeddingLoss(
  _ first: NDArray, _ second: NDArray, _ target: NDArray, margin: Double = 0,
  file: StaticString = #fileID, line: UInt = #line
) -> NDArray {
  let site = CallSite(file, line)
  requireSameShapes("cosineEmbeddingLoss", first, second, at: site)
  let products = (first * second).sum(axis: -1)
  let lengths =
    (first.squared().sum(axis: -1) + 1e-12) * (second.squared().sum(axis: -1) + 1e-12)
  let cosine = products / lengths.sqrt()
  return NDArray.where(target .> 0, 1 - cosine, (cosine - margin).relu())
}
