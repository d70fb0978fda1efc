/// The square of ``hingeLoss(_:_:margin:file:line:)``.
///
/// - Parameters:
///   - prediction: floats of any shape.
///   - target: of the same shape, −1 or 1.
///   - margin: how far on the right side there is no loss.
public func squaredHingeLoss(
  _ prediction: NDArray, _ target: NDArray, margin: Double = 1,
  file: StaticString = #fileID, line: UInt = #line
) -> NDArray {
  let site = CallSite(file, line)
  requireSameShapes("squaredHingeLoss", prediction, target, at: site)
  return (margin - prediction * target).relu().squared()
}
