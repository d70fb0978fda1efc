import CTandem
import TandemShapes
import TandemThreads

/// The product of floating-point matrices, cut into blocks by its ``BlockPlan``: operands are
/// packed into panels (shared by all blocks), then every block of `c` is computed by the block
/// kernel.
struct BlockedProduct {
  /// Multiply-adds below which an item of a batch is not cut further.
  static let smallItem = 1 << 22
  /// Multiply-adds that one chunk of small items should have, and chunks that are wanted.
  static let chunkWork = 1 << 22
  static let chunks = 32
  /// Bytes of a batch from which items are fetched to the cache ahead of their turn.
  static let fetchBytes = 4 << 20

  let problem: MatrixProblem
  let plan: BlockPlan
  let level: Int32

  init(_ problem: MatrixProblem, level: Int32) {
    self.problem = problem
    self.level = level
    plan = BlockPlan(problem, level: level)
  }

  /// Computes every item of a batch.
  func run(_ batch: BatchAxes, in context: ParallelContext) {
    let count = batch.count
    if count == 1 { return run(problem, next: nil, in: context) }
    let work = max(problem.m * problem.n * problem.k, 1)
    if count < BlockPlan.Limit.blocks && work >= BlockedProduct.smallItem {
      for index in 0..<count { run(item(index, of: batch), next: nil, in: context) }
      return
    }
    let enough = max(BlockedProduct.chunkWork / 4, work * (count / BlockedProduct.chunks))
    let together = max(1, min(BlockedProduct.chunkWork, enough) / work)
    let elements = problem.m * problem.n + (problem.m + problem.n) * problem.k
    let fetches = count * elements * problem.dtype.byteCount >= BlockedProduct.fetchBytes
    context.parallelFor(BlockPlan.ceil(count, together)) { chunk in
      let end = min(count, (chunk + 1) * together)
      var next = item(chunk * together, of: batch)
      for index in chunk * together..<end {
        let this = next
        if index + 1 < end { next = item(index + 1, of: batch) }
        run(this, next: fetches && index + 1 < end ? next : nil, in: .serial)
      }
    }
  }

  /// About how many bytes a run takes from the pool.
  func workspaceBytes(_ batch: BatchAxes) -> Int {
    let isOneByOne =
      batch.count < BlockPlan.Limit.blocks
      && max(problem.m * problem.n * problem.k, 1) >= BlockedProduct.smallItem
    guard batch.count == 1 || isOneByOne, OpenBLASProduct(problem, plan: plan) == nil,
      DotProducts(problem, plan: plan) == nil
    else { return 0 }
    let stripe = BlockPlan.Limit.stripe
    let part = problem.part(rows: 0..<min(problem.m, stripe), columns: 0..<min(problem.n, stripe))
    return BlockRun(part, plan: BlockPlan(part, level: level)).workspaceBytes
  }

  private func item(_ index: Int, of batch: BatchAxes) -> MatrixProblem {
    var item = problem
    let (offsets, size) = (batch.offsets(index), problem.dtype.byteCount)
    item.c.start += offsets.c * problem.result.byteCount
    item.a.start += offsets.a * size
    item.b.start += offsets.b * size
    item.origin.row += index * problem.m
    return item
  }

  /// Computes one product of the shape that this was made for, in stripes that bound the memory for
  /// packed panels. The operands of the product after it are fetched to the cache if `next` is
  /// there.
  private func run(_ item: MatrixProblem, next: MatrixProblem?, in context: ParallelContext) {
    if let blas = OpenBLASProduct(item, plan: plan) { return blas.run(in: context) }
    if let dots = DotProducts(item, plan: plan) { return dots.run(in: context) }
    let stripe = BlockPlan.Limit.stripe
    if item.m <= stripe && item.n <= stripe {
      return BlockRun(item, plan: plan, next: next).run(in: context)
    }
    for i in stride(from: 0, to: item.m, by: stripe) {
      for j in stride(from: 0, to: item.n, by: stripe) {
        let part = item.part(
          rows: i..<min(item.m, i + stripe), columns: j..<min(item.n, j + stripe))
        BlockRun(part, plan: BlockPlan(part, level: level)).run(in: context)
      }
    }
  }
}

extension MatrixProblem {
  /// The same product for some rows and columns of `c`.
  func part(rows: Range<Int>, columns: Range<Int>) -> MatrixProblem {
    var part = self
    let size = dtype.byteCount
    let wide = dtype == .float64 ? 8 : 4
    let place = rows.lowerBound * c.rowStride + columns.lowerBound * c.columnStride
    part.c.start += place * result.byteCount
    part.a.start += rows.lowerBound * a.rowStride * size
    part.b.start += columns.lowerBound * b.columnStride * size
    (part.c.rows, part.c.columns) = (rows.count, columns.count)
    (part.a.rows, part.b.columns) = (rows.count, columns.count)
    part.origin = (origin.row + rows.lowerBound, origin.column + columns.lowerBound)
    part.rowBias = rowBias.map { $0 + rows.lowerBound * wide }
    part.columnBias = columnBias.map { $0 + columns.lowerBound * wide }
    return part
  }
}
