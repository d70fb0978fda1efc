import CTandem
import TandemShapes
import TandemThreads

/// The reduced singular value decomposition `x = u diag(s) vt`, by divide and conquer.
///
/// | operand | shape                              |
/// | ------- | ---------------------------------- |
/// | u       | `[..., m, k]`, k the smaller of m, n |
/// | s       | `[..., k]`, falling                |
/// | vt      | `[..., k, n]`                      |
/// | x       | `[..., m, n]`                      |
///
/// Without vectors the operands are s and x. float32 or float64, any layouts.
///
/// - Throws: `there is a NaN or an infinity in the matrix`; `the singular values did not converge`.
/// - Complexity: O(batch · m · n · k).
public struct SVD: FalliblePrimitive {
  /// Whether u and vt are wanted.
  public let vectors: Bool

  /// The primitive with these attributes.
  public init(vectors: Bool = true) { self.vectors = vectors }

  /// Those of the textbook's algorithm for every matrix.
  public func floatingPointOperations(_ shapes: [Shape]) -> Int {
    MatrixBatch.operations(on: shapes[shapes.count - 1]) { m, n, k in
      vectors ? 6 * m * n * k + 20 * k * k * k : 4 * m * n * k - k * k * k * 4 / 3
    }
  }

  /// Computes the outputs; see the table of operands.
  public func run(_ operands: [Operand], scalars: [ScalarValue], in context: ParallelContext)
    throws(KernelFailure)
  {
    let (s, x) = vectors ? (operands[1], operands[3]) : (operands[0], operands[1])
    let (m, n) = (x.shape[-2], x.shape[-1])
    let k = min(m, n)
    guard k > 0 else { return }
    try MatrixBatch(x.batch(), work: 8 * m * n * k).forEach(in: context) { index, _ in
      withMatrices([m * n, k, m * k, k * n], of: x.dtype) { memory in
        x.part(at: index).pack(to: memory[0])
        let info = tandem_svd(
          x.isDouble, Int64(m), Int64(n), memory[0], vectors ? memory[2] : nil, memory[1],
          vectors ? memory[3] : nil)
        guard info == 0 else { return info }
        s.part(at: index).unpack(from: memory[1])
        if vectors {
          operands[0].part(at: index).unpack(from: memory[2])
          operands[2].part(at: index).unpack(from: memory[3])
        }
        return 0
      }
    } describing: { _ in
      "the singular values did not converge"
    }
  }
}
