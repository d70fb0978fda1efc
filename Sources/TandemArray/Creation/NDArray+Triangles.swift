// Diagonals and triangles of matrices: ones, places, and what is put there.

extension NDArray {
  /// A square matrix with ones on its diagonal; `numpy.identity`.
  public static func identity(
    _ size: Int, dtype: DType = .float32, file: StaticString = #fileID, line: UInt = #line
  ) -> NDArray { eye(size, dtype: dtype, file: file, line: line) }

  /// A matrix with ones on and below a diagonal, zeros above; `numpy.tri`.
  ///
  /// - Parameter diagonal: positive above the main diagonal, negative below.
  public static func tri(
    _ rows: Int, columns: Int? = nil, diagonal: Int = 0, dtype: DType = .float32,
    file: StaticString = #fileID, line: UInt = #line
  ) -> NDArray {
    let lengths = [rows, columns ?? rows]
    guard rows >= 0, lengths[1] >= 0 else {
      fail("tri: a negative length: \(lengths)", at: CallSite(file, line))
    }
    let shape = createdShape("tri", lengths, at: CallSite(file, line))
    return ones(shape, dtype: dtype, file: file, line: line)
      .triangularLower(offset: diagonal, file: file, line: line)
  }

  /// The rows and columns of the elements on and below a diagonal, as int64;
  /// `numpy.tril_indices`.
  public static func lowerTriangleIndices(
    _ rows: Int, columns: Int? = nil, diagonal: Int = 0, file: StaticString = #fileID,
    line: UInt = #line
  ) -> (rows: NDArray, columns: NDArray) {
    triangle("lowerTriangleIndices", rows, columns ?? rows, CallSite(file, line)) { row, width in
      0..<Swift.min(width, Swift.max(0, row + 1 + diagonal))
    }
  }

  /// The rows and columns of the elements on and above a diagonal, as int64;
  /// `numpy.triu_indices`.
  public static func upperTriangleIndices(
    _ rows: Int, columns: Int? = nil, diagonal: Int = 0, file: StaticString = #fileID,
    line: UInt = #line
  ) -> (rows: NDArray, columns: NDArray) {
    triangle("upperTriangleIndices", rows, columns ?? rows, CallSite(file, line)) { row, width in
      Swift.min(width, Swift.max(0, row + diagonal))..<width
    }
  }

  /// The rows and columns of the elements of a matrix on and below a diagonal;
  /// `numpy.tril_indices_from`.
  public func lowerTriangleIndices(
    diagonal: Int = 0, file: StaticString = #fileID, line: UInt = #line
  ) -> (rows: NDArray, columns: NDArray) {
    requireMatrix("lowerTriangleIndices", CallSite(file, line))
    return withOwnDevice {
      NDArray.lowerTriangleIndices(
        shape[0], columns: shape[1], diagonal: diagonal, file: file, line: line)
    }
  }

  /// The rows and columns of the elements of a matrix on and above a diagonal;
  /// `numpy.triu_indices_from`.
  public func upperTriangleIndices(
    diagonal: Int = 0, file: StaticString = #fileID, line: UInt = #line
  ) -> (rows: NDArray, columns: NDArray) {
    requireMatrix("upperTriangleIndices", CallSite(file, line))
    return withOwnDevice {
      NDArray.upperTriangleIndices(
        shape[0], columns: shape[1], diagonal: diagonal, file: file, line: line)
    }
  }

  /// The places of the elements whose indices are all the same, one int64 array for each axis;
  /// `numpy.diag_indices`.
  public static func diagonalIndices(
    _ size: Int, rank: Int = 2, file: StaticString = #fileID, line: UInt = #line
  ) -> [NDArray] {
    guard rank >= 0 else {
      fail("diagonalIndices: a negative rank: \(rank)", at: CallSite(file, line))
    }
    return [NDArray](repeating: arange(size, file: file, line: line), count: rank)
  }

  /// The places of the diagonal of an array with axes of one length; `numpy.diag_indices_from`.
  public func diagonalIndices(file: StaticString = #fileID, line: UInt = #line) -> [NDArray] {
    guard rank >= 2, shape.array.allSatisfy({ $0 == shape[0] }) else {
      fail("diagonalIndices: needs axes of one length: \(type)", at: CallSite(file, line))
    }
    return withOwnDevice { NDArray.diagonalIndices(shape[0], rank: rank, file: file, line: line) }
  }

  /// The array with a number on the diagonals of the matrices in its last two axes;
  /// `numpy.fill_diagonal` of a matrix. Assign the result: `x = x.fillingDiagonal(1)`.
  public func fillingDiagonal(
    _ value: some Scalar, file: StaticString = #fileID, line: UInt = #line
  ) -> NDArray {
    guard rank >= 2 else {
      fail("fillingDiagonal: needs two or more axes: \(type)", at: CallSite(file, line))
    }
    let diagonal = withOwnDevice {
      NDArray.eye(shape[-2], columns: shape[-1], dtype: .bool, file: file, line: line)
    }
    let number = constant(value.scalarValue(as: dtype))
    return .where(diagonal, number, self, file: file, line: line)
  }

  /// A square matrix with all elements of the array on a diagonal, zeros elsewhere;
  /// `numpy.diagflat`.
  public func flatDiagonalMatrix(
    offset: Int = 0, file: StaticString = #fileID, line: UInt = #line
  ) -> NDArray {
    flattened(file: file, line: line).diagonalMatrix(offset: offset, file: file, line: line)
  }

  private func requireMatrix(_ name: String, _ site: CallSite) {
    if rank != 2 { fail("\(name): needs a matrix: \(type)", at: site) }
  }

  private static func triangle(
    _ name: String, _ rows: Int, _ columns: Int, _ site: CallSite,
    _ kept: (_ row: Int, _ width: Int) -> Range<Int>
  ) -> (rows: NDArray, columns: NDArray) {
    guard rows >= 0, columns >= 0 else {
      fail("\(name): a negative length: [\(rows), \(columns)]", at: site)
    }
    let ranges = (0..<rows).map { kept($0, columns) }
    let places = zip(0..., ranges).flatMap { [Int](repeating: $0, count: $1.count) }
    let others = ranges.flatMap { Array($0) }
    return (
      NDArray(places, shape: Shape([places.count])), NDArray(others, shape: Shape([others.count]))
    )
  }
}
