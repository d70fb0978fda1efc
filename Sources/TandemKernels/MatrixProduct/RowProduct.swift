import CTandem
import TandemShapes
import TandemThreads

/// The product of one row and a matrix whose columns are contiguous: dot products, read at the
/// speed of memory.
struct RowProduct {
  private static let chunkElements = 1 << 16

  private let problem: MatrixProblem
  private let kernels: tandem_gemm_kernels
  private let size: Int

  /// `nil` if the operands are not of this kind.
  init?(_ problem: MatrixProblem, plan: BlockPlan) {
    guard problem.m == 1, problem.dtype == plan.dtype, problem.b.rowStride == 1,
      problem.a.columnStride == 1 || problem.k == 1, problem.k > 1, problem.rowBias == nil,
      problem.columnBias == nil, !problem.rectifies
    else { return nil }
    (self.problem, kernels, size) = (problem, plan.kernels, plan.dtype.byteCount)
  }

  func run(in context: ParallelContext) {
    let columns = max(1, RowProduct.chunkElements / problem.k) * 4
    context.parallelFor(BlockPlan.ceil(problem.n, columns)) { chunk in
      let first = chunk * columns
      var work = tandem_gemm_dots()
      work.a = UnsafeRawPointer(problem.a.start)
      work.b = UnsafeRawPointer(problem.b.start + first * problem.b.columnStride * size)
      work.c = problem.c.start + first * problem.c.columnStride * size
      work.bColumnStride = Int64(problem.b.columnStride)
      work.cStride = Int64(problem.c.columnStride)
      work.n = Int64(min(columns, problem.n - first))
      work.k = Int64(problem.k)
      work.accumulates = problem.accumulates ? 1 : 0
      kernels.dots(&work)
    }
  }
}
