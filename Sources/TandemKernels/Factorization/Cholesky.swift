import CTandem
import TandemShapes
import TandemThreads

/// The lower triangular `l` with `l lᵀ = x`; zero above the diagonal.
///
/// | operand | shape         |
/// | ------- | ------------- |
/// | l       | `[..., n, n]` |
/// | x       | `[..., n, n]` |
///
/// float32 or float64, any layouts. Only x's lower triangle is read.
///
/// - Throws: `leading minor 2 is not positive` (of a batch: `matrix [3]: leading minor 2 …`); a NaN
///   is not positive either.
/// - Complexity: O(batch · n³ / 3).
public struct Cholesky: FalliblePrimitive {
  /// The primitive; it has no attributes.
  public init() {}

  /// Those of the textbook's algorithm for every matrix.
  public func floatingPointOperations(_ shapes: [Shape]) -> Int {
    MatrixBatch.operations(on: shapes[0]) { m, n, k in n * n * n / 3 }
  }

  /// Computes the outputs; see the table of operands.
  public func run(_ operands: [Operand], scalars: [ScalarValue], in context: ParallelContext)
    throws(KernelFailure)
  {
    let (l, x) = (operands[0], operands[1])
    let n = x.shape[-1]
    try MatrixBatch(x.batch(), work: n * n * n / 3, isTiled: n >= Tile.sizeMin)
      .forEach(in: context) { index, context in
        let (l, x) = (l.part(at: index), x.part(at: index))
        guard n < Tile.sizeMin else { return Cholesky.large(l, x, in: context) }
        return withMatrices([n * n], of: x.dtype) { memory in
          x.pack(to: memory[0])
          let info = tandem_cholesky(x.isDouble, Int64(n), memory[0], Int64(n))
          if info == 0 { l.unpack(from: memory[0]) }
          return info
        }
      } describing: {
        "leading minor \($0) is not positive"
      }
  }

  /// Factorizes one large matrix, in the memory of the output if that is row-major.
  private static func large(_ l: Operand, _ x: Operand, in context: ParallelContext) -> Int64 {
    let n = x.shape[-1]
    let isInPlace = l.layout.isRowMajor
    return withMatrices([isInPlace ? 0 : n * n], of: x.dtype) { memory in
      let place = isInPlace ? l.start : memory[0]
      let a = TiledMatrix(place, rows: n, columns: n, x.dtype)
      TiledCholesky.load(x, to: a, in: context)
      let info = TiledCholesky.factorize(a, in: context)
      if info == 0 && !isInPlace { l.unpack(from: place, in: context) }
      return info
    }
  }
}
