// Linear systems of arrays with more than two axes, reshaped to matrices.

extension Linalg {
  /// The inverse of an array as a map: with its first `axes` axes taken for rows, the others for
  /// columns; `numpy.linalg.tensorinv`. The result has the columns' axes first.
  ///
  /// - Parameters:
  ///   - a: float32 or float64; as many elements over the first axes as over the others.
  ///   - axes: how many axes are rows.
  public static func tensorInverse<A: ArrayExpression>(
    _ a: A, axes: Int = 2, file: StaticString = #fileID, line: UInt = #line
  ) -> A {
    let site = CallSite(file, line)
    guard axes > 0, axes <= a.rank else {
      fail("tensorInverse: there are no \(axes) axes of rows: \(a.type)", at: site)
    }
    let (rows, columns) = (Array(a.shape.array[..<axes]), Array(a.shape.array[axes...]))
    let count = rows.reduce(1, *)
    guard count == columns.reduce(1, *) else {
      fail("tensorInverse: \(rows) rows are not as many as \(columns) columns: \(a.type)", at: site)
    }
    let matrix = a.reshaped([count, count], file: file, line: line)
    return inverse(matrix, file: file, line: line)
      .reshaped(Shape(columns + rows), file: file, line: line)
  }

  /// The `x` with `tensordot(a, x, axes: x.rank) = b`; `numpy.linalg.tensorsolve`.
  ///
  /// - Parameters:
  ///   - a: float32 or float64; the axes of `b`, then those of `x`; as many elements over the ones
  ///     as over the others.
  ///   - b: the right side.
  ///   - axes: axes of `a` that are moved to its end first, in this order.
  public static func tensorSolve<A: ArrayExpression>(
    _ a: A, _ b: A, axes: [Int] = [], file: StaticString = #fileID, line: UInt = #line
  ) -> A {
    let site = CallSite(file, line)
    let last = axes.map { a.axis($0, of: "tensorSolve", at: site) }
    let order = a.shape.array.indices.filter { !last.contains($0) } + last
    guard Set(last).count == last.count, a.rank >= b.rank else {
      fail("tensorSolve: there are no axes \(axes) for this: \(a.type), \(b.type)", at: site)
    }
    let turned = A.apply(Transpose(order: order), a, at: site)
    let shape = Shape(turned.shape.array[b.rank...])
    guard shape.elementCount == b.count, a.count == b.count * b.count else {
      fail("tensorSolve: rows are not as many as columns: \(a.type), \(b.type)", at: site)
    }
    let matrix = turned.reshaped([b.count, b.count], file: file, line: line)
    return solve(matrix, b.reshaped([b.count], file: file, line: line), file: file, line: line)
      .reshaped(shape, file: file, line: line)
  }
}
