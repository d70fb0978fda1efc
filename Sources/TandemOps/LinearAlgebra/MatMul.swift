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

  public static var acceptsComplex: Bool { true }

  public static var inputCounts: ClosedRange<Int> { 2...2 }

  public init() {}

  public func outputTypes(for inputs: TensorTypes) throws(ShapeError) -> TensorTypes {
    let (lhs, rhs) = (inputs[0], inputs[1])
    try require(lhs.rank >= 2 && rhs.rank >= 2, "needs two or more axes", inputs)
    try require(lhs.dtype == rhs.dtype, "dtypes differ", inputs)
    try require(lhs.dtype.kind != .bool, "needs numbers", inputs)
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
    if inputs[0].dtype.kind == .complex { return lowerComplex(to: &lowering) }
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
    // y = a b, so da = dy bᴴ and db = aᴴ dy. Batch axes that were broadcast are summed away.
    guard let dy = cotangents[0], dy.dtype.isDifferentiable else { return [nil, nil] }
    let (a, b) = (inputs[0], inputs[1])
    return [
      dy.matmul(b.matrixTransposed().conjugated).summed(to: a.shape),
      a.matrixTransposed().conjugated.matmul(dy).summed(to: b.shape),
    ]
  }

  /// Of complex matrices the four products of their parts.
  private func lowerComplex(to lowering: inout Lowering) {
    let (result, a, b) = (lowering.output(0), lowering.input(0), lowering.input(1))
    let batch = result.shape.dropLast(2)
    func product(_ a: Lowering.Slot, _ b: Lowering.Slot) -> Lowering.Slot {
      let product = lowering.temporary(TensorType(result.shape, result.dtype.part))
      lowering.emit(
        MatrixProduct(), [product],
        [a, b].map { $0.broadcast(to: batch.appending($0.shape[-2], $0.shape[-1])) })
      return product
    }
    let (rr, ii) = (product(a.real, b.real), product(a.imaginary, b.imaginary))
    let (ri, ir) = (product(a.real, b.imaginary), product(a.imaginary, b.real))
    lowering.map([result.real, result.imaginary], [rr, ii, ri, ir]) {
      [$0[0] - $0[1], $0[2] + $0[3]]
    }
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
