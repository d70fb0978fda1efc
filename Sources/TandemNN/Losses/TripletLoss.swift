/// How much nearer a negative is than a margin beyond the positive:
/// `max(0, ‖a − p‖ − ‖a − n‖ + margin)` along the last axis; PyTorch's `TripletMarginLoss`. MXNet's
/// is of squared distances.
///
/// - Parameters:
///   - anchor: `[..., features]`, floats.
///   - positive: of the same shape.
///   - negative: of the same shape.
///   - margin: in units of the distance.
///   - isSquared: whether distances are squared.
/// - Returns: `[...]`.
public func tripletLoss(
  _ anchor: NDArray, _ positive: NDArray, _ negative: NDArray, margin: Double = 1,
  isSquared: Bool = false,
  file: StaticString = #fileID, line: UInt = #line
) -> NDArray {
  let site = CallSite(file, line)
  requireSameShapes("tripletLoss", anchor, positive, negative, at: site)
  func distance(_ other: NDArray) -> NDArray {
    if isSquared { return (anchor - other).squared().sum(axis: -1) }
    return (anchor - other + 1e-6).squared().sum(axis: -1).sqrt()
  }
  return (distance(positive) - distance(negative) + margin).relu()
}
