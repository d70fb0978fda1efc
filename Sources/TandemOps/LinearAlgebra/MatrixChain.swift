// Products of several matrices in the cheapest order.

extension Linalg {
  /// The product of a row of matrices, in the order that takes the fewest multiply-adds;
  /// `numpy.linalg.multi_dot`.
  ///
  /// - Parameter matrices: one or more, matrices or batches of such as for ``MatMul``; the first
  ///   and the last may be vectors, a row and a column, whose axis the result has not.
  /// - Complexity: O(count³) to find the order, which follows from the shapes.
  public static func multiDot<A: ArrayExpression>(
    _ matrices: [A], file: StaticString = #fileID, line: UInt = #line
  ) -> A {
    let site = CallSite(file, line)
    guard let first = matrices.first, let last = matrices.last else {
      fail("multiDot: no matrices", at: site)
    }
    let types = TensorTypes(matrices.map(\.type))
    for (index, matrix) in matrices.enumerated() where matrix.rank < 2 {
      guard matrix.rank == 1, index == 0 || index == matrices.count - 1, matrices.count > 1 else {
        fail("multiDot: operand \(index) is no matrix: \(types)", at: site)
      }
    }
    var chain = matrices
    if first.rank == 1 { chain[0] = first.expandingDims(at: 0) }
    if last.rank == 1 { chain[chain.count - 1] = last.expandingDims(at: 1) }
    for (index, pair) in zip(chain, chain.dropFirst()).enumerated()
    where pair.0.shape[-1] != pair.1.shape[-2] {
      fail("multiDot: inner axes of operands \(index) and \(index + 1) differ: \(types)", at: site)
    }
    let lengths = [chain[0].shape[-2]] + chain.map { $0.shape[-1] }
    let splits = MatrixChain(lengths: lengths).splits
    func product(_ from: Int, _ to: Int) -> A {
      if from == to { return chain[from] }
      let split = splits[from][to]
      return .apply(MatMul(), product(from, split), product(split + 1, to), at: site)
    }
    var result = product(0, chain.count - 1)
    if first.rank == 1 { result = result.squeezed(axis: -2, file: file, line: line) }
    if last.rank == 1 { result = result.squeezed(axis: -1, file: file, line: line) }
    return result
  }
}

/// Where a row of matrix products is best split in two.
struct MatrixChain {
  /// The best last factor of the left part, for the product of factors `[from]` up to `[to]`.
  let splits: [[Int]]

  /// - Parameter lengths: matrix `i` has the shape `[lengths[i], lengths[i + 1]]`.
  init(lengths: [Int]) {
    let count = lengths.count - 1
    var costs = [[Double]](repeating: [Double](repeating: 0, count: count), count: count)
    var splits = [[Int]](repeating: [Int](repeating: 0, count: count), count: count)
    let sizes = lengths.map(Double.init)
    for distance in 1..<max(count, 1) {
      for from in 0..<count - distance {
        let to = from + distance
        costs[from][to] = .infinity
        for split in from..<to {
          let cost =
            costs[from][split] + costs[split + 1][to]
            + sizes[from] * sizes[split + 1] * sizes[to + 1]
          if cost < costs[from][to] { (costs[from][to], splits[from][to]) = (cost, split) }
        }
      }
    }
    self.splits = splits
  }
}
