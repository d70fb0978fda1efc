/// `max(0, −t p)` for targets −1 and 1, element by element: what a wrong side costs.
///
/// - Parameters:
///   - prediction: floats of any shape.
///   - target: of the same shape, −1 or 1.
public func perceptronLoss(
  _ prediction: NDArray, _ target: NDArray,
  file: StaticString = #fileID, line: UInt = #line
) -> NDArray {
  let site = CallSite(file, line)
  requireSameShapes("perceptronLoss", prediction, target, at: site)
  return (-(prediction * target)).relu()
}
