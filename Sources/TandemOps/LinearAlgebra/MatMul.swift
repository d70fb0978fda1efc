/// Matrix product over the last two axes; the axes before them are a batch and broadcast.
/// `numpy.matmul`.
///
/// | value  | shape         |
/// | ------ | ------------- |
/// | `lhs`  | `[..., m, k]` |
/// | `rhs`  | `[..., k, n]` |
/// | result | `[..., m, n]` |
///
/// - Throws: `ShapeError` if an operand has fewer than two axes, if the two `k` differ, if the
///   dtypes differ, or if the batch axes do not broadcast.
/// - Complexity: O(batch · m · n · k) multiply-adds.
public struct MatMul: Op, Codable {
  public static let name = "matmul"

  public static var inputCounts: ClosedRange<Int> { 2...2 }

  public init() {}

  public func outputTypes(for inputs: TensorTypes) throws(ShapeError) -> TensorTypes {
    let (lhs, rhs) = (inputs[0], inputs[1])
    try require(lhs.rank >= 2 && rhs.rank >= 2, "needs two or more axes", inputs)
    try require(lhs.dtype == rhs.dtype, "dtypes differ", inputs)
    try require(lhs.dtype.kind != .bool && lhs.dtype.kind != .complex, "needs numbers", inputs)
    try require(lhs.shape[-1] == rhs.shape[-2], "inner axes differ", inputs)
    let batch: Shape
    do throws(ShapeError) {
      batch = try broadcast(lhs.shape.dropLast(2), rhs.shape.dropLast(2))
    } catch {
      throw ShapeError("batch axes do not broadcast: \(inputs)")
    }
    return TensorTypes(TensorType(batch.appending(lhs.shape[-2], rhs.shape[-1]), lhs.dtype))
  }

  public func lower(_ inputs: TensorTypes, to lowering: inout Lowering) {
    lower(inputs, to: &lowering, rectifies: false)
  }

  /// The lowering, with or without a ``ReLU`` that follows.
  package func lower(
    _ inputs: TensorTypes, to lowering: inout Lowering, rectifies: Bool
  ) {
    let result = lowering.output(0)
    let batch = result.shape.dropLast(2)
    let (lhs, rhs) = (lowering.input(0), lowering.input(1))
    lowering.emit(
      MatrixProduct(rectifies: rectifies), [result],
      [
        lhs.broadcast(to: batch.appending(lhs.shape[-2], lhs.shape[-1])),
        rhs.broadcast(to: batch.appending(rhs.shape[-2], rhs.shape[-1])),
      ])
  }

  public func gradient(
    _ inputs: Symbols, _ outputs: Symbols, _ cotangents: [Symbol?]
  ) -> [Symbol?] {
    // y = a b, so da = dy bᵀ and db = aᵀ dy. Batch axes that were broadcast are summed away.
    guard let dy = cotangents[0], dy.dtype.isFloatingPoint else { return [nil, nil] }
    let (a, b) = (inputs[0], inputs[1])
    return [
      dy.matmul(b.matrixTransposed()).summed(to: a.shape),
      a.matrixTransposed().matmul(dy).summed(to: b.shape),
    ]
  }
}

extension ArrayExpression {
  /// The matrix product of `self` and `rhs`; see ``MatMul`` for shapes.
  public func matmul(
    _ rhs: Self, file: StaticString = #fileID, line: UInt = #line
  ) -> Self {
    .apply(MatMul(), self, rhs, at: CallSite(file, line))
  }
}
