/// Part of a matrix on one side of a diagonal, with the diagonal.
enum Triangle {
  /// Elements `[i, j]` with `j ≥ i + offset`.
  case aboveDiagonal(Int)
  /// Elements `[i, j]` with `j ≤ i + offset`.
  case belowDiagonal(Int)
}

extension Lowering {
  /// Writes the elements of a triangle of each matrix of `source` to `result`, and zeros elsewhere.
  ///
  /// Whether an element stays depends on `j − i` alone, so the mask is a line of `m + n` truth
  /// values that is seen as a matrix whose rows each start one element earlier.
  mutating func keep(_ triangle: Triangle, of source: Slot, in result: Slot) {
    let (rows, columns) = (source.shape[-2], source.shape[-1])
    let line = temporary(TensorType(Shape([rows + columns]), .bool))
    // Element [i, j] looks at place j − i + rows of the line.
    let (inside, outside): (Range<Int>, Range<Int>)
    switch triangle {
    case .aboveDiagonal(let offset):
      let first = min(max(offset + rows, 0), rows + columns)
      (inside, outside) = (first..<rows + columns, 0..<first)
    case .belowDiagonal(let offset):
      let end = min(max(offset + rows + 1, 0), rows + columns)
      (inside, outside) = (0..<end, end..<rows + columns)
    }
    for (range, value) in [(inside, 1), (outside, 0)] where !range.isEmpty {
      let part = line.layout.sliced(
        axis: 0, start: range.lowerBound, step: 1, count: range.count)
      fill(line.with(part), with: ScalarValue(value, .bool))
    }
    let mask = Layout(Shape([rows, columns]), strides: [-1, 1], offset: rows)
    let parts =
      source.dtype.kind == .complex
      ? [(result.real, source.real), (result.imaginary, source.imaginary)] : [(result, source)]
    for (result, source) in parts {
      map([result], [line.with(mask), source]) { [$0[0].select($0[1], $0[1].constant(0))] }
    }
  }
}
