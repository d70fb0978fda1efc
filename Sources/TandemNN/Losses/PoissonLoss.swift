/// Minus the log-likelihood of counts, without the term that the prediction does not change:
/// `exp(p) − t p` for logarithms of rates, else `p − t log(p + 1e-8)`; PyTorch's `PoissonNLLLoss`.
///
/// - Parameters:
///   - prediction: floats of any shape.
///   - target: counts, of the same shape.
///   - isLogarithm: whether predictions are logarithms of rates.
public func poissonLoss(
  _ prediction: NDArray, _ target: NDArray, isLogarithm: Bool = true,
  file: StaticString = #fileID, line: UInt = #line
) -> NDArray {
  let site = CallSite(file, line)
  requireSameShapes("poissonLoss", prediction, target, at: site)
  if isLogarithm { return prediction.exp() - target * prediction }
  return prediction - target * (prediction + 1e-8).log()
}
