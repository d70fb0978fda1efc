import CTandem
import TandemShapes
import TandemThreads

/// The exact product of integer matrices, a simple loop over blocks of rows.
struct IntegerProduct {
  let problem: MatrixProblem
  let batch: BatchAxes

  /// Computes every item of the batch; `bias` is added to each row.
  func run(bias: Operand?, in context: ParallelContext) {
    let rows = max(1, min(problem.m, (1 << 16) / max(problem.n * problem.k, 1)))
    let blocks = (problem.m + rows - 1) / rows
    let type = Int32(problem.dtype.rawValue)
    context.parallelFor(batch.count * blocks) { chunk in
      let (item, block) = (chunk / blocks, chunk % blocks)
      let offsets = batch.offsets(item)
      let first = block * rows
      let size = problem.dtype.byteCount
      let (c, a, b) = (problem.c, problem.a, problem.b)
      let count = min(rows, problem.m - first)
      let to = c.start + (offsets.c + first * c.rowStride) * size
      tandem_gemm_integers(
        a.start + (offsets.a + first * a.rowStride) * size, Int64(a.rowStride),
        Int64(a.columnStride), b.start + offsets.b * size, Int64(b.rowStride),
        Int64(b.columnStride), to, Int64(c.rowStride), Int64(c.columnStride), Int64(count),
        Int64(problem.n), Int64(problem.k), type, problem.accumulates ? 1 : 0)
      if let bias { addBias(bias, to: to, rows: count) }
      if problem.rectifies { rectify(to, rows: count) }
    }
  }

  private func addBias(_ bias: Operand, to: UnsafeMutableRawPointer, rows: Int) {
    // bias = [1] ⊗ bias: a product with a column of ones and k = 1.
    var ones = Int64(1)
    let c = problem.c
    tandem_gemm_integers(
      &ones, 0, 0, bias.start, 0, Int64(bias.layout.stride(0)), to, Int64(c.rowStride),
      Int64(c.columnStride), Int64(rows), Int64(problem.n), 1, Int32(problem.dtype.rawValue), 1)
  }

  private func rectify(_ to: UnsafeMutableRawPointer, rows: Int) {
    switch problem.dtype {
    case .int8: rectify(to.assumingMemoryBound(to: Int8.self), rows: rows)
    case .int16: rectify(to.assumingMemoryBound(to: Int16.self), rows: rows)
    case .int32: rectify(to.assumingMemoryBound(to: Int32.self), rows: rows)
    case .int64: rectify(to.assumingMemoryBound(to: Int64.self), rows: rows)
    default: break  // Unsigned: nothing is negative.
    }
  }

  private func rectify<T: FixedWidthInteger>(_ to: UnsafeMutablePointer<T>, rows: Int) {
    let c = problem.c
    for row in 0..<rows {
      for column in 0..<problem.n {
        let place = row * c.rowStride + column * c.columnStride
        to[place] = max(to[place], 0)
      }
    }
  }
}
