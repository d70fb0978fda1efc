import CTandem
import TandemShapes
import TandemThreads

extension MatrixProduct: BlockwisePrimitive {
  /// All rows of all items of the batch, in blocks as the plan of the product cuts them.
  public func blockShape(_ operands: [Operand]) -> Shape? {
    let c = operands[0]
    let columns = c.shape[-1]
    guard !accumulates, c.dtype == .float32 || c.dtype == .float64, c.dtype == operands[1].dtype,
      c.layout.isRowMajor, c.shape.elementCount > 0, columns > 1
    else { return nil }
    var (product, batch) = problem(operands)
    batch.fold(into: &product)
    let plan = BlockPlan(product, level: tandem_gemm_level())
    guard OpenBLASProduct(product, plan: plan) == nil, DotProducts(product, plan: plan) == nil
    else { return nil }
    return [1, c.shape.elementCount / columns, columns]
  }

  public func run(_ operands: [Operand], finish: BlockFinish, in context: ParallelContext)
    throws(KernelFailure)
  {
    run(operands, level: tandem_gemm_level(), finish: finish, in: context)
  }
}
