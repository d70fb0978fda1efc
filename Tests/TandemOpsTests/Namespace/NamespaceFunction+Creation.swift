import TandemArray

extension NamespaceFunction {
  /// What makes arrays of numbers alone.
  static let creation: [NamespaceFunction] = [
    .one("linspace", .compiled) { _, f in
      f.flag(2)
        ? .linspace(f.double(0), f.double(1), count: f.int(3), dtype: f.dtype)
        : .linspace(from: f.double(0), upTo: f.double(1), count: f.int(3), dtype: f.dtype)
    },
    .one("arange", .compiled) { _, f in
      f.dtype == .int64
        ? .arange(f.int(0), f.int(1), step: f.int(2))
        : .arange(f.double(0), f.double(1), step: f.double(2), dtype: f.dtype)
    },
    .one("logspace", .compiled) { _, f in
      .logspace(f.double(0), f.double(1), count: f.int(2), base: f.double(3), dtype: f.dtype)
    },
    .one("geomspace", .compiled) { _, f in
      .geomspace(f.double(0), f.double(1), count: f.int(2), dtype: f.dtype)
    },
    .one("identity", .compiled) { _, f in .identity(f.int(0), dtype: f.dtype) },
    .one("eye", .compiled) { _, f in
      .eye(f.int(0), columns: f.int(1), diagonal: f.int(2), dtype: f.dtype)
    },
    .one("tri", .compiled) { _, f in
      .tri(f.int(0), columns: f.int(1), diagonal: f.int(2), dtype: f.dtype)
    },
    .one("fullLike", .compiled) { x, f in .full(like: x[0], f.double(0)) },
    .one("arangeLike", .compiled) { x, f in .arange(like: x[0], axis: f.optional(0)) },
    .one("hanning", .compiled) { _, f in .hanning(f.int(0), dtype: f.dtype) },
    .one("hamming", .compiled) { _, f in .hamming(f.int(0), dtype: f.dtype) },
    .one("blackman", .compiled) { _, f in .blackman(f.int(0), dtype: f.dtype) },
    .one("bartlett", .compiled) { _, f in .bartlett(f.int(0), dtype: f.dtype) },
    .one("kaiser", .compiled) { _, f in
      .kaiser(f.int(0), beta: f.double(1), dtype: f.dtype)
    },
    .init("meshgrid") { x, f in
      NDArray.meshgrid(x, order: f.flag(0) ? .xy : .ij, isSparse: f.flag(1))
    },
    .init("openGrid") { x, _ in NDArray.openGrid(x) },
    .one("indices", .compiled) { _, f in .indices(of: Shape(f.ints(0)), dtype: f.dtype) },
    .init("lowerTriangleIndices", .compiled) { _, f in
      let places = NDArray.lowerTriangleIndices(f.int(0), columns: f.int(1), diagonal: f.int(2))
      return [places.rows, places.columns]
    },
    .init("upperTriangleIndices", .compiled) { _, f in
      let places = NDArray.upperTriangleIndices(f.int(0), columns: f.int(1), diagonal: f.int(2))
      return [places.rows, places.columns]
    },
    .init("triangleIndicesFrom", .compiled) { x, f in
      let (low, high) = (
        x[0].lowerTriangleIndices(diagonal: f.int(0)), x[0].upperTriangleIndices(diagonal: f.int(0))
      )
      return [low.rows, low.columns, high.rows, high.columns]
    },
    .init("diagonalIndices", .compiled) { _, f in
      NDArray.diagonalIndices(f.int(0), rank: f.int(1))
    },
    .init("diagonalIndicesFrom", .compiled) { x, _ in x[0].diagonalIndices() },
    .one("fillingDiagonal") { x, f in x[0].fillingDiagonal(f.double(0)) },
    .one("flatDiagonalMatrix") { x, f in x[0].flatDiagonalMatrix(offset: f.int(0)) },
  ]
}
