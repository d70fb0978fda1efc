import CTandem
import TandemShapes
import TandemThreads

/// `dw[o, r] = Σ over images and output positions t of dy[o, t] · patch(t)[r]`: a product with
/// `k` = output positions for each image. A chunk sums some images for one group and some of its
/// channels; the partial sums are then added in the order of the images.
struct PatchSum {
  /// Limits that were found by measuring; see GEMM.md.
  enum Limit {
    /// Parts that images are summed in, and bytes of all partial sums.
    static let parts = 16
    static let bytes = 64 << 20
    /// Chunks that are wanted, and patch elements across that are packed at one time.
    static let chunks = 8
    static let columns = 512
  }

  let grid: PatchGrid
  let dw: WeightView
  let x: ImageView
  let dy: ImageView
  let groups: Int
  let kernels: tandem_gemm_kernels
  let dtype: DType
  let size: Int
  /// Parts of the images, and of the channels of a group.
  let parts: Int
  let channelParts: Int

  init(
    _ axes: [CorrelationAxis], dw: WeightView, x: ImageView, dy: ImageView, groups: Int,
    level: Int32
  ) {
    grid = PatchGrid(axes)
    (self.dw, self.x, self.dy, self.groups) = (dw, x, dy, groups)
    dtype = dw.dtype == .float64 ? .float64 : .float32
    size = dtype.byteCount
    kernels = tandem_gemm_kernels_for(level, Int32(dtype.rawValue)).pointee
    let sumBytes = max(1, dw.outputs * dw.channels * grid.taps * size)
    parts = max(1, min(x.images, Limit.parts, Limit.bytes / sumBytes))
    channelParts = max(1, min(dw.channels, BlockPlan.ceil(Limit.chunks, parts * groups)))
  }

  private var nr: Int { Int(kernels.nr) }
  private var rows: Int { dw.outputs / groups }
  private var columns: Int { dw.channels * grid.taps }
  private var depth: Int { max(1, BlockPlan.even(grid.pixels, atMost: BlockPlan.Limit.depth)) }

  func run(in context: ParallelContext) {
    if dw.outputs * columns == 0 { return }
    let bytes = parts * dw.outputs * columns * size
    let sums = BufferPool.shared.allocate(byteCount: bytes)
    defer { BufferPool.shared.deallocate(sums, byteCount: bytes) }
    let pixels = grid.pixelOffsets()
    let taps = grid.tapOffsets(
      channels: dw.channels, weightStrides: dw.strides, weightChannelStride: dw.channelStride)
    pixels.withUnsafeBufferPointer { pixels in
      taps.patch.withUnsafeBufferPointer { taps in
        context.parallelFor(parts * groups * channelParts) { chunk in
          let (part, rest) = (chunk / (groups * channelParts), chunk % (groups * channelParts))
          sum(part, rest / channelParts, rest % channelParts, sums, pixels, taps)
        }
      }
    }
    combine(sums, taps.weight, in: context)
  }

  /// Sums one part of the images for one group and one part of its channels.
  private func sum(
    _ part: Int, _ group: Int, _ channelPart: Int, _ sums: UnsafeMutableRawPointer,
    _ pixels: UnsafeBufferPointer<Int64>, _ taps: UnsafeBufferPointer<Int64>
  ) {
    let pool = BufferPool.shared
    let images = part * x.images / parts..<(part + 1) * x.images / parts
    let some =
      channelPart * dw.channels / channelParts..<(channelPart + 1) * dw.channels / channelParts
    let arrangedBytes = (grid.channelPitch * some.count + 2 * nr) * size
    let arranged = pool.allocate(byteCount: arrangedBytes)
    defer { pool.deallocate(arranged, byteCount: arrangedBytes) }
    let width = min(Limit.columns, BlockPlan.roundUp(some.count * grid.taps, to: nr))
    let patchBytes = width * depth * size
    let patches = pool.allocate(byteCount: patchBytes)
    defer { pool.deallocate(patches, byteCount: patchBytes) }
    let rowBytes = readsDirectly ? 0 : rows * depth * size
    let wide = rowBytes == 0 ? nil : pool.allocate(byteCount: rowBytes)
    defer { if let wide { pool.deallocate(wide, byteCount: rowBytes) } }

    let column = some.lowerBound * grid.taps
    var work = tandem_gemm_block()
    work.m = Int64(rows)
    work.bPacked = 1
    work.cRowStride = Int64(columns)
    let to = sums + ((part * dw.outputs + group * rows) * columns + column) * size
    if images.isEmpty || grid.pixels == 0 {
      (work.c, work.n) = (to, Int64(some.count * grid.taps))
      (work.a, work.b) = (UnsafeRawPointer(patches), UnsafeRawPointer(patches))
      return kernels.block(&work)
    }
    let first = group * dw.channels
    for image in images {
      grid.arrange(
        x, image: image, channels: first + some.lowerBound..<first + some.upperBound, to: arranged)
      for start in stride(from: 0, to: grid.pixels, by: depth) {
        let range = start..<min(grid.pixels, start + depth)
        work.k = Int64(range.count)
        work.accumulates = image == images.lowerBound && start == 0 ? 0 : 1
        point(&work, atRowsOf: image, group, range, wide)
        for from in stride(from: 0, to: some.count * grid.taps, by: width) {
          let count = min(width, some.count * grid.taps - from)
          // Tap offsets repeat for each channel, so those of the first channels serve all parts.
          pack(patches, from..<from + count, range, arranged, pixels, taps)
          (work.c, work.b, work.n) = (to + from * size, UnsafeRawPointer(patches), Int64(count))
          kernels.block(&work)
        }
      }
    }
  }

  /// Whether the kernel can read `dy` where it lies.
  private var readsDirectly: Bool { dy.dtype == dtype && dy.pixelStride != nil }

  /// Makes `a` the rows of `dy` for some output positions, widened or gathered first if need be.
  private func point(
    _ work: inout tandem_gemm_block, atRowsOf image: Int, _ group: Int, _ range: Range<Int>,
    _ wide: UnsafeMutableRawPointer?
  ) {
    let from = dy.place(image, group * rows)
    guard let wide else {
      let stride = dy.pixelStride!
      work.a = UnsafeRawPointer(from + range.lowerBound * stride * size)
      (work.aRowStride, work.aStride) = (Int64(dy.channelStride), Int64(stride))
      return
    }
    var pixel = range.lowerBound
    while pixel < range.upperBound {
      let length = dy.lengths[2]
      let (row, inRow) = (pixel / length, pixel % length)
      let count = min(range.upperBound - pixel, length - inRow)
      let place =
        row / dy.lengths[1] * dy.strides[0] + row % dy.lengths[1] * dy.strides[1]
        + inRow * dy.strides[2]
      tandem_gemm_load(
        from + place * dy.dtype.byteCount, Int64(dy.channelStride), Int64(dy.strides[2]),
        wide + (pixel - range.lowerBound) * size, Int64(range.count), Int64(rows), Int64(count),
        Int32(dy.dtype.rawValue))
      pixel += count
    }
    work.a = UnsafeRawPointer(wide)
    (work.aRowStride, work.aStride) = (Int64(range.count), 1)
  }

  private func pack(
    _ to: UnsafeMutableRawPointer, _ columns: Range<Int>, _ range: Range<Int>,
    _ arranged: UnsafeMutableRawPointer, _ pixels: UnsafeBufferPointer<Int64>,
    _ taps: UnsafeBufferPointer<Int64>
  ) {
    var work = tandem_gemm_pack()
    work.to = to
    work.from = UnsafeRawPointer(arranged)
    (work.count, work.k) = (Int64(columns.count), Int64(range.count))
    work.acrossOffsets = taps.baseAddress! + columns.lowerBound
    work.alongOffsets = pixels.baseAddress! + range.lowerBound
    (work.readsPast, work.alongPreferred) = (1, 1)
    kernels.packColumns.0!(&work)
  }

  /// Adds the parts in order and writes `dw`.
  private func combine(
    _ sums: UnsafeMutableRawPointer, _ offsets: [Int64], in context: ParallelContext
  ) {
    let together = max(1, (1 << 15) / (columns * parts))
    let isEven = offsets.indices.allSatisfy { offsets[$0] == Int64($0) }
    let type = Int32(dw.dtype.rawValue)
    context.parallelFor(BlockPlan.ceil(dw.outputs, together)) { chunk in
      let some = chunk * together..<min(dw.outputs, (chunk + 1) * together)
      let total = sums + some.lowerBound * columns * size
      for part in 1..<parts {
        tandem_gemm_add(
          total, total + part * dw.outputs * columns * size, Int64(some.count * columns),
          Int32(dtype.rawValue))
      }
      let to = dw.start + some.lowerBound * dw.outputStride * dw.dtype.byteCount
      if isEven {
        return tandem_gemm_store(
          total, Int64(columns), to, Int64(dw.outputStride), 1, Int64(some.count), Int64(columns),
          type)
      }
      for column in 0..<columns {
        tandem_gemm_store(
          total + column * size, Int64(columns), to + Int(offsets[column]) * dw.dtype.byteCount,
          Int64(dw.outputStride), 1, Int64(some.count), 1, type)
      }
    }
  }
}
