/// `log(cosh(d))` of the difference: square near zero, straight far away; does not overflow.
///
/// - Parameters:
///   - prediction: floats of any shape.
///   - target: of the same shape.
public func logCoshLoss(
  _ prediction: NDArray, _ target: NDArray,
  file: StaticString = #fileID, line: UInt = #line
) -> NDArray {
  let site = CallSite(file, line)
  requireSameShapes("logCoshLoss", prediction, target, at: site)
  let difference = prediction - target
  return difference + (-2.0 * difference).softplus() - 0.6931471805599453
}
