/// `max(0, margin − t p)` for targets −1 and 1, element by element.
///
/// - Parameters:
///   - prediction: floats of any shape.
///   - target: of the same shape, −1 or 1.
///   - margin: how far on the right side there is no loss.
public func hingeLoss(
  _ prediction: NDArray, _ target: NDArray, margin: Double = 1,
  file: StaticString = #fileID, line: UInt = #line
) -> NDArray {
  let site = CallSite(file, line)
  requireSameShapes("hingeLoss", prediction, target, at: site)
  return (margin - prediction * target).relu()
}
