/// The squared difference of predictions and targets, element by element; PyTorch's `MSELoss`.
/// MXNet's `L2Loss` is half of it.
///
/// - Parameters:
///   - prediction: floats of any shape.
///   - target: of the same shape.
public func l2Loss(
  _ prediction: NDArray, _ target: NDArray,
  file: StaticString = #fileID, line: UInt = #line
) -> NDArray {
  let site = CallSite(file, line)
  requireSameShapes("l2Loss", prediction, target, at: site)
  return (prediction - target).squared(file: file, line: line)
}
