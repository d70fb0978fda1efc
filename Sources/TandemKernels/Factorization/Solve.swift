import CTandem
import TandemShapes
import TandemThreads

/// The solution of `a x = b`, by LU factorization with partial pivoting.
///
/// | operand | shape         |
/// | ------- | ------------- |
/// | x       | `[..., n, k]` |
/// | a       | `[..., n, n]` |
/// | b       | `[..., n, k]` |
///
/// float32 or float64, any layouts; the batch axes are the same (broadcast ones have strides of
/// zero). NaN goes through.
///
/// - Throws: `the matrix is singular: pivot 2 is zero` (`matrix [3]: the matrix …` of a batch).
/// - Complexity: O(batch · n² · (n + k)).
public struct Solve: FalliblePrimitive {
  /// The primitive; it has no attributes.
  public init() {}

  /// Those of the textbook's algorithm for every matrix.
  public func floatingPointOperations(_ shapes: [Shape]) -> Int {
    MatrixBatch.operations(on: shapes[0]) { n, k, _ in n * n * n * 2 / 3 + 2 * n * n * k }
  }

  /// Computes the outputs; see the table of operands.
  public func run(_ operands: [Operand], scalars: [ScalarValue], in context: ParallelContext)
    throws(KernelFailure)
  {
    let (x, a, b) = (operands[0], operands[1], operands[2])
    let (n, k) = (b.shape[-2], b.shape[-1])
    guard x.shape.elementCount > 0 else { return }
    try MatrixBatch(b.batch(), work: n * n * (n + k), isTiled: n >= Tile.sizeMin).forEach(
      in: context
    ) { index, context in
      withMatrices([n * n, n * k, n], of: b.dtype) { memory in
        let pivots = memory[2].assumingMemoryBound(to: Int32.self)
        guard n < Tile.sizeMin else {
          a.part(at: index).pack(to: memory[0], in: context)
          b.part(at: index).pack(to: memory[1], in: context)
          let right = TiledMatrix(memory[1], rows: n, columns: k, b.dtype)
          let info = TiledMatrix(memory[0], rows: n, columns: n, b.dtype)
            .solve(right, pivots, in: context)
          if info == 0 { x.part(at: index).unpack(from: memory[1], in: context) }
          return info
        }
        a.part(at: index).pack(to: memory[0], columnMajor: true)
        b.part(at: index).pack(to: memory[1], columnMajor: true)
        let info = tandem_solve(b.isDouble, Int64(n), Int64(k), memory[0], pivots, memory[1])
        if info == 0 { x.part(at: index).unpack(from: memory[1], columnMajor: true) }
        return info
      }
    } describing: {
      "the matrix is singular: pivot \($0) is zero"
    }
  }
}

/// The solution of `a x = b` or `aᵀ x = b` for a triangular a; shapes as for ``Solve``.
///
/// The other triangle is not read, nor the diagonal if it is taken for ones.
///
/// - Throws: `the matrix is singular: diagonal element 2 is zero`, counted from one.
/// - Complexity: O(batch · n² · k).
public struct TriangularSolve: FalliblePrimitive {
  /// Whether a is lower triangular, else upper.
  public let lower: Bool
  /// Whether a is transposed before.
  public let transposed: Bool
  /// Whether the diagonal is taken for ones.
  public let unitDiagonal: Bool

  /// The primitive with these attributes.
  public init(lower: Bool, transposed: Bool = false, unitDiagonal: Bool = false) {
    (self.lower, self.transposed, self.unitDiagonal) = (lower, transposed, unitDiagonal)
  }

  /// Those of the textbook's algorithm for every matrix.
  public func floatingPointOperations(_ shapes: [Shape]) -> Int {
    MatrixBatch.operations(on: shapes[0]) { n, k, _ in n * n * k }
  }

  /// Computes the outputs; see the table of operands.
  public func run(_ operands: [Operand], scalars: [ScalarValue], in context: ParallelContext)
    throws(KernelFailure)
  {
    let (x, a, b) = (operands[0], operands[1], operands[2])
    let (n, k) = (b.shape[-2], b.shape[-1])
    guard x.shape.elementCount > 0 else { return }
    try MatrixBatch(b.batch(), work: n * n * k, isTiled: n >= Tile.sizeMin).forEach(in: context) {
      index, context in
      guard n < Tile.sizeMin else {
        return large(x.part(at: index), a.part(at: index), b.part(at: index), in: context)
      }
      return withMatrices([n * n, n * k], of: b.dtype) { memory in
        a.part(at: index).pack(to: memory[0], columnMajor: true)
        b.part(at: index).pack(to: memory[1], columnMajor: true)
        let info = tandem_triangular_solve(
          b.isDouble, lower, transposed, unitDiagonal, Int64(n), Int64(k), memory[0], memory[1])
        if info == 0 { x.part(at: index).unpack(from: memory[1], columnMajor: true) }
        return info
      }
    } describing: {
      "the matrix is singular: diagonal element \($0) is zero"
    }
  }

  /// Solves for one large matrix, which is read where it lies if one of its strides is one.
  private func large(
    _ x: Operand, _ a: Operand, _ b: Operand, in context: ParallelContext
  ) -> Int64 {
    let (n, k) = (b.shape[0], b.shape[1])
    let (row, column) = (a.layout.stride(0), a.layout.stride(1))
    let isReadable = min(row, column) == 1 && max(row, column) >= n
    return withMatrices([isReadable ? 0 : n * n, n * k], of: b.dtype) { memory in
      var t = TiledMatrix(memory[0], rows: n, columns: n, b.dtype)
      if isReadable { t.view = MatrixView(a) } else { a.pack(to: memory[0], in: context) }
      let size = b.dtype.byteCount
      if !unitDiagonal {
        for i in 0..<n {
          let place = t.view.start + i * (t.view.rowStride + t.view.columnStride) * size
          if t.isDouble ? place.load(as: Double.self) == 0 : place.load(as: Float.self) == 0 {
            return Int64(i + 1)
          }
        }
      }
      b.pack(to: memory[1], in: context)
      TiledTriangularSolve(
        t: transposed ? t.transposed : t, lower: lower != transposed, unit: unitDiagonal
      ).solve(TiledMatrix(memory[1], rows: n, columns: k, b.dtype), in: context)
      x.unpack(from: memory[1], in: context)
      return 0
    }
  }
}

extension TiledMatrix {
  /// Factorizes the matrix in place and solves for a row-major right side, in place too.
  ///
  /// - Returns: zero, or the number of the first pivot that is zero, counted from one.
  func solve(
    _ b: TiledMatrix, _ pivots: UnsafeMutablePointer<Int32>, in context: ParallelContext
  ) -> Int64 {
    let info = TiledLU.factorize(self, pivots, in: context)
    guard info == 0 else { return info }
    b.exchangeRows(0..<rows, pivots)
    TiledTriangularSolve(t: self, lower: true, unit: true).solve(b, in: context)
    TiledTriangularSolve(t: self, lower: false, unit: false).solve(b, in: context)
    return 0
  }
}
