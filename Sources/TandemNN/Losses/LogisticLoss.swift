/// `log(1 + exp(−t p))` for targets −1 and 1, element by element; PyTorch's `SoftMarginLoss`. For
/// targets 0 and 1 it is ``sigmoidCrossEntropy(_:_:positiveWeight:file:line:)``.
///
/// - Parameters:
///   - prediction: floats of any shape.
///   - target: of the same shape, −1 or 1.
public func logisticLoss(
  _ prediction: NDArray, _ target: NDArray,
  file: StaticString = #fileID, line: UInt = #line
) -> NDArray {
  let site = CallSite(file, line)
  requireSameShapes("logisticLoss", prediction, target, at: site)
  return (-(prediction * target)).softplus()
}
