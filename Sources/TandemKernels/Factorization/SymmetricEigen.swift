import CTandem
import TandemShapes
import TandemThreads

/// Eigenvalues and eigenvectors of symmetric matrices: `x v = v diag(w)`, by divide and conquer.
///
/// | operand | shape                           |
/// | ------- | ------------------------------- |
/// | w       | `[..., n]`, rising              |
/// | v       | `[..., n, n]`, vectors in columns |
/// | x       | `[..., n, n]`                   |
///
/// Without vectors the operands are w and x. float32 or float64, any layouts. Only x's lower
/// triangle is read.
///
/// - Throws: `there is a NaN or an infinity in the matrix`; `the eigenvalues did not converge`.
/// - Complexity: O(batch · n³).
public struct SymmetricEigen: FalliblePrimitive {
  /// Whether v is wanted.
  public let vectors: Bool

  /// The primitive with these attributes.
  public init(vectors: Bool = true) { self.vectors = vectors }

  /// Those of the textbook's algorithm for every matrix.
  public func floatingPointOperations(_ shapes: [Shape]) -> Int {
    MatrixBatch.operations(on: shapes[shapes.count - 1]) { _, n, _ in
      vectors ? 9 * n * n * n : n * n * n * 4 / 3
    }
  }

  /// Computes the outputs; see the table of operands.
  public func run(_ operands: [Operand], scalars: [ScalarValue], in context: ParallelContext)
    throws(KernelFailure)
  {
    let (w, x) = (operands[0], operands[vectors ? 2 : 1])
    let n = x.shape[-1]
    try MatrixBatch(x.batch(), work: 8 * n * n * n).forEach(in: context) { index, _ in
      withMatrices([n * n, n], of: x.dtype) { memory in
        x.part(at: index).pack(to: memory[0])
        let info = tandem_eigen_symmetric(x.isDouble, vectors, Int64(n), memory[0], memory[1])
        guard info == 0 else { return info }
        w.part(at: index).unpack(from: memory[1])
        if vectors { operands[1].part(at: index).unpack(from: memory[0], columnMajor: true) }
        return 0
      }
    } describing: { _ in
      "the eigenvalues did not converge"
    }
  }
}
