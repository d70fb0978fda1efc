import CTandem
import TandemShapes
import TandemThreads

/// The determinant of square matrices, by LU factorization with partial pivoting.
///
/// | operand | shape         |
/// | ------- | ------------- |
/// | out     | `[...]`       |
/// | x       | `[..., n, n]` |
///
/// float32 or float64, any layouts. Of a 0 × 0 matrix it is one; NaN goes through.
///
/// - Complexity: O(batch · n³).
public struct Determinant: FalliblePrimitive {
  /// The primitive; it has no attributes.
  public init() {}

  /// Those of the textbook's algorithm for every matrix.
  public func floatingPointOperations(_ shapes: [Shape]) -> Int {
    MatrixBatch.operations(on: shapes[1]) { m, n, k in n * n * n * 2 / 3 }
  }

  /// Computes the outputs; see the table of operands.
  public func run(_ operands: [Operand], scalars: [ScalarValue], in context: ParallelContext)
    throws(KernelFailure)
  {
    let out = operands[0]
    try forEachDeterminant(of: operands[1], in: context) { x, pivots, matrix, index in
      let n = Int64(x.shape[-1])
      tandem_determinant(
        x.isDouble, n, matrix, n, pivots, out.part(at: index).start, nil, nil)
    }
  }
}

/// Sign and logarithm of the magnitude of determinants, which do not overflow.
///
/// | operand      | shape         |
/// | ------------ | ------------- |
/// | sign         | `[...]`       |
/// | logMagnitude | `[...]`       |
/// | x            | `[..., n, n]` |
///
/// The sign is −1, 0 or 1; of a singular matrix it is 0 and the logarithm −∞.
public struct SignLogDeterminant: FalliblePrimitive {
  /// The primitive; it has no attributes.
  public init() {}

  /// Those of the textbook's algorithm for every matrix.
  public func floatingPointOperations(_ shapes: [Shape]) -> Int {
    MatrixBatch.operations(on: shapes[2]) { m, n, k in n * n * n * 2 / 3 }
  }

  /// Computes the outputs; see the table of operands.
  public func run(_ operands: [Operand], scalars: [ScalarValue], in context: ParallelContext)
    throws(KernelFailure)
  {
    let (sign, logMagnitude) = (operands[0], operands[1])
    try forEachDeterminant(of: operands[2], in: context) { x, pivots, matrix, index in
      let n = Int64(x.shape[-1])
      tandem_determinant(
        x.isDouble, n, matrix, n, pivots, nil, sign.part(at: index).start,
        logMagnitude.part(at: index).start)
    }
  }
}

/// Calls `body` with the factors of each matrix, in either order, and its pivots.
private func forEachDeterminant(
  of x: Operand, in context: ParallelContext,
  _ body: (Operand, UnsafeMutablePointer<Int32>, UnsafeMutableRawPointer, [Int]) -> Void
) throws(KernelFailure) {
  let n = x.shape[-1]
  try MatrixBatch(x.batch(), work: n * n * n, isTiled: n >= Tile.sizeMin)
    .forEach(in: context) { index, context in
      withMatrices([n * n, n], of: x.dtype) { memory in
        x.part(at: index).pack(to: memory[0], in: context)
        let pivots = memory[1].assumingMemoryBound(to: Int32.self)
        let info =
          n < Tile.sizeMin
          ? tandem_lu(x.isDouble, Int64(n), Int64(n), memory[0], pivots)
          : TiledLU.factorize(
            TiledMatrix(memory[0], rows: n, columns: n, x.dtype), pivots, in: context)
        guard info >= 0 else { return info }
        body(x, pivots, memory[0], index)
        return 0
      }
    } describing: {
      "step \($0) failed"
    }
}
