extension NDArray {
  /// The roots of the polynomial with these coefficients, the highest first, in no order; a vector
  /// of complex numbers; `numpy.roots`. Zeros in front are left out, and each one at the end is a
  /// root of zero.
  ///
  /// Waits for the coefficients, as their zeros decide how many roots there are. The gradient is
  /// that of the eigenvalues of the companion matrix; it exists where no root is there twice.
  ///
  /// - Complexity: O(n³).
  public func polynomialRoots(file: StaticString = #fileID, line: UInt = #line) -> NDArray {
    let site = CallSite(file, line)
    guard rank == 1, count > 0 else {
      fail("polynomialRoots: needs a vector of coefficients: \(type)", at: site)
    }
    let wide: DType = dtype.kind == .complex || dtype == .float64 ? dtype : .float32
    let p = cast(to: wide)
    let isZero = detached().scalars(as: Complex.self, file: file, line: line)
      .map { $0 == Complex(0) }
    guard let first = isZero.firstIndex(of: false), let last = isZero.lastIndex(of: false) else {
      return withOwnDevice { NDArray([], shape: [0], dtype: wide.complex) }
    }
    let degree = last - first
    let zeros = withOwnDevice { NDArray.zeros([count - 1 - last], dtype: wide.complex) }
    if degree == 0 { return zeros }
    // The first row of the companion matrix; ones follow below the diagonal.
    let row = -p.sliced(axis: 0, from: first + 1, to: last + 1)
    let lead = p.sliced(axis: 0, from: first, to: first + 1)
    let below = withOwnDevice { NDArray.eye(degree - 1, columns: degree, dtype: wide) }
    let companion = NDArray.concatenated([(row / lead).reshaped([1, degree]), below])
    let values = Linalg.eigenvalues(companion, file: file, line: line)
    return zeros.count == 0 ? values : .concatenated([values, zeros])
  }
}
