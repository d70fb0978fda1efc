import CTandem
import TandemShapes
import TandemThreads

/// `output[m, t] = Σ weight[m, r] · patch(t)[r]` for each image and group: forward convolution, and
/// the gradient of its input, as implicit matrix products. Patches exist only as packed panels.
struct Correlation {
  /// Output positions whose patches are packed at one time.
  static let pixelsOfBlock = 256

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
  /// Distances of neighbouring elements along the summed channels and the axes of the kernel.
  let tapStrides: (channel: Int, kernel: [Int])
  let patchOffsets: [Int64]
  let weightOffsets: [Int64]
  let bias: UnsafeMutableRawPointer?
  /// Whether negative results become zero.
  let rectifies: Bool
  /// What takes the blocks of the output, if that is not written.
  let finish: BlockFinish?
  let kernels: tandem_gemm_kernels
  /// The type of the arithmetic, and bytes of its elements.
  let dtype: DType
  let size: Int
  /// Whether oneDNN computes it.
  let library: ConvolutionLibrary

  init(
    _ axes: [CorrelationAxis], source: ImageView, output: ImageView, groups: Int,
    weight: (start: UnsafeMutableRawPointer, dtype: DType, rowStride: Int, groupStride: Int),
    tapStrides: (channel: Int, kernel: [Int]), bias: UnsafeMutableRawPointer?, level: Int32,
    rectifies: Bool = false, finish: BlockFinish? = nil, library: ConvolutionLibrary = .never
  ) {
    let (axes, source) = CorrelationAxis.reduce(axes, source)
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
    (self.weight, self.tapStrides) = (weight, tapStrides)
    (patchOffsets, weightOffsets) = grid.tapOffsets(
      channels: channels, weightStrides: tapStrides.kernel, weightChannelStride: tapStrides.channel)
    (self.bias, self.rectifies, self.finish) = (bias, rectifies, finish)
    self.library = library
    dtype = output.dtype == .float64 ? .float64 : .float32
    size = dtype.byteCount
    kernels = tandem_gemm_kernels_for(level, Int32(dtype.rawValue)).pointee
  }

  /// Products summed for one output, and how many of them a call of the block kernel sums.
  var total: Int { patchOffsets.count }
  var depth: Int { max(1, BlockPlan.even(total, atMost: BlockPlan.Limit.depth)) }
  var nr: Int { Int(kernels.nr) }

  /// Whether each channel has a filter of its own.
  var isDepthwise: Bool { rows == 1 && channels == 1 && total > 0 }

  /// Whether patches are single pixels that the block kernel can read in the image.
  var readsInPlace: Bool { source.dtype == dtype && grid.isImage(source) }
}

// What all ways of computing a correlation share: packed weights, arranged images, and writing.

extension Correlation {
  /// Offsets of positions and taps within an arranged image.
  struct Tables {
    let positions: UnsafePointer<Int64>
    let taps: UnsafePointer<Int64>?
  }

  func run(in context: ParallelContext) {
    if source.images * groups * rows * grid.pixels == 0 { return }
    if let library = LibraryCorrelation(self), library.run(in: context) { return }
    if let pixels = PixelCorrelation(self) { return pixels.run(in: context) }
    if let flattened = FlattenedCorrelation(self) { return flattened.run(in: context) }
    BandedCorrelation(self).run(in: context)
  }

  /// Copies some channels of a group (counted within it) of an image.
  func arrange(
    _ image: Int, _ group: Int, _ some: Range<Int>, _ to: UnsafeMutableRawPointer
  ) {
    if total == 0 { return }
    let first = group * channels
    grid.arrange(
      source, image: image, channels: first + some.lowerBound..<first + some.upperBound,
      to: to + some.lowerBound * grid.channelPitch * size)
  }

  /// Packs the weights, some rows at a time; the caller gives the memory back.
  func packWeights(rowsOfBlock: Int, in context: ParallelContext) -> PackedWeights {
    let bytes = groups * rows * max(total, 1) * size
    let packed = PackedWeights(
      pointer: BufferPool.shared.allocate(byteCount: bytes), byteCount: bytes, rows: rows,
      rowsOfBlock: rowsOfBlock, total: total, size: size)
    let depths = total == 0 ? 0 : BlockPlan.ceil(total, depth)
    let isEven = weightOffsets.indices.allSatisfy { weightOffsets[$0] == Int64($0) }
    let functions = kernels.packRows
    let function = [functions.0, functions.1, functions.2][sourceIndex(weight.dtype)]!
    let blocks = packed.blocks
    weightOffsets.withUnsafeBufferPointer { offsets in
      context.parallelFor(groups * blocks * depths) { chunk in
        let (item, part) = (chunk / depths, chunk % depths)
        let (group, block) = (item / blocks, item % blocks)
        let range = part * depth..<min(total, (part + 1) * depth)
        let rows = packed.rows(block)
        let skipped =
          group * weight.groupStride + rows.lowerBound * weight.rowStride
          + (isEven ? range.lowerBound : 0)
        var work = tandem_gemm_pack()
        work.to = UnsafeMutableRawPointer(mutating: packed.panels(group: group, block, range))
        work.from = UnsafeRawPointer(weight.start + skipped * weight.dtype.byteCount)
        (work.count, work.k) = (Int64(rows.count), Int64(range.count))
        (work.acrossStride, work.alongStride) = (Int64(weight.rowStride), 1)
        work.alongOffsets = isEven ? nil : offsets.baseAddress! + range.lowerBound
        function(&work)
      }
    }
    return packed
  }

  /// Packs the patches of some positions for some taps.
  func packPatches(
    _ to: UnsafeMutableRawPointer, _ positions: Range<Int>, _ range: Range<Int>,
    _ arranged: UnsafeMutableRawPointer, _ tables: Tables
  ) {
    if range.isEmpty { return }
    var work = tandem_gemm_pack()
    work.to = to
    work.from = UnsafeRawPointer(arranged)
    (work.count, work.k) = (Int64(positions.count), Int64(range.count))
    work.acrossOffsets = tables.positions + positions.lowerBound
    work.alongOffsets = tables.taps! + range.lowerBound
    work.readsPast = 1
    kernels.packColumns.0!(&work)
  }

  /// Writes what was computed for some output pixels of an image to rows from `row` on: whole if
  /// pixels are evenly spaced, else line by line. Or hands it to what takes the blocks.
  func store(
    _ block: UnsafeMutableRawPointer, rowStride: Int, _ image: Int, _ row: Range<Int>,
    _ pixels: Range<Int>
  ) {
    if let finish {
      let box = BlockFinish.Box(outer: image..<image + 1, rows: row, columns: pixels)
      return finish.apply(box, of: block, rowStride: rowStride)
    }
    let to = output.place(image, row.lowerBound)
    let elementBytes = output.dtype.byteCount
    let even = output.pixelStride
    let width = even == nil ? output.lengths[2] : grid.pixels
    var pixel = pixels.lowerBound
    while pixel < pixels.upperBound {
      let count = min(pixels.upperBound, (pixel / width + 1) * width) - pixel
      let (line, x) = (pixel / output.lengths[2], pixel % output.lengths[2])
      let (z, y) = (line / output.lengths[1], line % output.lengths[1])
      let place = z * output.strides[0] + y * output.strides[1] + x * output.strides[2]
      tandem_gemm_store(
        block + (pixel - pixels.lowerBound) * size, Int64(rowStride),
        to + (even.map { pixel * $0 } ?? place) * elementBytes, Int64(output.channelStride),
        Int64(even ?? output.strides[2]), Int64(row.count), Int64(count),
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
