// Triangles of matrices as vectors of their elements.

/// Which elements of square matrices form a triangle: on one diagonal and on one side of it.
private struct TriangleShape {
  let size: Int
  let offset: Int
  let lower: Bool

  /// How many elements of a row lie in the triangle.
  private func length(ofRow row: Int) -> Int {
    lower ? min(max(row + offset + 1, 0), size) : min(max(size - row - offset, 0), size)
  }

  /// How many elements it has.
  var count: Int { (0..<size).reduce(0) { $0 + length(ofRow: $1) } }

  /// The place of each row's first element among those of the triangle, `[size]`, computed beside
  /// an array. It stands in column `row + offset` of an upper triangle, else in column 0.
  func starts<A: ArrayExpression>(beside a: A, at site: CallSite) -> A {
    let rows = Self.count(size, beside: a, at: site)
    func number(_ value: Int) -> A { a.constant(ScalarValue(value, .int64)) }
    let shifted = A.apply(Add(), rows, number(offset), at: site)
    let lengths: A =
      lower
      ? .apply(Add(), shifted, number(1), at: site)
      : .apply(Subtract(), number(size), shifted, at: site)
    let clipped = A.apply(
      Minimum(), A.apply(Maximum(), lengths, number(0), at: site), number(size), at: site)
    return .apply(Subtract(), clipped.cumulativeSum(axis: 0), clipped, at: site)
  }

  /// 0, 1, …, beside an array.
  static func count<A: ArrayExpression>(_ count: Int, beside a: A, at site: CallSite) -> A {
    let ones = a.constant(ScalarValue(1, .int64)).broadcast(to: [count])
    let one = a.constant(ScalarValue(1, .int64))
    return .apply(Subtract(), ones.cumulativeSum(axis: 0), one, at: site)
  }
}

extension Linalg {
  /// The elements of a triangle of square matrices, row after row; `linalg.extracttrian`.
  ///
  /// - Parameters:
  ///   - a: `[..., n, n]`, any dtype; the result is `[..., count]`.
  ///   - offset: the diagonal where the triangle ends: above zero an upper triangle, below zero a
  ///     lower one.
  ///   - lower: which triangle, where the offset is zero.
  public static func packedTriangle<A: ArrayExpression>(
    _ a: A, offset: Int = 0, lower: Bool = true, file: StaticString = #fileID, line: UInt = #line
  ) -> A {
    let site = CallSite(file, line)
    guard a.rank >= 2, a.shape[-1] == a.shape[-2] else {
      fail("packedTriangle: needs a square matrix: \(a.type)", at: site)
    }
    let n = a.shape[-1]
    guard abs(offset) <= n else {
      fail("packedTriangle: there is no diagonal \(offset): \(a.type)", at: site)
    }
    let triangle = TriangleShape(
      size: n, offset: offset, lower: offset == 0 ? lower : offset < 0)
    let flat = a.reshaped(a.type.batch.appending(n * n), file: file, line: line)
    guard triangle.count > 0 else { return flat.sliced(axis: -1, to: 0) }
    // Element p stands in the last row that does not begin after it.
    let places = TriangleShape.count(triangle.count, beside: a, at: site)
    let starts: A = triangle.starts(beside: a, at: site)
    let one = a.constant(ScalarValue(1, .int64))
    let rows = A.apply(Subtract(), starts.searchSorted(places, right: true), one, at: site)
    var columns = A.apply(Subtract(), places, starts.take(rows, axis: 0), at: site)
    if !triangle.lower {
      let first = A.apply(Add(), rows, a.constant(ScalarValue(offset, .int64)), at: site)
      columns = .apply(Add(), columns, first, at: site)
    }
    let size = a.constant(ScalarValue(n, .int64))
    let index = A.apply(Add(), A.apply(Multiply(), rows, size, at: site), columns, at: site)
    return flat.take(index, axis: -1, file: file, line: line)
  }

  /// Square matrices with a triangle of given elements, row after row, and zeros elsewhere;
  /// `linalg.maketrian`. Undoes ``packedTriangle(_:offset:lower:file:line:)``.
  ///
  /// - Parameters:
  ///   - elements: `[..., k (k + 1) / 2]`; the result is `[..., n, n]` with `n = k + |offset|`.
  ///   - offset: the diagonal where the triangle ends: above zero an upper triangle, below zero a
  ///     lower one.
  ///   - lower: which triangle, where the offset is zero.
  public static func unpackedTriangle<A: ArrayExpression>(
    _ elements: A, offset: Int = 0, lower: Bool = true, file: StaticString = #fileID,
    line: UInt = #line
  ) -> A {
    let site = CallSite(file, line)
    let count = elements.rank == 0 ? 0 : elements.shape[-1]
    let side = (0...).first { $0 * ($0 + 1) / 2 >= count } ?? 0
    guard elements.rank > 0, count > 0, side * (side + 1) / 2 == count, abs(offset) < 1 << 30 else {
      fail("unpackedTriangle: these are no triangle: \(elements.type)", at: site)
    }
    let n = side + abs(offset)
    let isLower = offset == 0 ? lower : offset < 0
    let triangle = TriangleShape(size: n, offset: offset, lower: isLower)
    let rows = TriangleShape.count(n, beside: elements, at: site)
    var starts: A = triangle.starts(beside: elements, at: site)
    if !isLower {
      let first = A.apply(
        Add(), rows, elements.constant(ScalarValue(offset, .int64)), at: site)
      starts = .apply(Subtract(), starts, first, at: site)
    }
    let grid = A.apply(
      Add(), starts.expandingDims(at: 1), rows.expandingDims(at: 0), at: site)  // [n, n]
    let places = A.apply(
      Minimum(),
      A.apply(Maximum(), grid, elements.constant(ScalarValue(0, .int64)), at: site),
      elements.constant(ScalarValue(count - 1, .int64)), at: site)
    let full = elements.take(
      places.reshaped([n * n], file: file, line: line), axis: -1, file: file, line: line
    ).reshaped(elements.shape.dropLast().appending(n, n), file: file, line: line)
    return isLower
      ? full.triangularLower(offset: offset, file: file, line: line)
      : full.triangularUpper(offset: offset, file: file, line: line)
  }
}
