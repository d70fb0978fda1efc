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

  /// Computes the outputs; see the table of operands.
  public func run(_ operands: [Operand], scalars: [ScalarValue], in context: ParallelContext)
    throws(KernelFailure)
  {
    let (l, x) = (operands[0], operands[1])
    let n = x.shape[-1]
    try MatrixBatch(x.batch(), work: n * n * n).forEach(in: context) { index in
      withMatrices([n * n], of: x.dtype) { memory in
        x.part(at: index).pack(to: memory[0])
        let info = tandem_cholesky(x.isDouble, Int64(n), memory[0])
        if info == 0 { l.part(at: index).unpack(from: memory[0]) }
        return info
      }
    } describing: {
      "leading minor \($0) is not positive"
    }
  }
}
