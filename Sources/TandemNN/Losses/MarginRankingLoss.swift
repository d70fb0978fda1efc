/// `max(0, margin − t (a − b))`: the first is to be ranked higher where the target is 1, the second
/// where it is −1.
///
/// - Parameters:
///   - first: floats of any shape.
///   - second: of the same shape.
///   - target: of the same shape, 1 or −1.
///   - margin: how far apart they are to be.
public func marginRankingLoss(
  _ first: NDArray, _ second: NDArray, _ target: NDArray, margin: Double = 0,
  file: StaticString = #fileID, line: UInt = #line
) -> NDArray {
  let site = CallSite(file, line)
  requireSameShapes("marginRankingLoss", first, second, target, at: site)
  return (margin - target * (first - second)).relu()
}
