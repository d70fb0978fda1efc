// Products of vectors under the names that NumPy gives them.

extension ArrayExpression {
  /// The sum of products along one axis, which broadcasts over the others; `numpy.vecdot`.
  ///
  /// - Parameter axis: of both, counted in each from the same end.
  public func vecdot(
    _ rhs: Self, axis: Int = -1, file: StaticString = #fileID, line: UInt = #line
  ) -> Self {
    let site = CallSite(file, line)
    let (i, j) = (
      self.axis(axis, of: "vecdot", at: site), rhs.axis(axis, of: "vecdot", at: site)
    )
    guard shape[i] == rhs.shape[j] else {
      fail("vecdot: lengths along axis \(axis) differ: \(type), \(rhs.type)", at: site)
    }
    let left = movedAxis(from: i, to: -1, file: file, line: line)
    let right = rhs.movedAxis(from: j, to: -1, file: file, line: line)
    return Self.apply(Multiply(), left, right, at: site).sum(axis: -1, file: file, line: line)
  }

  /// The sum of products of all elements, in row-major order; `numpy.vdot`.
  public func vdot(
    _ rhs: Self, file: StaticString = #fileID, line: UInt = #line
  ) -> Self {
    guard count == rhs.count else {
      fail("vdot: numbers of elements differ: \(type), \(rhs.type)", at: CallSite(file, line))
    }
    return flattened(file: file, line: line)
      .dot(rhs.flattened(file: file, line: line), file: file, line: line)
  }

  /// The cross product of vectors of length three along one axis, which broadcasts over the others;
  /// `numpy.cross`.
  ///
  /// - Parameter axis: of both and of the result, counted in each from the same end.
  public func cross(
    _ rhs: Self, axis: Int = -1, file: StaticString = #fileID, line: UInt = #line
  ) -> Self {
    let site = CallSite(file, line)
    let (i, j) = (self.axis(axis, of: "cross", at: site), rhs.axis(axis, of: "cross", at: site))
    guard shape[i] == 3, rhs.shape[j] == 3 else {
      fail("cross: axis \(axis) needs length 3: \(type), \(rhs.type)", at: site)
    }
    let a = movedAxis(from: i, to: -1, file: file, line: line)
    let b = rhs.movedAxis(from: j, to: -1, file: file, line: line)
    func turned(_ x: Self, _ places: Int) -> Self {
      x.rolled(by: -places, axis: -1, file: file, line: line)
    }
    let difference = Self.apply(
      Subtract(), .apply(Multiply(), turned(a, 1), turned(b, 2), at: site),
      .apply(Multiply(), turned(a, 2), turned(b, 1), at: site), at: site)
    return difference.movedAxis(from: -1, to: axis, file: file, line: line)
  }

  /// The Kronecker product over all axes, of which there may be four; `numpy.kron`. Element
  /// `[i p + k, j q + l]` is `self[i, j] * rhs[k, l]`. For batches of matrices there is
  /// ``kronecker(_:file:line:)``.
  public func kron(_ rhs: Self, file: StaticString = #fileID, line: UInt = #line) -> Self {
    let site = CallSite(file, line)
    let rank = Swift.max(self.rank, rhs.rank)
    guard 2 * rank <= Shape.maximumRank else {
      fail("kron: needs at most four axes: \(type), \(rhs.type)", at: site)
    }
    func lengths(_ x: Self) -> [Int] {
      [Int](repeating: 1, count: rank - x.rank) + x.shape.array
    }
    let (a, b) = (lengths(self), lengths(rhs))
    let product = Self.apply(
      Multiply(), reshaped(Shape(a.flatMap { [$0, 1] }), file: file, line: line),
      rhs.reshaped(Shape(b.flatMap { [1, $0] }), file: file, line: line), at: site)
    return product.reshaped(Shape(zip(a, b).map { $0 * $1 }), file: file, line: line)
  }

  /// The Kronecker product of column with column: `[..., m, k]` and `[..., n, k]` give
  /// `[..., m n, k]`; `scipy.linalg.khatri_rao`, `mx.nd.khatri_rao`. Three and more: one after
  /// another.
  public func khatriRao(_ rhs: Self, file: StaticString = #fileID, line: UInt = #line) -> Self {
    let site = CallSite(file, line)
    guard rank >= 2, rhs.rank >= 2, shape[-1] == rhs.shape[-1] else {
      fail("khatriRao: numbers of columns differ: \(type), \(rhs.type)", at: site)
    }
    let product = Self.apply(
      Multiply(), expandingDims(at: -2), rhs.expandingDims(at: -3), at: site)  // [..., m, n, k]
    return product.reshaped(
      product.shape.dropLast(3).appending(shape[-2] * rhs.shape[-2], shape[-1]), file: file,
      line: line)
  }
}
