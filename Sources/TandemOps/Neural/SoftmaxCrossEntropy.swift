/// The cross-entropy between the softmax of the last axis and the class that each label names.
///
/// `loss = log(sum(exp(x))) - x[label]`, computed so that nothing overflows; 16-bit floats in
/// float32.
///
/// | value | shape |
/// | --- | --- |
/// | `logits` | `[..., classes]`, floating |
/// | `labels` | `[...]`, int32 or int64, each in `0..<classes` |
/// | losses | `[...]`, dtype of the logits |
/// | log-sum-exp | `[...]`, dtype of the logits, at least float32; what the gradient needs |
///
/// A label out of range fails when the operator runs.
///
/// - Complexity: two passes over the logits; the gradient takes one more.
public struct SoftmaxCrossEntropy: Op, Codable {
  public static let name = "softmaxCrossEntropy"

  public static var inputCounts: ClosedRange<Int> { 2...2 }

  public init() {}

  public func outputTypes(for inputs: TensorTypes) throws(ShapeError) -> TensorTypes {
    try requireLogitsAndLabels(inputs)
    let losses = inputs[1].shape
    return TensorTypes(
      TensorType(losses, inputs[0].dtype), TensorType(losses, inputs[0].dtype.accumulating))
  }

  public func lower(_ inputs: TensorTypes, to lowering: inout Lowering) {
    let (x, labels) = (lowering.input(0), lowering.input(1))
    let (axis, wide) = (inputs[0].rank - 1, inputs[0].dtype.accumulating)
    // The labels are looked at first: a wrong one is found before anything is written.
    let chosen = lowering.temporary(TensorType(x.shape.keeping(axis), x.dtype))
    lowering.emit(CheckLabels(classes: x.shape[axis]), [], [labels])
    lowering.emit(
      TandemKernels.TakeAlongAxis(axis: axis), [chosen], [x, labels.expanded(at: axis)])
    let (largest, sum) = lowering.exponentialSum(of: x, axis: axis)
    lowering.map(
      [lowering.output(0).expanded(at: axis), lowering.output(1).expanded(at: axis)],
      [chosen, largest, sum]
    ) {
      let logSum = $0[2].log()
      return [logSum - ($0[0].cast(to: wide) - $0[1]), logSum + $0[1]]
    }
  }

  public func gradient(
    _ inputs: Symbols, _ outputs: Symbols, _ cotangents: [Symbol?]
  ) -> [Symbol?] {
    let (logits, labels, logSum) = (inputs[0], inputs[1], outputs[1])
    var result: Symbol?
    if let dy = cotangents[0] {
      result =
        Symbol.apply(
          SoftmaxCrossEntropyGradient(), inputs: [logits, labels, logSum, dy], at: .unknown)[0]
    }
    if let dLogSum = cotangents[1] {
      let part = (probabilities(logits, logSum) * dLogSum.expandingDims(at: -1))
        .cast(to: logits.dtype)
      result = result.map { $0 + part } ?? part
    }
    return [result, nil]
  }
}

/// The gradient of ``SoftmaxCrossEntropy`` with respect to the logits, from logits, labels,
/// log-sum-exp and the cotangent of the losses: `dx = (softmax(x) - oneHot(label)) * dy`.
///
/// - Complexity: one pass over the logits.
public struct SoftmaxCrossEntropyGradient: Op, Codable {
  public static let name = "softmaxCrossEntropyGradient"

  public static var inputCounts: ClosedRange<Int> { 4...4 }

  public init() {}

  public func outputTypes(for inputs: TensorTypes) throws(ShapeError) -> TensorTypes {
    try requireLogitsAndLabels(inputs)
    try require(
      inputs[2].shape == inputs[1].shape && inputs[3].shape == inputs[1].shape,
      "shapes differ", inputs)
    return TensorTypes(inputs[0])
  }

  public func lower(_ inputs: TensorTypes, to lowering: inout Lowering) {
    let (axis, wide) = (inputs[0].rank - 1, inputs[0].dtype.accumulating)
    let (x, labels) = (lowering.input(0), lowering.input(1).expanded(at: axis))
    let (logSum, dy) = (lowering.input(2).expanded(at: axis), lowering.input(3).expanded(at: axis))
    let result = lowering.output(0)
    // Where the label is, what is left of a probability near one is rounded once.
    let (chosen, slope) = (
      lowering.temporary(TensorType(dy.shape, x.dtype)),
      lowering.temporary(TensorType(dy.shape, x.dtype))
    )
    lowering.emit(TandemKernels.TakeAlongAxis(axis: axis), [chosen], [x, labels])
    lowering.map([slope], [chosen, logSum, dy]) {
      let dy = $0[2].cast(to: wide)
      return [($0[0].cast(to: wide) - $0[1].cast(to: wide)).exp() * dy - dy]
    }
    // Last, so that the result may lie where the logits are.
    lowering.map([result], [x, logSum, dy]) {
      [($0[0].cast(to: wide) - $0[1].cast(to: wide)).exp() * $0[2].cast(to: wide)]
    }
    lowering.emit(
      TandemKernels.Scatter(.along(axis: axis), .set), [result], [result, slope, labels])
  }

  public func gradient(
    _ inputs: Symbols, _ outputs: Symbols, _ cotangents: [Symbol?]
  ) -> [Symbol?] {
    guard let c = cotangents[0] else { return [nil, nil, nil, nil] }
    let (x, labels, logSum, dy) = (inputs[0], inputs[1], inputs[2], inputs[3])
    let weighted = probabilities(x, logSum) * c  // [..., classes]
    let slope = weighted * dy.expandingDims(at: -1)
    let chosen = c.takeAlongAxis(labels.expandingDims(at: -1), axis: -1)
    return [
      slope.cast(to: x.dtype), nil,
      -slope.sum(axis: -1).cast(to: logSum.dtype),
      (weighted.sum(axis: -1) - chosen.reshaped(dy.shape)).cast(to: dy.dtype),
    ]
  }
}

private func requireLogitsAndLabels(_ inputs: TensorTypes) throws(ShapeError) {
  let (logits, labels) = (inputs[0], inputs[1])
  try require(logits.rank >= 1, "logits need an axis of classes", inputs)
  try require(logits.dtype.isFloatingPoint, "logits need floats", inputs)
  try require(logits.shape[-1] > 0, "there are no classes", inputs)
  try require(
    labels.dtype == .int32 || labels.dtype == .int64, "labels need int32 or int64", inputs)
  try require(
    labels.shape == logits.shape.dropLast(),
    "labels need the shape of the logits without classes", inputs)
}

/// The softmax of logits whose log-sum-exp along the last axis is known.
private func probabilities(_ logits: Symbol, _ logSum: Symbol) -> Symbol {
  (logits - logSum.expandingDims(at: -1)).exp()
}

/// The cross-entropy between the softmax of `logits` along the last axis and integer `labels`, one
/// loss for each label; see ``SoftmaxCrossEntropy``.
public func softmaxCrossEntropy<A: ArrayExpression>(
  _ logits: A, _ labels: A, file: StaticString = #fileID, line: UInt = #line
) -> A {
  A.apply(
    SoftmaxCrossEntropy(), inputs: [logits, labels.asIndices()], at: CallSite(file, line))[0]
}
