import CTandem
import TandemShapes
import TandemThreads

/// The reduced decomposition `x = q r` with orthonormal columns in q and an upper triangular r.
///
/// | operand | shape                                |
/// | ------- | ------------------------------------ |
/// | q       | `[..., m, k]`, k the smaller of m, n |
/// | r       | `[..., k, n]`                        |
/// | x       | `[..., m, n]`                        |
///
/// float32 or float64, any layouts; by Householder reflections, so r's diagonal may be negative, as
/// LAPACK and NumPy have it. NaN goes through.
///
/// - Complexity: O(batch · m · n · k).
public struct QR: FalliblePrimitive {
  /// The primitive; it has no attributes.
  public init() {}

  /// Those of the textbook's algorithm for every matrix.
  public func floatingPointOperations(_ shapes: [Shape]) -> Int {
    MatrixBatch.operations(on: shapes[2]) { m, n, k in
      8 * m * n * k - 4 * (m + n) * k * k + k * k * k * 8 / 3
    }
  }

  /// Computes the outputs; see the table of operands.
  public func run(_ operands: [Operand], scalars: [ScalarValue], in context: ParallelContext)
    throws(KernelFailure)
  {
    let (q, r, x) = (operands[0], operands[1], operands[2])
    let (m, n) = (x.shape[-2], x.shape[-1])
    let k = min(m, n)
    guard k > 0 else { return }
    try MatrixBatch(x.batch(), work: 4 * m * n * k, isTiled: k >= Tile.sizeMin)
      .forEach(in: context) { index, context in
        let (q, r, x) = (q.part(at: index), r.part(at: index), x.part(at: index))
        guard k < Tile.sizeMin else { return QR.large(q, r, x, in: context) }
        return withMatrices([m * n, k * n], of: x.dtype) { memory in
          x.pack(to: memory[0], columnMajor: true)
          let info = tandem_qr(x.isDouble, Int64(m), Int64(n), memory[0], memory[1])
          guard info == 0 else { return info }
          q.unpack(from: memory[0], columnMajor: true)
          r.unpack(from: memory[1], columnMajor: true)
          return 0
        }
      } describing: {
        "step \($0) failed"
      }
  }

  /// Factorizes one large matrix.
  private static func large(
    _ q: Operand, _ r: Operand, _ x: Operand, in context: ParallelContext
  ) -> Int64 {
    let (m, n) = (x.shape[0], x.shape[1])
    let k = min(m, n)
    return withMatrices([m * n, m * k], of: x.dtype) { memory in
      x.pack(to: memory[0], in: context)
      let info = TiledQR.factorize(
        TiledMatrix(memory[0], rows: m, columns: n, x.dtype),
        TiledMatrix(memory[1], rows: m, columns: k, x.dtype), in: context)
      guard info == 0 else { return info }
      q.unpack(from: memory[1], in: context)
      r.unpack(from: memory[0], in: context)
      return 0
    }
  }
}
