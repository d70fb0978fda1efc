/// The cross-entropy between the softmax of logits and labels, with weights of classes, smoothed
/// targets, and labels that do not count; PyTorch's `CrossEntropyLoss`.
///
/// `(1 − s) · w_label · −log q_label + s / classes · Σ w_i · −log q_i`
///
/// - Parameters:
///   - logits: `[..., classes]`, floats.
///   - labels: `[...]`, integers.
///   - weights: of the classes, `[classes]`.
///   - smoothing: `s`, how much of the target all classes share; from 0 to 1.
///   - ignored: a label whose losses are zero, as of padding; it need not be a class.
/// - Returns: `[...]`; with weights or ignored labels PyTorch's mean is the sum divided by that of
///   the labels' weights.
/// - Reference: Szegedy et al., *Rethinking the Inception Architecture*, arXiv:1512.00567.
@_disfavoredOverload
public func softmaxCrossEntropy(
  _ logits: NDArray, _ labels: NDArray, weights: NDArray? = nil, smoothing: Double = 0,
  ignoring ignored: Int? = nil, file: StaticString = #fileID, line: UInt = #line
) -> NDArray {
  let (name, site) = ("softmaxCrossEntropy", CallSite(file, line))
  requireClasses(name, logits, labels, at: site)
  requireLoss(
    name, (0...1).contains(smoothing), "smoothing must be in 0...1", smoothing, at: site)
  let labels = labels.asIndices()
  let isIgnored = ignored.map { labels .== $0 }
  let known = isIgnored.map { NDArray.where($0, 0, labels) } ?? labels
  var losses = softmaxCrossEntropy(logits, known, file: file, line: line)
  if let weights { losses = losses * weights.cast(to: losses.dtype).take(known, axis: 0) }
  if smoothing > 0 {
    let all = logits.logSoftmax(axis: -1)
    let weighted = weights.map { all * $0.cast(to: all.dtype) } ?? all
    losses = (1 - smoothing) * losses - smoothing * weighted.mean(axis: -1)
  }
  return isIgnored.map { NDArray.where($0, 0, losses) } ?? losses
}

/// The cross-entropy between the softmax of logits and probabilities: MXNet's
/// `SoftmaxCELoss(sparse_label=False)`.
///
/// - Parameters:
///   - logits: `[..., classes]`, floats.
///   - probabilities: of the same shape; they need not add up to one.
/// - Returns: `[...]`.
public func softmaxCrossEntropy(
  _ logits: NDArray, probabilities: NDArray, file: StaticString = #fileID, line: UInt = #line
) -> NDArray {
  requireSameShapes("softmaxCrossEntropy", logits, probabilities, at: CallSite(file, line))
  return -(logits.logSoftmax(axis: -1) * probabilities).sum(axis: -1)
}
