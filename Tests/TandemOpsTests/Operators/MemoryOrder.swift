import TandemOps

/// An array type in which operator tests can run.
protocol TestArray: ArrayExpression {
  /// Numbers in row-major order.
  init(_ values: [ScalarValue], shape: Shape, dtype: DType)
  /// The elements in row-major order.
  var scalars: [ScalarValue] { get }
}

extension DirectArray: TestArray {}

/// The ways in which the elements of one array can lie in memory.
enum MemoryOrder: CaseIterable {
  /// In row-major order.
  case rowMajor
  /// The first axis innermost.
  case transposed
  /// Every second element along the last axis.
  case strided
  /// Backwards along every axis.
  case reversed

  /// An array whose elements lie in this order.
  func array<A: TestArray>(_ values: [ScalarValue], _ shape: Shape, _ dtype: DType) -> A {
    let rank = shape.rank
    if rank == 0 { return A(values, shape: shape, dtype: dtype) }
    switch self {
    case .rowMajor: return A(values, shape: shape, dtype: dtype)
    case .transposed:
      let turned = Shape(shape.array.reversed())
      return A(permuted(values, shape), shape: turned, dtype: dtype).transposed()
    case .strided:
      let filler = ScalarValue(1, dtype)
      var wide = shape
      wide[-1] *= 2
      let spread = values.flatMap { [$0, filler] }
      return A(spread, shape: wide, dtype: dtype).sliced(axis: rank - 1, by: 2)
    case .reversed: return A(values.reversed(), shape: shape, dtype: dtype).flipped()
    }
  }

  /// Row-major values of an array as row-major values of its transpose.
  private func permuted(_ values: [ScalarValue], _ shape: Shape) -> [ScalarValue] {
    let turned = Layout(shape).permuted((0..<shape.rank).reversed())
    var result: [ScalarValue] = []
    var index = [Int](repeating: 0, count: shape.rank)
    for _ in values {
      result.append(values[zip(index, turned.stridesArray).reduce(0) { $0 + $1.0 * $1.1 }])
      for axis in index.indices.reversed() {
        index[axis] += 1
        if index[axis] < turned.shape[axis] { break }
        index[axis] = 0
      }
    }
    return result
  }
}
