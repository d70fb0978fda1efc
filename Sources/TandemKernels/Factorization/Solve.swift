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

  /// Computes the outputs; see the table of operands.
  public func run(_ operands: [Operand], scalars: [ScalarValue], in context: ParallelContext)
    throws(KernelFailure)
  {
    let (x, a, b) = (operands[0], operands[1], operands[2])
    let (n, k) = (b.shape[-2], b.shape[-1])
    guard x.shape.elementCount > 0 else { return }
    try MatrixBatch(b.batch(), work: n * n * (n + k)).forEach(in: context) { index in
      withMatrices([n * n, n * k, n], of: b.dtype) { memory in
        a.part(at: index).pack(to: memory[0], columnMajor: true)
        b.part(at: index).pack(to: memory[1], columnMajor: true)
        let pivots = memory[2].assumingMemoryBound(to: Int32.self)
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

  /// Computes the outputs; see the table of operands.
  public func run(_ operands: [Operand], scalars: [ScalarValue], in context: ParallelContext)
    throws(KernelFailure)
  {
    let (x, a, b) = (operands[0], operands[1], operands[2])
    let (n, k) = (b.shape[-2], b.shape[-1])
    guard x.shape.elementCount > 0 else { return }
    try MatrixBatch(b.batch(), work: n * n * k).forEach(in: context) { index in
      withMatrices([n * n, n * k], of: b.dtype) { memory in
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
}
