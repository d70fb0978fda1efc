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
  let workspaceMax: Int?

  init(_ problem: MatrixProblem, level: Int32, workspaceMax: Int?) {
    self.problem = problem
    self.level = level
    self.workspaceMax = workspaceMax
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
    let (side, run) = piece(of: part, BlockPlan(part, level: level), next: nil)
    guard let side else { return run.workspaceBytes }
    let small = part.part(
      rows: 0..<BlockPlan.even(part.m, atMost: side),
      columns: 0..<BlockPlan.even(part.n, atMost: side))
    return pieceRun(small, like: run.plan).workspaceBytes
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
      return run(stripe: item, plan, next: next, in: context)
    }
    for i in stride(from: 0, to: item.m, by: stripe) {
      for j in stride(from: 0, to: item.n, by: stripe) {
        let part = item.part(
          rows: i..<min(item.m, i + stripe), columns: j..<min(item.n, j + stripe))
        run(stripe: part, BlockPlan(part, level: level), next: nil, in: context)
      }
    }
  }

  /// Computes one stripe: at once, or in pieces where its panels are more than may be taken.
  private func run(
    stripe: MatrixProblem, _ plan: BlockPlan, next: MatrixProblem?, in context: ParallelContext
  ) {
    let (side, whole) = piece(of: stripe, plan, next: next)
    guard let side else { return whole.run(in: context) }
    let rows = BlockPlan.even(stripe.m, atMost: side)
    let columns = BlockPlan.even(stripe.n, atMost: side)
    for i in stride(from: 0, to: stripe.m, by: rows) {
      for j in stride(from: 0, to: stripe.n, by: columns) {
        let part = stripe.part(
          rows: i..<min(stripe.m, i + rows), columns: j..<min(stripe.n, j + columns))
        pieceRun(part, like: plan).run(in: context)
      }
    }
  }

  /// How a stripe is computed, and the most rows and columns of a piece if that takes too much:
  /// where the kernel cannot add to `c`, panels hold the whole of `k`. Where `k` is summed in
  /// slices, the stripe stays whole.
  private func piece(
    of stripe: MatrixProblem, _ plan: BlockPlan, next: MatrixProblem?
  ) -> (side: Int?, whole: BlockRun) {
    let whole = BlockRun(stripe, plan: plan, next: next, workspaceMax: workspaceMax)
    guard let workspaceMax, plan.slices == 1, whole.workspaceBytes > workspaceMax else {
      return (nil, whole)
    }
    let length = plan.writesDirectly ? min(stripe.k, plan.depth) : stripe.k
    let side = workspaceMax / (2 * max(length, 1) * plan.dtype.byteCount)
    return (max(side, BlockPlan.Limit.pieceMin), whole)
  }

  /// A piece, which is summed along `k` as the whole stripe is.
  private func pieceRun(_ part: MatrixProblem, like whole: BlockPlan) -> BlockRun {
    BlockRun(
      part, plan: BlockPlan(part, level: level).summing(like: whole), workspaceMax: workspaceMax)
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
