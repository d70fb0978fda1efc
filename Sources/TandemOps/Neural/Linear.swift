/// An affine map of the last axis: `y = x Wᵀ + b`.
///
/// | value | shape |
/// | --- | --- |
/// | `x` | `[..., in]` |
/// | `weight` | `[out, in]` |
/// | `bias` (may be left out) | `[out]` |
/// | result | `[..., out]` |
///
/// - Complexity: O(count(x) · out) multiply-adds.
public struct Linear: Op, Codable {
  public static let name = "linear"

  public static var inputCounts: ClosedRange<Int> { 2...3 }

  public init() {}

  public func outputTypes(for inputs: TensorTypes) throws(ShapeError) -> TensorTypes {
    let (x, weight) = (inputs[0], inputs[1])
    try require(x.rank >= 1, "needs one or more axes", inputs)
    try require(weight.rank == 2, "the weight needs two axes, [out, in]", inputs)
    try require(inputs.allSatisfy { $0.dtype == x.dtype }, "dtypes differ", inputs)
    try require(x.dtype.isFloatingPoint, "needs floats", inputs)
    try require(x.shape[-1] == weight.shape[1], "inner axes differ", inputs)
    if inputs.count > 2 {
      try require(
        inputs[2].shape == [weight.shape[0]], "the bias needs the length of the result's axis",
        inputs)
    }
    return TensorTypes(TensorType(x.shape.dropLast().appending(weight.shape[0]), x.dtype))
  }

  public func lower(_ inputs: TensorTypes, to lowering: inout Lowering) {
    lower(inputs, to: &lowering, rectifies: false)
  }

  /// The lowering, with or without a ``ReLU`` that follows.
  package func lower(
    _ inputs: TensorTypes, to lowering: inout Lowering, rectifies: Bool
  ) {
    let (features, outputs) = (inputs[1].shape[1], inputs[1].shape[0])
    let rows = inputs[0].shape.dropLast().elementCount
    let weight = lowering.input(1)
    var operands = [
      lowering.flattened(lowering.input(0), to: [rows, features]),
      weight.with(weight.layout.permuted([1, 0])),
    ]
    if inputs.count > 2 { operands.append(lowering.input(2)) }
    let result = lowering.output(0).with(Layout([rows, outputs]))
    lowering.emit(
      MatrixProduct(hasBias: inputs.count > 2, rectifies: rectifies), [result], operands)
  }

  public func gradient(
    _ inputs: Symbols, _ outputs: Symbols, _ cotangents: [Symbol?]
  ) -> [Symbol?] {
    // y = x Wᵀ + b, so dx = dy W, dW = dyᵀ x and db = sum(dy), over all rows.
    guard let dy = cotangents[0] else { return inputs.map { _ in nil } }
    let (x, weight) = (inputs[0], inputs[1])
    let rows = x.shape.dropLast().elementCount
    let x2 = x.reshaped([rows, weight.shape[1]])
    let dy2 = dy.reshaped([rows, weight.shape[0]])
    var result: [Symbol?] = [
      dy2.matmul(weight).reshaped(x.shape), dy2.matrixTransposed().matmul(x2),
    ]
    if inputs.count > 2 { result.append(dy2.sum(axis: 0)) }
    return result
  }
}

extension ArrayExpression {
  /// The affine map `self · weightᵀ + bias` of the last axis; see ``Linear`` for shapes.
  public func linear(
    _ weight: Self, bias: Self? = nil, file: StaticString = #fileID, line: UInt = #line
  ) -> Self {
    let site = CallSite(file, line)
    guard let bias else { return .apply(Linear(), self, weight, at: site) }
    return Self.apply(Linear(), inputs: [self, weight, bias], at: site)[0]
  }
}
