/// The exponentials of the elements, divided by their sum along an axis: positive numbers that add
/// up to one.
///
/// `y = exp(x - max(x)) / sum(exp(x - max(x)))`, by one division for each row; 16-bit floats are
/// computed in float32.
///
/// | value | shape |
/// | --- | --- |
/// | input | any with at least one axis, floating |
/// | result | the input's |
///
/// - Complexity: one pass over the elements where they lie one after another along the axis, else
///   three.
public struct Softmax: Op, Codable {
  public static let name = "softmax"

  public static var inputCounts: ClosedRange<Int> { 1...1 }

  /// The axis along which the results add up to one, from the front.
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
    if lowering.softmaxRows(.probabilities, axis: axis, [y], [x]) { return }
    let (largest, sum) = lowering.exponentialSum(of: x, axis: axis)
    let factor = lowering.temporary(TensorType(sum.shape, wide))
    lowering.map([factor], [sum]) { [$0[0].reciprocal()] }
    lowering.map([y], [x, largest, factor]) {
      [($0[0].cast(to: wide) - $0[1]).exp() * $0[2]]
    }
  }

  public func gradient(
    _ inputs: Symbols, _ outputs: Symbols, _ cotangents: [Symbol?]
  ) -> [Symbol?] {
    guard let dy = cotangents[0] else { return [nil] }
    return [.apply(SoftmaxGradient(axis: axis), outputs[0], dy, at: .unknown)]
  }
}

/// The gradient of ``Softmax``, from its result `y` and the cotangent of that:
/// `dx = y * (dy - sum(dy * y))`.
public struct SoftmaxGradient: Op, Codable {
  public static let name = "softmaxGradient"

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
    if lowering.softmaxRows(.probabilitiesGradient, axis: axis, [dx], [y, dy]) { return }
    let sum = lowering.temporary(TensorType(y.shape.keeping(axis), wide))
    lowering.reduce(sum, [y, dy], axes: [axis], by: .sum) {
      $0[0].cast(to: wide) * $0[1].cast(to: wide)
    }
    lowering.map([dx], [y, dy, sum]) {
      [$0[0].cast(to: wide) * ($0[1].cast(to: wide) - $0[2])]
    }
  }

  public func gradient(
    _ inputs: Symbols, _ outputs: Symbols, _ cotangents: [Symbol?]
  ) -> [Symbol?] {
    // g(y, dy) = y (dy - sum(dy y)) is linear in dy and symmetric as a map of dy.
    guard let c = cotangents[0] else { return [nil, nil] }
    let (y, dy) = (inputs[0], inputs[1])
    let inner = (dy * y).sum(axis: axis, keepDims: true)
    let outer = (c * y).sum(axis: axis, keepDims: true)
    return [
      c * (dy - inner) - dy * outer,
      .apply(SoftmaxGradient(axis: axis), y, c, at: .unknown),
    ]
  }
}

extension ArrayExpression {
  /// Exponentials divided by their sum along an axis; see ``Softmax``.
  public func softmax(
    axis: Int = -1, file: StaticString = #fileID, line: UInt = #line
  ) -> Self {
    let site = CallSite(file, line)
    let axis = self.axis(axis, of: "softmax", at: site)
    return .apply(Softmax(axis: axis), self, at: site)
  }
}
