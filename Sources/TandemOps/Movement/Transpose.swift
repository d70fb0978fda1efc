/// The axes in another order, a view; `numpy.transpose`.
public struct Transpose: ViewOp {
  public static let name = "transposed"

  /// Axis `i` of the result is axis `order[i]` of the input.
  public let order: [Int]

  /// The operator with these attributes.
  public init(order: [Int]) { self.order = order }

  public func outputTypes(for inputs: TensorTypes) throws(ShapeError) -> TensorTypes {
    let rank = inputs[0].rank
    var (seen, shape) = (0, Shape())
    for axis in order where (0..<rank).contains(axis) { seen |= 1 << axis }
    guard order.count == rank, seen == 1 << rank - 1 else {
      try require(false, "order \(order) is not a permutation of the axes", inputs)
      return inputs
    }
    for axis in order { shape.append(inputs[0].shape[axis]) }
    return TensorTypes(TensorType(shape, inputs[0].dtype))
  }

  public func view(of input: Layout) -> Layout? { input.permuted(order) }

  public func gradient(
    _ inputs: Symbols, _ outputs: Symbols, _ cotangents: [Symbol?]
  ) -> [Symbol?] {
    var inverse = order
    for (to, from) in order.enumerated() { inverse[from] = to }
    return [cotangents[0].map { .apply(Transpose(order: inverse), $0, at: .unknown) }]
  }
}

extension ArrayExpression {
  /// The axes reversed, or in the given order; see ``Transpose``.
  public func transposed(
    _ order: [Int]? = nil, file: StaticString = #fileID, line: UInt = #line
  ) -> Self {
    let site = CallSite(file, line)
    let order = order?.map { axis($0, of: "transposed", at: site) } ?? (0..<rank).reversed()
    return .apply(Transpose(order: order), self, at: site)
  }

  /// The last two axes exchanged (`mT` in NumPy).
  public func matrixTransposed(file: StaticString = #fileID, line: UInt = #line) -> Self {
    swappingAxes(-1, -2, file: file, line: line)
  }

  /// Two axes exchanged (`numpy.swapaxes`).
  public func swappingAxes(
    _ first: Int, _ second: Int, file: StaticString = #fileID, line: UInt = #line
  ) -> Self {
    let site = CallSite(file, line)
    var order = Array(0..<rank)
    order.swapAt(
      axis(first, of: "swappingAxes", at: site), axis(second, of: "swappingAxes", at: site))
    return .apply(Transpose(order: order), self, at: site)
  }
}
