import CTandem
import TandemShapes
import TandemThreads

/// The same blocks computed by OpenBLAS, one library thread in each of ours, when
/// `TANDEM_GEMM=openblas` asks for it and it can read the operands.
struct OpenBLASProduct {
  private let problem: MatrixProblem
  private let plan: BlockPlan

  /// `nil` if our own kernels are to be used.
  init?(
    _ problem: MatrixProblem, plan: BlockPlan, isWanted: Bool = tandem_gemm_wants_openblas() != 0
  ) {
    guard isWanted,
      OpenBLASProduct.canRead(problem, plan)
    else { return nil }
    if let missing = tandem_blas_missing() {
      fail("TANDEM_GEMM=openblas: \(String(cString: missing))", at: .unknown)
    }
    (self.problem, self.plan) = (problem, plan)
  }

  /// Whether OpenBLAS can: one unit stride and one large enough in every operand, nothing to add.
  private static func canRead(_ problem: MatrixProblem, _ plan: BlockPlan) -> Bool {
    func fits(_ view: MatrixView) -> Bool {
      (view.columnStride == 1 && view.rowStride >= max(1, view.columns))
        || (view.rowStride == 1 && view.columnStride >= max(1, view.rows))
    }
    return problem.dtype == plan.dtype && problem.result == plan.dtype && problem.k > 0
      && fits(problem.a) && fits(problem.b)
      && problem.c.columnStride == 1 && problem.c.rowStride >= problem.n
      && problem.rowBias == nil && problem.columnBias == nil && !problem.rectifies
  }

  /// Computes the product, a chunk for each block of the plan.
  func run(in context: ParallelContext) {
    let across = BlockPlan.ceil(problem.n, plan.columns)
    context.parallelFor(BlockPlan.ceil(problem.m, plan.rows) * across) { chunk in
      let (row, column) = (chunk / across * plan.rows, chunk % across * plan.columns)
      let part = problem.part(
        rows: row..<min(problem.m, row + plan.rows),
        columns: column..<min(problem.n, column + plan.columns))
      let (aPlain, bPlain) = (part.a.columnStride == 1, part.b.columnStride == 1)
      tandem_gemm_openblas(
        part.a.start, Int64(aPlain ? part.a.rowStride : part.a.columnStride), aPlain ? 0 : 1,
        part.b.start, Int64(bPlain ? part.b.rowStride : part.b.columnStride), bPlain ? 0 : 1,
        part.c.start, Int64(part.c.rowStride), Int64(part.m), Int64(part.n), Int64(part.k),
        Int32(problem.dtype.rawValue), problem.accumulates ? 1 : 0)
    }
  }
}
