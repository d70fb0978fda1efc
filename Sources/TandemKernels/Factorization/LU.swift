import CTandem
import TandemShapes
import TandemThreads

/// LU factorization with partial pivoting: the rows of x, permuted, are a unit lower triangle times
/// an upper one.
///
/// | operand     | shape                                                     |
/// | ----------- | --------------------------------------------------------- |
/// | factors     | `[..., m, n]`, upper on and above the diagonal            |
/// | permutation | `[..., m]`, int64: which row of x each row of the product is |
/// | x           | `[..., m, n]`                                             |
///
/// float32 or float64, any layouts. A singular matrix has a zero on the diagonal; NaN goes through.
///
/// - Complexity: O(batch · m · n · min(m, n)).
public struct LU: FalliblePrimitive {
  /// The primitive; it has no attributes.
  public init() {}

  /// Those of the textbook's algorithm for every matrix.
  public func floatingPointOperations(_ shapes: [Shape]) -> Int {
    MatrixBatch.operations(on: shapes[0]) { m, n, k in
      2 * m * n * k - (m + n) * k * k + k * k * k * 2 / 3
    }
  }

  /// Computes the outputs; see the table of operands.
  public func run(_ operands: [Operand], scalars: [ScalarValue], in context: ParallelContext)
    throws(KernelFailure)
  {
    let (factors, permutation, x) = (operands[0], operands[1], operands[2])
    let (m, n) = (x.shape[-2], x.shape[-1])
    let k = min(m, n)
    try MatrixBatch(x.batch(), work: m * n * k, isTiled: k >= Tile.sizeMin)
      .forEach(in: context) { index, context in
        withMatrices([m * n, k], of: x.dtype) { memory in
          let pivots = memory[1].assumingMemoryBound(to: Int32.self)
          let isTiled = k >= Tile.sizeMin
          x.part(at: index).pack(to: memory[0], columnMajor: !isTiled, in: context)
          let info =
            isTiled
            ? TiledLU.factorize(
              TiledMatrix(memory[0], rows: m, columns: n, x.dtype), pivots, in: context)
            : tandem_lu(x.isDouble, Int64(m), Int64(n), memory[0], pivots)
          // A zero pivot is no failure.
          guard info >= 0 else { return info }
          factors.part(at: index).unpack(from: memory[0], columnMajor: !isTiled, in: context)
          permutation.part(at: index).writePermutation(pivots, count: k)
          return 0
        }
      } describing: {
        "step \($0) failed"
      }
  }
}

extension Operand {
  /// Writes the order of rows that exchanges give: row `i` with row `pivots[i] - 1`, in order.
  func writePermutation(_ pivots: UnsafePointer<Int32>, count: Int) {
    let rows = start.assumingMemoryBound(to: Int.self)
    let step = layout.stride(0)
    for row in 0..<shape[0] { rows[row * step] = row }
    for row in 0..<count {
      let other = Int(pivots[row]) - 1
      (rows[row * step], rows[other * step]) = (rows[other * step], rows[row * step])
    }
  }
}
