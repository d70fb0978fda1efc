/// The cross-entropy of independent yes-or-no targets, from probabilities; logarithms are cut at
/// −100 as PyTorch's. ``sigmoidCrossEntropy(_:_:positiveWeight:file:line:)`` is exact for all
/// logits.
///
/// - Parameters:
///   - probabilities: floats of any shape, 0 to 1.
///   - targets: of the same shape, 0 to 1.
public func binaryCrossEntropy(
  _ probabilities: NDArray, _ targets: NDArray,
  file: StaticString = #fileID, line: UInt = #line
) -> NDArray {
  let site = CallSite(file, line)
  requireSameShapes("binaryCrossEntropy", probabilities, targets, at: site)
  let targets = targets.cast(to: probabilities.dtype)
  let yes = probabilities.log().maximum(-100)
  let no = (1 - probabilities).log().maximum(-100)
  return -(targets * yes + (1 - targets) * no)
}
