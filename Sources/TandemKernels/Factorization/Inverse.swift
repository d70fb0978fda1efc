import CTandem
import TandemShapes
import TandemThreads

/// The inverse of square matrices, by LU factorization with partial pivoting.
///
/// | operand | shape         |
/// | ------- | ------------- |
/// | out     | `[..., n, n]` |
/// | x       | `[..., n, n]` |
///
/// float32 or float64, any layouts. NaN goes through.
///
/// - Throws: `the matrix is singular: pivot 2 is zero` (`matrix [3]: the matrix …` of a batch).
/// - Complexity: O(batch · 2 n³).
public struct Inverse: FalliblePrimitive {
  /// The primitive; it has no attributes.
  public init() {}

  /// Those of the textbook's algorithm for every matrix.
  public func floatingPointOperations(_ shapes: [Shape]) -> Int {
    MatrixBatch.operations(on: shapes[0]) { m, n, k in 2 * n * n * n }
  }

  /// Computes the outputs; see the table of operands.
  public func run(_ operands: [Operand], scalars: [ScalarValue], in context: ParallelContext)
    throws(KernelFailure)
  {
    let (out, x) = (operands[0], operands[1])
    let n = x.shape[-1]
    try MatrixBatch(x.batch(), work: 2 * n * n * n, isTiled: n >= Tile.sizeMin)
      .forEach(in: context) { index, context in
        let isTiled = n >= Tile.sizeMin
        return withMatrices([n * n, n, isTiled ? n * n : 0], of: x.dtype) { memory in
          x.part(at: index).pack(to: memory[0], in: context)
          let pivots = memory[1].assumingMemoryBound(to: Int32.self)
          guard isTiled else {
            let info = tandem_inverse(x.isDouble, Int64(n), memory[0], pivots)
            if info == 0 { out.part(at: index).unpack(from: memory[0]) }
            return info
          }
          let result = TiledMatrix(memory[2], rows: n, columns: n, x.dtype)
          result.becomeIdentity()
          let info = TiledMatrix(memory[0], rows: n, columns: n, x.dtype)
            .solve(result, pivots, in: context)
          if info == 0 { out.part(at: index).unpack(from: memory[2], in: context) }
          return info
        }
      } describing: {
        "the matrix is singular: pivot \($0) is zero"
      }
  }
}
