// Norms of vectors and matrices, and condition numbers: `numpy.linalg.norm`, `vector_norm`,
// `matrix_norm` and `cond`. The Euclidean norm is `norm(axis:)`.

/// Which norm of a matrix; raw values are NumPy's `ord`, but for the first two.
public enum MatrixNorm: String, CaseIterable, Sendable {
  /// The root of the sum of squares (`"fro"`).
  case frobenius = "fro"
  /// The sum of the singular values (`"nuc"`).
  case nuclear = "nuc"
  /// The largest singular value (`2`).
  case spectral = "2"
  /// The smallest singular value (`-2`).
  case smallestSingularValue = "-2"
  /// The largest sum of absolute values in a column (`1`).
  case largestColumn = "1"
  /// The smallest sum of absolute values in a column (`-1`).
  case smallestColumn = "-1"
  /// The largest sum of absolute values in a row (`inf`).
  case largestRow = "inf"
  /// The smallest sum of absolute values in a row (`-inf`).
  case smallestRow = "-inf"
}

extension Linalg {
  /// The norm `(Σ |x|ᵖ)^(1/p)` of the vectors along some axes; `numpy.linalg.vector_norm`.
  ///
  /// Integers and bool give float32; 16-bit floats are computed in float32.
  ///
  /// - Parameters:
  ///   - order: `p`, any number but NaN; `.infinity` and `-.infinity` are the largest and the
  ///     smallest absolute value, 0 counts what is not zero (without gradient).
  ///   - axes: all if `nil`.
  ///   - keepDims: whether the axes stay, with length one.
  public static func vectorNorm<A: ArrayExpression>(
    _ x: A, order: Double = 2, axes: [Int]? = nil, keepDims: Bool = false,
    file: StaticString = #fileID, line: UInt = #line
  ) -> A {
    let site = CallSite(file, line)
    guard !order.isNaN else { fail("vectorNorm: the order is NaN: \(x.type)", at: site) }
    let axes = x.axes(axes, of: "vectorNorm", at: site)
    if order == 2 { return x.norm(axes: axes, keepDims: keepDims, file: file, line: line) }
    let result = x.dtype.floating
    let wide = x.cast(to: result.accumulating, file: file, line: line)
    func total(_ y: A) -> A { y.sum(axes: axes, keepDims: keepDims, file: file, line: line) }
    let size = wide.abs(file: file, line: line)
    let norm: A
    switch order {
    case .infinity: norm = size.max(axes: axes, keepDims: keepDims, file: file, line: line)
    case -.infinity: norm = size.min(axes: axes, keepDims: keepDims, file: file, line: line)
    case 0:
      norm = total(A.apply(NotEqual(), wide, wide.scalar(0), at: site)).cast(to: wide.dtype)
    case 1: norm = total(size)
    default: norm = total(size.power(order)).power(1 / order, file: file, line: line)
    }
    return norm.cast(to: result, file: file, line: line)
  }

  /// A norm of the matrices in two axes; `numpy.linalg.matrix_norm`.
  ///
  /// Norms of singular values need float32 or float64; the others take what
  /// ``vectorNorm(_:order:axes:keepDims:file:line:)`` takes.
  ///
  /// - Parameters:
  ///   - kind: NumPy's `ord`.
  ///   - axes: of rows and of columns.
  ///   - keepDims: whether the axes stay, with length one.
  public static func matrixNorm<A: ArrayExpression>(
    _ x: A, _ kind: MatrixNorm = .frobenius, axes: (rows: Int, columns: Int) = (-2, -1),
    keepDims: Bool = false, file: StaticString = #fileID, line: UInt = #line
  ) -> A {
    let site = CallSite(file, line)
    guard x.rank >= 2 else { fail("matrixNorm: needs two or more axes: \(x.type)", at: site) }
    let places = [axes.rows, axes.columns].map { x.axis($0, of: "matrixNorm", at: site) }
    guard places[0] != places[1] else {
      fail("matrixNorm: axis \(places[0]) is given twice: \(x.type)", at: site)
    }
    let others = x.shape.array.indices.filter { !places.contains($0) }
    let matrices = A.apply(Transpose(order: others + places), x, at: site)
    var norm = matrices.matrixNorm(kind, file: file, line: line)
    guard keepDims else { return norm }
    for place in places.sorted() { norm = norm.expandingDims(at: place, file: file, line: line) }
    return norm
  }

  /// The condition number `‖a‖ ‖a⁻¹‖` of a matrix; `numpy.linalg.cond`.
  ///
  /// - Parameters:
  ///   - a: `[..., m, n]` for the norms of singular values, else square; float32 or float64.
  ///   - kind: the norm; `.spectral`, the default, divides the largest singular value by the
  ///     smallest, `.smallestSingularValue` the other way round. A singular matrix gives infinity
  ///     for these two, and fails when the operator runs for the others.
  public static func conditionNumber<A: ArrayExpression>(
    _ a: A, _ kind: MatrixNorm = .spectral, file: StaticString = #fileID, line: UInt = #line
  ) -> A {
    let site = CallSite(file, line)
    guard kind == .spectral || kind == .smallestSingularValue else {
      let inverted = inverse(a, file: file, line: line)
      return .apply(
        Multiply(), a.matrixNorm(kind, file: file, line: line),
        inverted.matrixNorm(kind, file: file, line: line), at: site)
    }
    let s = singularValues(a, file: file, line: line)
    guard s.shape[-1] > 0 else {
      fail("conditionNumber: the matrix has no elements: \(a.type)", at: site)
    }
    let (largest, smallest) = (
      s.sliced(axis: -1, to: 1).squeezed(axis: -1), s.sliced(axis: -1, from: -1).squeezed(axis: -1)
    )
    return kind == .spectral
      ? .apply(Divide(), largest, smallest, at: site)
      : .apply(Divide(), smallest, largest, at: site)
  }
}

extension ArrayExpression {
  /// A norm of the matrices in the last two axes.
  fileprivate func matrixNorm(_ kind: MatrixNorm, file: StaticString, line: UInt) -> Self {
    func sums(_ axis: Int) -> Self {
      Linalg.vectorNorm(self, order: 1, axes: [axis], keepDims: false, file: file, line: line)
    }
    func singular() -> Self { Linalg.singularValues(self, file: file, line: line) }
    return switch kind {
    case .frobenius: norm(axes: [-2, -1], file: file, line: line)
    case .nuclear: singular().sum(axis: -1, file: file, line: line)
    case .spectral: singular().max(axis: -1, file: file, line: line)
    case .smallestSingularValue: singular().min(axis: -1, file: file, line: line)
    case .largestColumn: sums(-2).max(axis: -1, file: file, line: line)
    case .smallestColumn: sums(-2).min(axis: -1, file: file, line: line)
    case .largestRow: sums(-1).max(axis: -1, file: file, line: line)
    case .smallestRow: sums(-1).min(axis: -1, file: file, line: line)
    }
  }
}
