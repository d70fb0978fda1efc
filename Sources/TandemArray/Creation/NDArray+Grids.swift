// Coordinates of grids.

/// Which axis of a grid the first coordinate runs along.
public enum GridOrder: Sendable {
  /// The second: `x` to the right, `y` down, as plots have it; NumPy's default.
  case xy
  /// The first, as matrices have it.
  case ij
}

extension NDArray {
  /// The coordinates of the points of a grid that vectors span: one array for each vector;
  /// `numpy.meshgrid`.
  ///
  /// - Parameters:
  ///   - vectors: one for each axis; those without axes count as one element.
  ///   - isSparse: whether the arrays are left with length one along the axes of the others.
  public static func meshgrid(
    _ vectors: [NDArray], order: GridOrder = .xy, isSparse: Bool = false,
    file: StaticString = #fileID, line: UInt = #line
  ) -> [NDArray] {
    let site = CallSite(file, line)
    guard vectors.count <= Shape.maximumRank else {
      fail("meshgrid: \(vectors.count) vectors, at most \(Shape.maximumRank)", at: site)
    }
    for vector in vectors where vector.rank > 1 {
      fail("meshgrid: needs vectors: \(vector.type)", at: site)
    }
    let swaps = order == .xy && vectors.count > 1
    let sparse = vectors.enumerated().map { index, vector in
      var lengths = [Int](repeating: 1, count: vectors.count)
      lengths[swaps && index < 2 ? 1 - index : index] = vector.count
      return vector.reshaped(Shape(lengths), file: file, line: line)
    }
    return isSparse ? sparse : broadcastTogether(sparse, file: file, line: line)
  }

  /// Vectors of indices turned so that together they pick the grid that they span: `x[ix[0],
  /// ix[1]]`; `numpy.ix_`.
  public static func openGrid(
    _ vectors: [NDArray], file: StaticString = #fileID, line: UInt = #line
  ) -> [NDArray] { meshgrid(vectors, order: .ij, isSparse: true, file: file, line: line) }

  /// For each axis the place of every element along it: `[rank, shape...]`; `numpy.indices`.
  public static func indices(
    of shape: Shape, dtype: DType = .int64, file: StaticString = #fileID, line: UInt = #line
  ) -> NDArray {
    guard (1..<Shape.maximumRank).contains(shape.rank) else {
      fail("indices: needs one to seven axes: \(shape)", at: CallSite(file, line))
    }
    let vectors = shape.array.map { arange($0, dtype: dtype, file: file, line: line) }
    return stacked(meshgrid(vectors, order: .ij, file: file, line: line), file: file, line: line)
  }

  /// The integers from zero on along one axis (in all, in row-major order, if `nil`) in the shape
  /// of another array; `mxnet.npx.arange_like`.
  public static func arange(
    like other: NDArray, axis: Int? = nil, file: StaticString = #fileID, line: UInt = #line
  ) -> NDArray {
    let site = CallSite(file, line)
    return other.withOwnDevice {
      guard let axis else {
        return arange(other.count, dtype: other.dtype).reshaped(other.shape, file: file, line: line)
      }
      guard let axis = other.shape.normalized(axis: axis) else {
        fail("arange: no axis \(axis): \(other.type)", at: site)
      }
      return arange(other.shape[axis], dtype: other.dtype)
    }
  }
}
