/// An operator that picks elements of its first input by its other inputs, which hold indices.
///
/// Indices are int32 or int64; negative ones count from the end. One that is out of range fails
/// when the operator runs. How the indices pick is the one thing in which these operators differ.
public protocol GatherOp: Op, Codable {
  /// How the indices pick.
  var form: IndexForm { get }
}

extension GatherOp {
  public static var inputCounts: ClosedRange<Int> { 2...Int.max }

  public static var acceptsComplex: Bool { true }

  public func outputTypes(for inputs: TensorTypes) throws(ShapeError) -> TensorTypes {
    let indices = try form.indexShape(of: inputs.dropFirst(), x: inputs[0].shape, inputs)
    return TensorTypes(
      TensorType(try form.checkedListShape(inputs[0].shape, indices, inputs), inputs[0].dtype))
  }

  public func lower(_ inputs: TensorTypes, to lowering: inout Lowering) {
    let indices = form.slots(inputs.indices.dropFirst().map { lowering.input($0) })
    lowering.emit(
      TandemKernels.Gather(form), [lowering.output(0)], [lowering.input(0)] + indices)
  }

  public func gradient(
    _ inputs: Symbols, _ outputs: Symbols, _ cotangents: [Symbol?]
  ) -> [Symbol?] {
    var result = [Symbol?](repeating: nil, count: inputs.count)
    guard let dy = cotangents[0], inputs[0].dtype.isDifferentiable else { return result }
    let operands = [dy.zeros(inputs[0].shape), dy] + inputs.dropFirst()
    result[0] = Symbol.apply(Scatter(form, .add), inputs: operands, at: .unknown)[0]
    return result
  }
}

extension IndexForm {
  /// The one shape that the index arrays have, or broadcast to.
  func indexShape(
    of indices: some Sequence<TensorType>, x: Shape, _ inputs: TensorTypes
  ) throws(ShapeError) -> Shape {
    var shape: Shape?
    var count = 0
    for index in indices {
      count += 1
      try require(
        index.dtype == .int32 || index.dtype == .int64, "indices need int32 or int64", inputs)
      do throws(ShapeError) {
        shape =
          try shape.map { shape throws(ShapeError) in try broadcast(shape, index.shape) }
          ?? index.shape
      } catch {
        throw ShapeError("index arrays do not broadcast: \(inputs)")
      }
    }
    try require(count == indexCount, "needs \(indexCount) index arrays", inputs)
    return shape ?? Shape()
  }

  /// The shape of what is picked; throws unless array and indices fit together.
  func checkedListShape(
    _ x: Shape, _ indices: Shape, _ inputs: TensorTypes
  ) throws(ShapeError) -> Shape {
    switch self {
    case .rows(let axis):
      try require((0..<x.rank).contains(axis), "no axis \(axis)", inputs)
      try require(
        x.rank - 1 + indices.rank <= Shape.maximumRank, "the result has too many axes", inputs)
    case .leading(let count):
      try require((1...max(1, x.rank)).contains(count) && x.rank > 0, "too many indices", inputs)
      try require(
        x.rank - count + indices.rank <= Shape.maximumRank, "the result has too many axes", inputs)
    case .along(let axis):
      try require((0..<x.rank).contains(axis), "no axis \(axis)", inputs)
      try require(indices.rank == x.rank, "indices need as many axes as the array", inputs)
      for other in 0..<x.rank where other != axis {
        try require(indices[other] == x[other], "lengths of axis \(other) differ", inputs)
      }
    }
    return listShape(of: x, indices: indices)
  }

  /// Slots of index arrays, stretched to one shape.
  func slots(_ indices: [Lowering.Slot]) -> [Lowering.Slot] {
    guard indices.count > 1 else { return indices }
    var shape = indices[0].shape
    for index in indices.dropFirst() {
      if let both = try? broadcast(shape, index.shape) { shape = both }
    }
    return indices.map { $0.broadcast(to: shape) }
  }
}

extension ArrayExpression {
  /// Zeros of this dtype.
  func zeros(_ shape: Shape) -> Self {
    constant(ScalarValue(0, dtype)).broadcast(to: shape)
  }

  /// Integers in a dtype that indices may have; other dtypes are left alone, to be refused.
  public func asIndices() -> Self {
    dtype.isInteger && dtype != .int32 ? cast(to: .int64) : self
  }
}
