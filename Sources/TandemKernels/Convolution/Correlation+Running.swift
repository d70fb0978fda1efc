import CTandem
import TandemShapes
import TandemThreads

/// `output[m, t] = Σ weight[m, r] · patch(t)[r]` for each image and group: forward convolution, and
/// the gradient of its input, as implicit matrix products. Patches exist only as packed panels.
struct Correlation {
  /// Limits that were found by measuring; see GEMM.md.
  enum Limit {
    /// Output positions whose patches are packed at one time.
    static let pixels = 256
    /// Images × groups from which each is one chunk.
    static let chunks = 8
  }

  let grid: PatchGrid
  let source: ImageView
  /// The output positions of the grid: strides already multiplied by the spacing of each axis.
  let output: ImageView
  let groups: Int
  /// The rows of the product: output channels of one group.
  let rows: Int
  /// Source channels of one group.
  let channels: Int
  /// The weight as a matrix: where a row of a group begins and where each `r` lies in it.
  let weight: (start: UnsafeMutableRawPointer, dtype: DType, rowStride: Int, groupStride: Int)
  let patchOffsets: [Int64]
  let weightOffsets: [Int64]
  let bias: UnsafeMutableRawPointer?
  let kernels: tandem_gemm_kernels
  /// The type of the arithmetic, and bytes of its elements.
  let dtype: DType
  let size: Int

  init(
    _ axes: [CorrelationAxis], source: ImageView, output: ImageView, groups: Int,
    weight: (start: UnsafeMutableRawPointer, dtype: DType, rowStride: Int, groupStride: Int),
    tapStrides: (channel: Int, kernel: [Int]), bias: UnsafeMutableRawPointer?, level: Int32
  ) {
    grid = PatchGrid(axes)
    self.source = source
    var view = output
    for axis in 0..<3 {
      view.start += axes[axis].start * output.strides[axis] * output.dtype.byteCount
      view.strides[axis] *= axes[axis].spacing
      view.lengths[axis] = axes[axis].count
    }
    self.output = view
    self.groups = groups
    rows = output.channels / groups
    channels = source.channels / groups
    self.weight = weight
    (patchOffsets, weightOffsets) = grid.tapOffsets(
      channels: channels, weightStrides: tapStrides.kernel, weightChannelStride: tapStrides.channel)
    self.bias = bias
    dtype = output.dtype == .float64 ? .float64 : .float32
    size = dtype.byteCount
    kernels = tandem_gemm_kernels_for(level, Int32(dtype.rawValue)).pointee
  }

  /// Products summed for one output.
  private var total: Int { patchOffsets.count }
  private var depth: Int { max(1, BlockPlan.even(total, atMost: BlockPlan.Limit.depth)) }
  private var nr: Int { Int(kernels.nr) }
  private var pixelsOfBlock: Int {
    BlockPlan.roundUp(BlockPlan.even(grid.pixels, atMost: Limit.pixels), to: nr)
  }
  /// Bytes of one arranged image, with what may be read past its end.
  private var arrangedBytes: Int { (grid.channelPitch * channels + 2 * nr) * size }

  func run(in context: ParallelContext) {
    if source.images * groups * rows * grid.pixels == 0 { return }
    let weights = packWeights(in: context)
    defer { BufferPool.shared.deallocate(weights.pointer, byteCount: weights.byteCount) }
    let pixelOffsets = grid.pixelOffsets()
    pixelOffsets.withUnsafeBufferPointer { pixels in
      patchOffsets.withUnsafeBufferPointer { taps in
        let tables = Tables(pixels: pixels.baseAddress!, taps: taps.baseAddress)
        if source.images * groups >= Limit.chunks {
          runImages(weights, tables, in: context)
        } else {
          runBlocks(weights, tables, in: context)
        }
      }
    }
  }

  private struct Tables {
    let pixels: UnsafePointer<Int64>
    let taps: UnsafePointer<Int64>?
  }

  /// One chunk for each image and group.
  private func runImages(
    _ weights: PackedWeights, _ tables: Tables, in context: ParallelContext
  ) {
    let pool = BufferPool.shared
    context.parallelFor(source.images * groups) { chunk in
      let arranged = pool.allocate(byteCount: arrangedBytes)
      defer { pool.deallocate(arranged, byteCount: arrangedBytes) }
      let (image, group) = (chunk / groups, chunk % groups)
      arrange(image, group, 0..<channels, arranged)
      compute(image, group, 0..<grid.pixels, arranged, weights, tables)
    }
  }

  /// Few images: first they are arranged channel by channel, then cut into blocks of pixels.
  private func runBlocks(
    _ weights: PackedWeights, _ tables: Tables, in context: ParallelContext
  ) {
    let count = source.images * groups
    let arranged = BufferPool.shared.allocate(byteCount: count * arrangedBytes)
    defer { BufferPool.shared.deallocate(arranged, byteCount: count * arrangedBytes) }
    let together = max(1, (1 << 15) / max(grid.channelPitch, 1))
    let parts = BlockPlan.ceil(channels, together)
    context.parallelFor(count * parts) { chunk in
      let (item, part) = (chunk / parts, chunk % parts)
      let some = part * together..<min(channels, (part + 1) * together)
      arrange(item / groups, item % groups, some, arranged + item * arrangedBytes)
    }
    let length = max(nr, min(pixelsOfBlock, BlockPlan.roundUp(grid.pixels / 16, to: nr)))
    let blocks = BlockPlan.ceil(grid.pixels, length)
    context.parallelFor(count * blocks) { chunk in
      let (item, block) = (chunk / blocks, chunk % blocks)
      let pixels = block * length..<min(grid.pixels, (block + 1) * length)
      let image = arranged + item * arrangedBytes
      compute(item / groups, item % groups, pixels, image, weights, tables)
    }
  }

  /// Arranges some channels (counted within the group) of an image.
  private func arrange(
    _ image: Int, _ group: Int, _ some: Range<Int>, _ to: UnsafeMutableRawPointer
  ) {
    if total == 0 { return }
    let first = group * channels
    grid.arrange(
      source, image: image, channels: first + some.lowerBound..<first + some.upperBound,
      to: to + some.lowerBound * grid.channelPitch * size)
  }

  private func packWeights(in context: ParallelContext) -> PackedWeights {
    let bytes = groups * rows * max(total, 1) * size
    let packed = PackedWeights(
      pointer: BufferPool.shared.allocate(byteCount: bytes), byteCount: bytes, rows: rows,
      depth: depth, total: total, size: size)
    let depths = total == 0 ? 0 : BlockPlan.ceil(total, depth)
    let isEven = weightOffsets.indices.allSatisfy { weightOffsets[$0] == Int64($0) }
    let functions = kernels.packRows
    let function = [functions.0, functions.1, functions.2][sourceIndex(weight.dtype)]!
    weightOffsets.withUnsafeBufferPointer { offsets in
      context.parallelFor(groups * depths) { chunk in
        let (group, part) = (chunk / depths, chunk % depths)
        let range = part * depth..<min(total, (part + 1) * depth)
        let skipped = group * weight.groupStride + (isEven ? range.lowerBound : 0)
        var work = tandem_gemm_pack()
        work.to = UnsafeMutableRawPointer(mutating: packed.panels(group: group, range))
        work.from = UnsafeRawPointer(weight.start + skipped * weight.dtype.byteCount)
        (work.count, work.k) = (Int64(rows), Int64(range.count))
        (work.acrossStride, work.alongStride) = (Int64(weight.rowStride), 1)
        work.alongOffsets = isEven ? nil : offsets.baseAddress! + range.lowerBound
        function(&work)
      }
    }
    return packed
  }

  /// Computes some output positions of an image from its arrangement, block by block.
  private func compute(
    _ image: Int, _ group: Int, _ pixels: Range<Int>, _ arranged: UnsafeMutableRawPointer,
    _ weights: PackedWeights, _ tables: Tables
  ) {
    let pool = BufferPool.shared
    let patchBytes = pixelsOfBlock * depth * size
    let patches = pool.allocate(byteCount: patchBytes)
    defer { pool.deallocate(patches, byteCount: patchBytes) }
    let direct = output.dtype == dtype && output.pixelStride == 1
    let blockBytes = direct ? 0 : rows * pixelsOfBlock * size
    let block = direct ? nil : pool.allocate(byteCount: blockBytes)
    defer { if let block { pool.deallocate(block, byteCount: blockBytes) } }

    let channel = group * rows
    for first in stride(from: pixels.lowerBound, to: pixels.upperBound, by: pixelsOfBlock) {
      let some = first..<min(pixels.upperBound, first + pixelsOfBlock)
      var work = tandem_gemm_block()
      (work.m, work.n) = (Int64(rows), Int64(some.count))
      (work.aPacked, work.bPacked) = (1, 1)
      work.c = block ?? output.place(image, channel) + first * size
      work.cRowStride = Int64(block == nil ? output.channelStride : some.count)
      var start = 0
      repeat {
        let range = start..<min(total, start + depth)
        pack(patches, some, range, arranged, tables)
        work.a = weights.panels(group: group, range)
        work.b = UnsafeRawPointer(patches)
        work.k = Int64(range.count)
        if range.upperBound == total {
          work.rowBias = bias.map { UnsafeRawPointer($0 + channel * size) }
        }
        kernels.block(&work)
        work.accumulates = 1
        start = range.upperBound
      } while start < total
      if let block { store(block, image, channel, some) }
    }
  }

  private func pack(
    _ to: UnsafeMutableRawPointer, _ pixels: Range<Int>, _ range: Range<Int>,
    _ arranged: UnsafeMutableRawPointer, _ tables: Tables
  ) {
    if range.isEmpty { return }
    var work = tandem_gemm_pack()
    work.to = to
    work.from = UnsafeRawPointer(arranged)
    (work.count, work.k) = (Int64(pixels.count), Int64(range.count))
    work.acrossOffsets = tables.pixels + pixels.lowerBound
    work.alongOffsets = tables.taps! + range.lowerBound
    work.readsPast = 1
    kernels.packColumns.0!(&work)
  }

  /// Writes a block of the arithmetic's type to the output: whole if its pixels are evenly spaced,
  /// else row by row.
  private func store(
    _ block: UnsafeMutableRawPointer, _ image: Int, _ channel: Int, _ pixels: Range<Int>
  ) {
    let to = output.place(image, channel)
    let elementBytes = output.dtype.byteCount
    let even = output.pixelStride
    let width = even == nil ? output.lengths[2] : grid.pixels
    var pixel = pixels.lowerBound
    while pixel < pixels.upperBound {
      let count = min(pixels.upperBound, (pixel / width + 1) * width) - pixel
      let (row, x) = (pixel / output.lengths[2], pixel % output.lengths[2])
      let (z, y) = (row / output.lengths[1], row % output.lengths[1])
      let place = z * output.strides[0] + y * output.strides[1] + x * output.strides[2]
      tandem_gemm_store(
        block + (pixel - pixels.lowerBound) * size, Int64(pixels.count),
        to + (even.map { pixel * $0 } ?? place) * elementBytes, Int64(output.channelStride),
        Int64(even ?? output.strides[2]), Int64(rows), Int64(count),
        Int32(output.dtype.rawValue))
      pixel += count
    }
  }
}

/// Which packing function reads a dtype: same as the arithmetic, bfloat16, float16.
func sourceIndex(_ dtype: DType) -> Int {
  switch dtype {
  case .bfloat16: 1
  case .float16: 2
  default: 0
  }
}
