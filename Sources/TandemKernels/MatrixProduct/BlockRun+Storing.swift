import CTandem
import TandemShapes
import TandemThreads

// Moving results between `c` and the type of the arithmetic.

extension BlockRun {
  private func place(_ row: Int, _ column: Int) -> UnsafeMutableRawPointer {
    let c = problem.c
    return c.start + (row * c.rowStride + column * c.columnStride) * problem.result.byteCount
  }

  /// Writes a block that was computed in scratch to `c`, rounding once, or hands it to what takes
  /// the blocks.
  func store(_ block: UnsafeMutableRawPointer, _ rows: Range<Int>, _ columns: Range<Int>) {
    if let finish = problem.finish {
      return finish.apply(box(rows, columns), of: block, rowStride: columns.count)
    }
    tandem_gemm_store(
      block, Int64(columns.count), place(rows.lowerBound, columns.lowerBound),
      Int64(problem.c.rowStride), Int64(problem.c.columnStride), Int64(rows.count),
      Int64(columns.count), Int32(problem.result.rawValue))
  }

  /// A block as what takes the blocks sees it.
  func box(_ rows: Range<Int>, _ columns: Range<Int>) -> BlockFinish.Box {
    let (row, column) = problem.origin
    return BlockFinish.Box(
      rows: row + rows.lowerBound..<row + rows.upperBound,
      columns: column + columns.lowerBound..<column + columns.upperBound)
  }

  /// Reads what `c` holds into scratch.
  func load(_ block: UnsafeMutableRawPointer, _ rows: Range<Int>, _ columns: Range<Int>) {
    tandem_gemm_load(
      place(rows.lowerBound, columns.lowerBound), Int64(problem.c.rowStride),
      Int64(problem.c.columnStride), block, Int64(columns.count), Int64(rows.count),
      Int64(columns.count), Int32(problem.result.rawValue))
  }

  /// Adds the slices of the partial sums in order, then what `c` held, then the biases.
  func combine(_ sums: UnsafeMutableRawPointer, in context: ParallelContext) {
    let (m, n) = (problem.m, problem.n)
    let rowsOfChunk = max(1, (1 << 15) / max(1, n * plan.slices))
    let type = Int32(plan.dtype.rawValue)
    context.parallelFor(BlockPlan.ceil(m, rowsOfChunk)) { chunk in
      let rows = chunk * rowsOfChunk..<min(m, (chunk + 1) * rowsOfChunk)
      let total = sums + rows.lowerBound * n * size
      for slice in 1..<max(plan.slices, 1) {
        tandem_gemm_add(total, total + slice * m * n * size, Int64(rows.count * n), type)
      }
      if problem.accumulates { addOld(total, rows) }
      addBias(total, rows)
      if problem.rectifies { tandem_gemm_rectify(total, Int64(rows.count * n), type) }
      store(total, rows, 0..<n)
    }
  }

  private func addOld(_ total: UnsafeMutableRawPointer, _ rows: Range<Int>) {
    let bytes = rows.count * problem.n * size
    let old = BufferPool.shared.allocate(byteCount: bytes)
    defer { BufferPool.shared.deallocate(old, byteCount: bytes) }
    load(old, rows, 0..<problem.n)
    tandem_gemm_add(total, old, Int64(rows.count * problem.n), Int32(plan.dtype.rawValue))
  }

  private func addBias(_ total: UnsafeMutableRawPointer, _ rows: Range<Int>) {
    let type = Int32(plan.dtype.rawValue)
    if problem.columnBias == nil && problem.rowBias == nil { return }
    for row in rows {
      let place = total + (row - rows.lowerBound) * problem.n * size
      if let bias = problem.columnBias { tandem_gemm_add(place, bias, Int64(problem.n), type) }
      guard let bias = problem.rowBias else { continue }
      for column in 0..<problem.n {
        tandem_gemm_add(place + column * size, bias + row * size, 1, type)
      }
    }
  }
}
