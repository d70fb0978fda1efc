import CTandem
import TandemShapes
import TandemThreads

/// One matrix product under way: its plan, and where packed panels and partial sums lie.
struct BlockRun {
  let problem: MatrixProblem
  let plan: BlockPlan
  /// Elements of `k` that are packed at one time.
  let rangeLength: Int
  /// Bytes of an element of the arithmetic.
  let size: Int
  /// The product that the same thread computes after this one.
  let next: MatrixProblem?

  /// - Parameter workspaceMax: bytes of panels that are wanted at most where `k` may be cut.
  init(
    _ problem: MatrixProblem, plan: BlockPlan, next: MatrixProblem? = nil, workspaceMax: Int?
  ) {
    (self.problem, self.plan, self.next) = (problem, plan, next)
    size = plan.dtype.byteCount
    let bytes = (problem.m + problem.n) * size * plan.depth
    // Where the kernel adds to `c` itself, or to sums that are small beside panels of the whole of
    // `k`, passing over it again costs little, and no bit. Sums of slices depend on the range.
    let panels = (problem.m + problem.n) * size * problem.k
    let sums = problem.m * problem.n * size
    let isCheap = plan.writesDirectly || sums + BlockPlan.Limit.packedBytes < panels / 2
    let limit =
      plan.slices > 1
      ? BlockPlan.Limit.slicedBytes
      : isCheap ? BlockPlan.Limit.packedBytes : BlockPlan.Limit.summedBytes
    let wanted = plan.writesDirectly && plan.slices == 1 ? workspaceMax : nil
    rangeLength = max(1, min(limit, wanted ?? limit) / bytes) * plan.depth
  }

  /// A part of `k` whose panels are in memory.
  struct Packed {
    var range: Range<Int>
    var a: UnsafeMutableRawPointer?
    var b: UnsafeMutableRawPointer?
    /// Partial sums, `[slices, m, n]`, if `c` is not written by the block kernel itself.
    var sums: UnsafeMutableRawPointer?
  }

  private var rowBlocks: Int { BlockPlan.ceil(problem.m, plan.rows) }
  private var columnBlocks: Int { BlockPlan.ceil(problem.n, plan.columns) }
  private var paddedColumns: Int { BlockPlan.roundUp(problem.n, to: Int(plan.kernels.nr)) }

  /// Bytes of packed panels and partial sums.
  private var sharedBytes: (a: Int, b: Int, sums: Int) {
    let length = min(rangeLength, problem.k)
    let keepsSums = plan.slices > 1 || (!plan.writesDirectly && problem.k > rangeLength)
    return (
      plan.packsA ? problem.m * plan.groups(length) * size : 0,
      plan.packsB ? paddedColumns * plan.groups(length) * size : 0,
      keepsSums ? plan.slices * problem.m * problem.n * size : 0
    )
  }

  /// Bytes that a run takes from the pool, but for what each block needs.
  var workspaceBytes: Int {
    let (a, b, sums) = sharedBytes
    return [a, b, sums].reduce(0) { $0 + ($1 == 0 ? 0 : BufferPool.countedBytes(of: $1)) }
  }

  /// Computes the product.
  func run(in context: ParallelContext) {
    let pool = BufferPool.shared
    let (aBytes, bBytes, sumBytes) = sharedBytes
    var packed = Packed(
      range: 0..<0, a: aBytes == 0 ? nil : pool.allocate(byteCount: aBytes),
      b: bBytes == 0 ? nil : pool.allocate(byteCount: bBytes),
      sums: sumBytes == 0 ? nil : pool.allocate(byteCount: sumBytes))
    defer {
      if let a = packed.a { pool.deallocate(a, byteCount: aBytes) }
      if let b = packed.b { pool.deallocate(b, byteCount: bBytes) }
      if let sums = packed.sums { pool.deallocate(sums, byteCount: sumBytes) }
    }
    var start = 0
    repeat {
      packed.range = start..<min(problem.k, start + rangeLength)
      pack(packed, in: context)
      context.parallelFor(rowBlocks * columnBlocks * plan.slices) { chunk in
        compute(chunk, packed)
      }
      start = packed.range.upperBound
    } while start < problem.k
    if let sums = packed.sums { combine(sums, in: context) }
  }

  /// Copies the range into panels: chunks are (block of rows or columns) × (one depth of `k`).
  private func pack(_ packed: Packed, in context: ParallelContext) {
    let depths = packed.range.isEmpty ? 0 : BlockPlan.ceil(packed.range.count, plan.depth)
    let aChunks = packed.a == nil ? 0 : rowBlocks * depths
    let bChunks = packed.b == nil ? 0 : columnBlocks * depths
    if aChunks + bChunks == 0 { return }
    context.parallelFor(aChunks + bChunks) { chunk in
      let isA = chunk < aChunks
      let index = isA ? chunk : chunk - aChunks
      let (block, part) = (index / depths, index % depths)
      let start = packed.range.lowerBound + part * plan.depth
      let depth = start..<min(packed.range.upperBound, start + plan.depth)
      if isA {
        packRows(packed, rows(block), depth)
      } else {
        packColumns(packed, columns(block), depth)
      }
    }
  }

  private var source: Int {
    switch problem.dtype {
    case .bfloat16: 1
    case .float16: 2
    default: 0
    }
  }

  private func packRows(_ packed: Packed, _ rows: Range<Int>, _ depth: Range<Int>) {
    let a = problem.a
    let place = rows.lowerBound * a.rowStride + depth.lowerBound * a.columnStride
    var work = tandem_gemm_pack()
    work.to = aPanels(packed, rows.lowerBound, depth)
    work.from = UnsafeRawPointer(a.start + place * problem.dtype.byteCount)
    (work.count, work.k) = (Int64(rows.count), Int64(depth.count))
    (work.acrossStride, work.alongStride) = (Int64(a.rowStride), Int64(a.columnStride))
    let functions = plan.kernels.packRows
    [functions.0, functions.1, functions.2][source]!(&work)
  }

  private func packColumns(_ packed: Packed, _ columns: Range<Int>, _ depth: Range<Int>) {
    let b = problem.b
    let place = depth.lowerBound * b.rowStride + columns.lowerBound * b.columnStride
    var work = tandem_gemm_pack()
    work.to = bPanels(packed, columns.lowerBound, depth)
    work.from = UnsafeRawPointer(b.start + place * problem.dtype.byteCount)
    (work.count, work.k) = (Int64(columns.count), Int64(depth.count))
    (work.acrossStride, work.alongStride) = (Int64(b.columnStride), Int64(b.rowStride))
    let functions = plan.kernels.packColumns
    [functions.0, functions.1, functions.2][source]!(&work)
  }

  private func aPanels(
    _ packed: Packed, _ row: Int, _ depth: Range<Int>
  ) -> UnsafeMutableRawPointer? {
    let before = depth.lowerBound - packed.range.lowerBound
    let place = before / plan.grouped * problem.m + row * plan.groups(depth.count)
    return packed.a.map { $0 + place * size }
  }

  private func bPanels(
    _ packed: Packed, _ column: Int, _ depth: Range<Int>
  ) -> UnsafeMutableRawPointer? {
    let before = depth.lowerBound - packed.range.lowerBound
    let place = before / plan.grouped * paddedColumns + column * plan.groups(depth.count)
    return packed.b.map { $0 + place * size }
  }

  private func rows(_ block: Int) -> Range<Int> {
    block * plan.rows..<min(problem.m, (block + 1) * plan.rows)
  }

  /// Panels are divided evenly, so that no thread waits for one that got a wider block.
  private func columns(_ block: Int) -> Range<Int> {
    let nr = Int(plan.kernels.nr)
    let panels = paddedColumns / nr
    let (first, end) = (block * panels / columnBlocks, (block + 1) * panels / columnBlocks)
    return first * nr..<min(problem.n, end * nr)
  }

  /// Computes one block of `c`, or of one slice of the partial sums, over the packed range.
  private func compute(_ chunk: Int, _ packed: Packed) {
    let slice = chunk / (rowBlocks * columnBlocks)
    let block = chunk % (rowBlocks * columnBlocks)
    let (rows, columns) = (rows(block / columnBlocks), columns(block % columnBlocks))
    let depths = packed.range.isEmpty ? 0 : BlockPlan.ceil(packed.range.count, plan.depth)
    let parts = slice * depths / plan.slices..<(slice + 1) * depths / plan.slices
    let scratch = Scratch(
      self, rows: rows.count, columns: columns.count, hasSums: packed.sums != nil)
    defer { scratch.deallocate() }

    var work = tandem_gemm_block()
    (work.m, work.n) = (Int64(rows.count), Int64(columns.count))
    (work.aPacked, work.bPacked) = (plan.packsA ? 1 : 0, plan.packsB ? 1 : 0)
    (work.aRowStride, work.aStride) = (Int64(problem.a.rowStride), Int64(problem.a.columnStride))
    work.bStride = Int64(problem.b.rowStride)
    work.edge = scratch.edge
    if let next, rowBlocks * columnBlocks * plan.slices == 1 { next.fetch(with: &work) }
    let starts = packed.range.lowerBound == 0
    if let sums = packed.sums {
      let place = (slice * problem.m + rows.lowerBound) * problem.n + columns.lowerBound
      (work.c, work.cRowStride) = (sums + place * size, Int64(problem.n))
      work.accumulates = starts ? 0 : 1
    } else {
      prepare(&work, rows, columns, scratch, starts: starts)
    }
    let finishes = packed.range.upperBound == problem.k && packed.sums == nil
    var part = parts.lowerBound
    repeat {
      let start = packed.range.lowerBound + part * plan.depth
      let end = parts.isEmpty ? start : min(packed.range.upperBound, start + plan.depth)
      if finishes && part + 1 >= parts.upperBound {
        work.rowBias = problem.rowBias.map { UnsafeRawPointer($0 + rows.lowerBound * size) }
        work.columnBias = problem.columnBias.map {
          UnsafeRawPointer($0 + columns.lowerBound * size)
        }
        work.rectifies = problem.rectifies ? 1 : 0
        problem.finish?.fetch(box(rows, columns), with: &work)
      }
      multiply(&work, packed, rows.lowerBound, columns.lowerBound, start..<end)
      work.accumulates = 1
      part += 1
    } while part < parts.upperBound
    if let block = scratch.block { store(block, rows, columns) }
  }

  /// Points the kernel at `c`, or at scratch that holds what `c` held.
  private func prepare(
    _ work: inout tandem_gemm_block, _ rows: Range<Int>, _ columns: Range<Int>, _ scratch: Scratch,
    starts: Bool
  ) {
    work.accumulates = problem.accumulates || !starts ? 1 : 0
    guard let block = scratch.block else {
      let place =
        rows.lowerBound * problem.c.rowStride + columns.lowerBound * problem.c.columnStride
      (work.c, work.cRowStride) = (problem.c.start + place * size, Int64(problem.c.rowStride))
      return
    }
    (work.c, work.cRowStride) = (block, Int64(columns.count))
    if problem.accumulates { load(block, rows, columns) }
  }

  private func multiply(
    _ work: inout tandem_gemm_block, _ packed: Packed, _ row: Int, _ column: Int,
    _ depth: Range<Int>
  ) {
    let (a, b) = (problem.a, problem.b)
    work.k = Int64(plan.groups(depth.count))
    let aPlace = row * a.rowStride + depth.lowerBound * a.columnStride
    let bPlace = depth.lowerBound * b.rowStride + column * b.columnStride
    work.a = UnsafeRawPointer(aPanels(packed, row, depth) ?? a.start + aPlace * size)
    work.b = UnsafeRawPointer(bPanels(packed, column, depth) ?? b.start + bPlace * size)
    plan.kernels.block(&work)
  }
}

/// What one block needs beside the packed panels: a block in the type of the arithmetic if `c`
/// cannot be written by the kernel, and room for the ragged columns of an unpacked `b`.
struct Scratch {
  let block: UnsafeMutableRawPointer?
  let edge: UnsafeMutableRawPointer?
  private let blockBytes: Int
  private let edgeBytes: Int

  init(_ run: BlockRun, rows: Int, columns: Int, hasSums: Bool) {
    let nr = Int(run.plan.kernels.nr)
    blockBytes = run.plan.writesDirectly || hasSums ? 0 : rows * columns * run.size
    edgeBytes = run.plan.packsB || columns % nr == 0 ? 0 : nr * run.plan.depth * run.size
    block = blockBytes == 0 ? nil : BufferPool.shared.allocate(byteCount: blockBytes)
    edge = edgeBytes == 0 ? nil : BufferPool.shared.allocate(byteCount: edgeBytes)
  }

  func deallocate() {
    if let block { BufferPool.shared.deallocate(block, byteCount: blockBytes) }
    if let edge { BufferPool.shared.deallocate(edge, byteCount: edgeBytes) }
  }
}
