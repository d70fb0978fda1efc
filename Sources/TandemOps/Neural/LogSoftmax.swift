/// The logarithm of the softmax along an axis, without overflow or cancellation:
/// `y = x - max(x) - log(sum(exp(x - max(x))))`.
///
/// | value | shape |
/// | --- | --- |
/// | input | any with at least one axis, floating |
/// | result | the input's |
///
/// - Complexity: one pass over the elements where they lie one after another along the axis, else
///   three.
public struct LogSoftmax: Op, Codable {
  public static let name = "logSoftmax"

  public static var inputCounts: ClosedRange<Int> { 1...1 }

  /// The axis along which the exponentials of the results add up to one, from the front.
  public let axis: Int

  public init(axis: Int) { self.axis = axis }

  public func outputTypes(for inputs: TensorTypes) throws(ShapeError) -> TensorTypes {
    try requireFloatingAxis(axis, inputs)
    return TensorTypes(inputs[0])
  }

  public func outputLayout(for type: TensorType, at index: Int, inputs: [Layout]) -> Layout {
    Layout.following(inputs, type.shape)
  }

  public func lower(_ inputs: TensorTypes, to lowering: inout Lowering) {
    let (x, wide) = (lowering.input(0), inputs[0].dtype.accumulating)
    let y = lowering.output(0)
    if lowering.softmaxRows(.logarithms, axis: axis, [y], [x]) { return }
    let (largest, sum) = lowering.exponentialSum(of: x, axis: axis)
    lowering.map([y], [x, largest, sum]) {
      [($0[0].cast(to: wide) - $0[1]) - $0[2].log()]
    }
  }

  public func gradient(
    _ inputs: Symbols, _ outputs: Symbols, _ cotangents: [Symbol?]
  ) -> [Symbol?] {
    guard let dy = cotangents[0] else { return [nil] }
    let x = inputs[0]
    // A y that is rounded to 16 bits would be off by as much as the gradient is large.
    let y = x.isNarrow ? x.widened.logSoftmax(axis: axis) : outputs[0]
    let dx = Symbol.apply(LogSoftmaxGradient(axis: axis), y, dy.widened, at: .unknown)
    return [dx.cast(to: x.dtype)]
  }
}

/// The gradient of ``LogSoftmax``, from its result `y` and the cotangent of that:
/// `dx = dy - exp(y) * sum(dy)`.
public struct LogSoftmaxGradient: Op, Codable {
  public static let name = "logSoftmaxGradient"

  public static var inputCounts: ClosedRange<Int> { 2...2 }

  /// The axis of the softmax, from the front.
  public let axis: Int

  public init(axis: Int) { self.axis = axis }

  public func outputTypes(for inputs: TensorTypes) throws(ShapeError) -> TensorTypes {
    try requireFloatingAxis(axis, inputs)
    try require(inputs[0] == inputs[1], "types differ", inputs)
    return TensorTypes(inputs[0])
  }

  public func outputLayout(for type: TensorType, at index: Int, inputs: [Layout]) -> Layout {
    Layout.following(inputs, type.shape)
  }

  public func lower(_ inputs: TensorTypes, to lowering: inout Lowering) {
    let (y, dy, wide) = (lowering.input(0), lowering.input(1), inputs[0].dtype.accumulating)
    let dx = lowering.output(0)
    if lowering.softmaxRows(.logarithmsGradient, axis: axis, [dx], [y, dy]) { return }
    let sum = lowering.temporary(TensorType(y.shape.keeping(axis), wide))
    lowering.reduce(sum, [dy], axes: [axis], by: .sum) { $0[0].cast(to: wide) }
    lowering.map([dx], [y, dy, sum]) {
      [$0[1].cast(to: wide) - $0[0].cast(to: wide).exp() * $0[2]]
    }
  }

  public func gradient(
    _ inputs: Symbols, _ outputs: Symbols, _ cotangents: [Symbol?]
  ) -> [Symbol?] {
    guard let c = cotangents[0] else { return [nil, nil] }
    let (p, dy) = (inputs[0].exp(), inputs[1])
    return [
      -(c * p * dy.sum(axis: axis, keepDims: true)),
      c - (c * p).sum(axis: axis, keepDims: true),
    ]
  }
}

extension ArrayExpression {
  /// The logarithm of the softmax along an axis; see ``LogSoftmax``.
  public func logSoftmax(
    axis: Int = -1, file: StaticString = #fileID, line: UInt = #line
  ) -> Self {
    let site = CallSite(file, line)
    let axis = self.axis(axis, of: "logSoftmax", at: site)
    return .apply(LogSoftmax(axis: axis), self, at: site)
  }
}
