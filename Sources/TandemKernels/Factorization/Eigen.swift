import CTandem
import TandemShapes
import TandemThreads

/// Eigenvalues and eigenvectors of square matrices: `x v = v diag(w)`, by the QR algorithm.
///
/// | operand | shape                             | dtype |
/// | ------- | --------------------------------- | --- |
/// | w       | `[..., n]`                        | complex |
/// | v       | `[..., n, n]`, vectors in columns | complex |
/// | x       | `[..., n, n]`                     | float32, float64 or complex |
///
/// Without vectors the operands are w and x. Any layouts. Vectors have length one, and a largest
/// element without an imaginary part.
///
/// - Throws: `there is a NaN or an infinity in the matrix`; `the eigenvalues did not converge`.
/// - Complexity: O(batch · n³).
public struct Eigen: FalliblePrimitive {
  /// Whether v is wanted.
  public let vectors: Bool

  /// The primitive with these attributes.
  public init(vectors: Bool = true) { self.vectors = vectors }

  /// Those of the textbook's algorithm for every matrix.
  public func floatingPointOperations(_ shapes: [Shape]) -> Int {
    MatrixBatch.operations(on: shapes[shapes.count - 1]) { _, n, _ in
      (vectors ? 25 : 10) * n * n * n
    }
  }

  /// Computes the outputs; see the table of operands.
  public func run(_ operands: [Operand], scalars: [ScalarValue], in context: ParallelContext)
    throws(KernelFailure)
  {
    let (w, x) = (operands[0], operands[vectors ? 2 : 1])
    let n = x.shape[-1]
    let isComplex = x.dtype.kind == .complex
    try MatrixBatch(x.batch(), work: 20 * n * n * n).forEach(in: context) { index, _ in
      withMatrices([n * n, n, vectors ? n * n : 0], of: w.dtype) { memory in
        x.part(at: index).pack(to: memory[0], columnMajor: true)
        let info = tandem_eigen(
          x.isDouble, isComplex, Int64(n), memory[0], memory[1], vectors ? memory[2] : nil)
        guard info == 0 else { return info }
        w.part(at: index).unpack(from: memory[1])
        if vectors { operands[1].part(at: index).unpack(from: memory[2], columnMajor: true) }
        return 0
      }
    } describing: { _ in
      "the eigenvalues did not converge"
    }
  }
}
