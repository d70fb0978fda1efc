/// The absolute difference of predictions and targets, element by element; PyTorch's `L1Loss`, of
/// which `.mean()` is the usual reduction.
///
/// - Parameters:
///   - prediction: floats of any shape.
///   - target: of the same shape.
public func l1Loss(
  _ prediction: NDArray, _ target: NDArray,
  file: StaticString = #fileID, line: UInt = #line
) -> NDArray {
  let site = CallSite(file, line)
  requireSameShapes("l1Loss", prediction, target, at: site)
  return (prediction - target).abs(file: file, line: line)
}
