import CTandem
import TandemShapes
import TandemThreads

/// A product with few rows or few columns whose operands are both contiguous along `k`: dot
/// products of rows with rows, read where they lie.
struct DotProducts {
  /// Limits that were found by measuring; see GEMM.md.
  private enum Limit {
    /// Rows or columns up to which packing costs more than it saves.
    static let few = 24
    /// Bytes of the smaller operand, which is read again and again.
    static let bytes = 256 << 10
    /// Multiply-adds of a chunk.
    static let chunkWork = 1 << 17
  }

  /// The product, exchanged if need be so that it has few columns.
  private let problem: MatrixProblem
  private let kernels: tandem_gemm_kernels
  /// Bytes of an element of the operands.
  private let size: Int

  /// `nil` if the operands are not of this kind.
  init?(_ problem: MatrixProblem, plan: BlockPlan) {
    let product = problem.m < problem.n ? problem.exchanged : problem
    size = problem.dtype.byteCount
    kernels = plan.kernels
    guard problem.dtype == plan.dtype || plan.grouped > 1, problem.result == problem.dtype,
      problem.b.rowStride == 1, problem.a.columnStride == 1, product.n <= Limit.few,
      problem.k >= 2 * Int(plan.kernels.lanes) * plan.grouped,
      product.n <= 4 || product.n * problem.k * size <= Limit.bytes
    else { return nil }
    self.problem = product
  }

  func run(in context: ParallelContext) {
    let work = max(1, problem.n * problem.k)
    let rows = BlockPlan.roundUp(max(1, Limit.chunkWork / work), to: 8)
    context.parallelFor(BlockPlan.ceil(problem.m, rows)) { chunk in
      let first = chunk * rows
      let (a, b, c) = (problem.a, problem.b, problem.c)
      var work = tandem_gemm_dots()
      work.a = UnsafeRawPointer(a.start + first * a.rowStride * size)
      work.b = UnsafeRawPointer(b.start)
      work.c = c.start + first * c.rowStride * size
      (work.aRowStride, work.bRowStride) = (Int64(a.rowStride), Int64(b.columnStride))
      (work.cRowStride, work.cColumnStride) = (Int64(c.rowStride), Int64(c.columnStride))
      (work.m, work.n) = (Int64(min(rows, problem.m - first)), Int64(problem.n))
      work.k = Int64(problem.k)
      work.rowBias = problem.rowBias.map {
        UnsafeRawPointer($0 + first * (problem.dtype == .float64 ? 8 : 4))
      }
      work.columnBias = problem.columnBias.map { UnsafeRawPointer($0) }
      work.accumulates = problem.accumulates ? 1 : 0
      work.rectifies = problem.rectifies ? 1 : 0
      kernels.dots(&work)
    }
  }
}
