// Products of arrays under the names that NumPy gives them; all of them are matrix products.

extension ArrayExpression {
  /// The sum of products over axes that are paired up; `numpy.tensordot`. The other axes of `self`
  /// come first in the result, then those of `rhs`.
  ///
  /// - Parameters:
  ///   - axes: axes of `self` and, in the same order, of `rhs`.
  public func tensordot(
    _ rhs: Self, axes: (lhs: [Int], rhs: [Int]), file: StaticString = #fileID, line: UInt = #line
  ) -> Self {
    let site = CallSite(file, line)
    guard axes.lhs.count == axes.rhs.count else {
      fail(
        "tensordot: \(axes.lhs.count) axes are paired with \(axes.rhs.count): \(type), \(rhs.type)",
        at: site)
    }
    let left = axes.lhs.map { axis($0, of: "tensordot", at: site) }
    let right = axes.rhs.map { rhs.axis($0, of: "tensordot", at: site) }
    for (x, y) in zip(left, right) where shape[x] != rhs.shape[y] {
      fail("tensordot: paired axes \(x) and \(y) differ: \(type), \(rhs.type)", at: site)
    }
    let common = dtype.promoted(with: rhs.dtype)
    let leftFree = (0..<rank).filter { !left.contains($0) }
    let rightFree = (0..<rhs.rank).filter { !right.contains($0) }
    let inner = left.reduce(1) { $0 * shape[$1] }
    let rows = leftFree.map { shape[$0] }
    let columns = rightFree.map { rhs.shape[$0] }
    let a = Self.apply(Transpose(order: leftFree + left), cast(to: common), at: site)
      .reshaped([rows.reduce(1, *), inner], file: file, line: line)
    let b = Self.apply(Transpose(order: right + rightFree), rhs.cast(to: common), at: site)
      .reshaped([inner, columns.reduce(1, *)], file: file, line: line)
    let product = Self.apply(MatMul(), a, b, at: site)
    return product.reshaped(Shape(rows + columns), file: file, line: line)
  }

  /// The sum of products over the last `count` axes of `self` and the first of `rhs`.
  public func tensordot(
    _ rhs: Self, axes count: Int = 2, file: StaticString = #fileID, line: UInt = #line
  ) -> Self {
    guard count >= 0, count <= rank, count <= rhs.rank else {
      fail(
        "tensordot: there are no \(count) axes to pair: \(type), \(rhs.type)",
        at: CallSite(file, line))
    }
    return tensordot(
      rhs, axes: (Array((rank - count)..<rank), Array(0..<count)), file: file, line: line)
  }

  /// The sum of products over the last axis of `self` and the last but one (the only one of a
  /// vector) of `rhs`; `numpy.dot`.
  public func dot(
    _ rhs: Self, file: StaticString = #fileID, line: UInt = #line
  ) -> Self {
    if rank == 0 || rhs.rank == 0 { return .apply(Multiply(), self, rhs, at: CallSite(file, line)) }
    return tensordot(rhs, axes: ([-1], [rhs.rank == 1 ? 0 : -2]), file: file, line: line)
  }

  /// The sum of products over the last axes of both; `numpy.inner`.
  public func inner(
    _ rhs: Self, file: StaticString = #fileID, line: UInt = #line
  ) -> Self {
    if rank == 0 || rhs.rank == 0 { return .apply(Multiply(), self, rhs, at: CallSite(file, line)) }
    return tensordot(rhs, axes: ([-1], [-1]), file: file, line: line)
  }

  /// The product of each element of `self` with each of `rhs`, both flattened: `[m]` and `[n]` give
  /// `[m, n]`; `numpy.outer`.
  public func outer(
    _ rhs: Self, file: StaticString = #fileID, line: UInt = #line
  ) -> Self {
    .apply(
      Multiply(), reshaped([count, 1], file: file, line: line),
      rhs.reshaped([1, rhs.count], file: file, line: line), at: CallSite(file, line))
  }

  /// The sum of the diagonal of the matrices in the last two axes; `numpy.trace`.
  public func trace(
    offset: Int = 0, file: StaticString = #fileID, line: UInt = #line
  ) -> Self {
    diagonal(offset: offset, file: file, line: line).sum(axis: -1, file: file, line: line)
  }

  /// The Kronecker product of two matrices, or batches of such; `numpy.kron` of matrices.
  public func kronecker(
    _ rhs: Self, file: StaticString = #fileID, line: UInt = #line
  ) -> Self {
    let site = CallSite(file, line)
    guard rank >= 2, rhs.rank >= 2 else {
      fail("kronecker: needs two or more axes: \(type), \(rhs.type)", at: site)
    }
    let a = expandingDims(at: -1).expandingDims(at: -3)  // [..., m, 1, n, 1]
    let b = rhs.expandingDims(at: -2).expandingDims(at: -4)  // [..., 1, p, 1, q]
    let product = Self.apply(Multiply(), a, b, at: site)  // [..., m, p, n, q]
    return product.reshaped(
      product.shape.dropLast(4).appending(
        shape[-2] * rhs.shape[-2], shape[-1] * rhs.shape[-1]), file: file, line: line)
  }
}
