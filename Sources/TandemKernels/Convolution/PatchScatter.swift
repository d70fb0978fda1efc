import CTandem
import TandemShapes
import TandemThreads

/// `image[patch(t)[r]] += Σ over outputs o of w[o, r] · dy[o, t]`: the gradient of a convolution's
/// input where channels are few or the window jumps. The products of a block of output positions
/// are computed in scratch and added to a padded image in float, which is then rounded once.
///
/// It multiplies each weight with each output position once, whereas gathering multiplies with the
/// zeros around `dy` too; but every product is added in memory.
struct PatchScatter {
  /// Limits that were found by measuring; see Convolution.md.
  enum Limit {
    /// Output positions of a block, bytes of its products, and of what they are computed from.
    static let pixels = 256
    static let bytes = 128 << 10
    /// Images × groups from which each is one chunk, and chunks that are wanted otherwise.
    static let images = 8
    static let chunks = 16
    /// Channels of a group up to which the tiles of the gathering kernel are too flat, outputs of a
    /// group from which adding in memory is cheap enough.
    static let fewChannels = 13
    static let outputs = 8
    /// Output positions up to which gathering, whose images can be taken together, is better.
    static let fewPixels = 100
  }

  let grid: PatchGrid
  let dx: ImageView
  let dy: ImageView
  let groups: Int
  let weight: WeightView
  let patchOffsets: [Int64]
  let weightOffsets: [Int64]
  let kernels: tandem_gemm_kernels
  let dtype: DType
  let size: Int
  /// Channels of a group whose products are computed together.
  let channelsOfPart: Int

  /// `nil` if gathering is better.
  init?(
    _ geometry: ConvolutionGeometry, dx: ImageView, dy: ImageView, weight: WeightView, level: Int32
  ) {
    let inner = dx.lengths.reduce(1, *)
    let outer = dy.lengths.reduce(1, *)
    let jumps = geometry.stride.array.contains { $0 > 1 }
    let channels = dx.channels / geometry.groups
    let taps = weight.lengths.reduce(1, *)
    guard weight.outputs / geometry.groups >= Limit.outputs, outer > 0, channels > 0,
      taps > 1 || channels <= Limit.fewChannels,
      outer > Limit.fewPixels || channels <= Limit.fewChannels,
      jumps || channels <= Limit.fewChannels || 10 * inner > 13 * outer
    else { return nil }
    grid = PatchGrid(geometry.forwardAxes(output: dy.lengths, kernel: weight.lengths))
    (self.dx, self.dy, self.weight, groups) = (dx, dy, weight, geometry.groups)
    dtype = dx.dtype == .float64 ? .float64 : .float32
    size = dtype.byteCount
    kernels = tandem_gemm_kernels_for(level, Int32(dtype.rawValue)).pointee
    (patchOffsets, weightOffsets) = grid.tapOffsets(
      channels: channels, weightStrides: weight.strides, weightChannelStride: weight.channelStride)
    let fitting = Limit.bytes / max(1, grid.taps * min(Limit.pixels, outer) * size)
    let items = dx.images * groups
    let wanted = items >= Limit.images ? 1 : BlockPlan.ceil(Limit.chunks, max(items, 1))
    channelsOfPart = max(1, min(fitting, BlockPlan.ceil(channels, wanted)))
  }

  private var channels: Int { dx.channels / groups }
  private var outputs: Int { weight.outputs / groups }
  private var rows: Int { channels * grid.taps }
  private var parts: Int { BlockPlan.ceil(channels, channelsOfPart) }
  private var depth: Int { BlockPlan.even(outputs, atMost: BlockPlan.Limit.depth) }
  private var lineLength: Int { grid.axes[2].count }
  /// Lines of output positions in a block.
  private var linesOfBlock: Int {
    let bytes = outputs * lineLength * size
    return max(1, min(Limit.pixels / lineLength, 2 * Limit.bytes / bytes))
  }
  private var paddedPixels: Int {
    BlockPlan.roundUp(linesOfBlock * lineLength, to: Int(kernels.nr))
  }

  func run(in context: ParallelContext) {
    let items = dx.images * groups
    if items == 0 { return }
    let bytes = groups * rows * outputs * size
    let packed = BufferPool.shared.allocate(byteCount: bytes)
    defer { BufferPool.shared.deallocate(packed, byteCount: bytes) }
    context.parallelFor(groups * parts) { packWeight($0 / parts, $0 % parts, packed) }
    // With many images a chunk computes all parts of one, so that `dy` is packed once.
    let together = items >= Limit.images ? parts : 1
    let chunks = BlockPlan.ceil(parts, together)
    let pixels = grid.pixelOffsets()
    context.parallelFor(items * chunks) { chunk in
      let (item, first) = (chunk / chunks, chunk % chunks * together)
      compute(item / groups, item % groups, first..<min(parts, first + together), packed, pixels)
    }
  }

  private func channels(_ part: Int) -> Range<Int> {
    part * channelsOfPart..<min(channels, (part + 1) * channelsOfPart)
  }

  /// Where the panels of a part begin for the outputs in `range`.
  private func panels(
    _ packed: UnsafeMutableRawPointer, _ group: Int, _ part: Int, _ range: Range<Int>
  ) -> UnsafeMutableRawPointer {
    let some = channels(part)
    let before = (group * rows + some.lowerBound * grid.taps) * outputs
    return packed + (before + range.lowerBound * some.count * grid.taps) * size
  }

  private func forEachDepth(_ body: (Range<Int>) -> Void) {
    for start in stride(from: 0, to: outputs, by: depth) {
      body(start..<min(outputs, start + depth))
    }
  }

  private func packWeight(_ group: Int, _ part: Int, _ packed: UnsafeMutableRawPointer) {
    let some = channels(part)
    let first = some.lowerBound * grid.taps
    let isEven = weightOffsets.indices.allSatisfy { weightOffsets[$0] == Int64($0) }
    let functions = kernels.packRows
    weightOffsets.withUnsafeBufferPointer { offsets in
      forEachDepth { range in
        let place = (group * outputs + range.lowerBound) * weight.outputStride
        var work = tandem_gemm_pack()
        work.to = panels(packed, group, part, range)
        work.from = UnsafeRawPointer(
          weight.start + (place + (isEven ? first : 0)) * weight.dtype.byteCount)
        (work.count, work.k) = (Int64(some.count * grid.taps), Int64(range.count))
        (work.acrossStride, work.alongStride) = (1, Int64(weight.outputStride))
        work.acrossOffsets = isEven ? nil : offsets.baseAddress! + first
        [functions.0, functions.1, functions.2][sourceIndex(weight.dtype)]!(&work)
      }
    }
  }

  /// Computes some parts of the channels of one image and group.
  private func compute(
    _ image: Int, _ group: Int, _ parts: Range<Int>, _ packed: UnsafeMutableRawPointer,
    _ pixels: [Int64]
  ) {
    let pool = BufferPool.shared
    let some = channels(parts.lowerBound).lowerBound..<channels(parts.upperBound - 1).upperBound
    let paddedBytes = some.count * grid.channelPitch * size
    let padded = pool.allocate(byteCount: paddedBytes)
    defer { pool.deallocate(padded, byteCount: paddedBytes) }
    padded.initializeMemory(as: UInt8.self, repeating: 0, count: paddedBytes)
    let columnBytes = paddedPixels * outputs * size
    let columns = pool.allocate(byteCount: columnBytes)
    defer { pool.deallocate(columns, byteCount: columnBytes) }
    let productBytes = channelsOfPart * grid.taps * linesOfBlock * lineLength * size
    let products = pool.allocate(byteCount: productBytes)
    defer { pool.deallocate(products, byteCount: productBytes) }

    let lines = grid.pixels / lineLength
    for first in stride(from: 0, to: lines, by: linesOfBlock) {
      let block = first..<min(lines, first + linesOfBlock)
      packColumns(image, group, block, columns)
      for part in parts {
        multiply(group, part, block, packed, columns, products)
        let to = (channels(part).lowerBound - some.lowerBound) * grid.channelPitch
        scatter(products, part, block, padded + to * size, pixels)
      }
    }
    store(padded, image, group * channels + some.lowerBound, some.count)
  }

  /// Packs the output positions of some lines, all outputs of the group.
  private func packColumns(
    _ image: Int, _ group: Int, _ lines: Range<Int>, _ to: UnsafeMutableRawPointer
  ) {
    let count = lines.count * lineLength
    let first = lines.lowerBound * lineLength
    let stride = dy.pixelStride
    let places = stride == nil ? dy.pixelOffsets(first..<first + count) : []
    let functions = kernels.packColumns
    places.withUnsafeBufferPointer { places in
      forEachDepth { range in
        let from = dy.place(image, group * outputs + range.lowerBound)
        var work = tandem_gemm_pack()
        work.to = to + range.lowerBound * BlockPlan.roundUp(count, to: Int(kernels.nr)) * size
        work.from = UnsafeRawPointer(from + (stride ?? 0) * first * dy.dtype.byteCount)
        (work.count, work.k) = (Int64(count), Int64(range.count))
        (work.acrossStride, work.alongStride) = (Int64(stride ?? 0), Int64(dy.channelStride))
        work.acrossOffsets = stride == nil ? places.baseAddress : nil
        [functions.0, functions.1, functions.2][sourceIndex(dy.dtype)]!(&work)
      }
    }
  }

  private func multiply(
    _ group: Int, _ part: Int, _ lines: Range<Int>, _ packed: UnsafeMutableRawPointer,
    _ columns: UnsafeMutableRawPointer, _ products: UnsafeMutableRawPointer
  ) {
    let count = lines.count * lineLength
    let padded = BlockPlan.roundUp(count, to: Int(kernels.nr))
    forEachDepth { range in
      var work = tandem_gemm_block()
      work.a = UnsafeRawPointer(panels(packed, group, part, range))
      work.b = UnsafeRawPointer(columns + range.lowerBound * padded * size)
      (work.aPacked, work.bPacked) = (1, 1)
      (work.c, work.cRowStride) = (products, Int64(count))
      (work.m, work.n) = (Int64(channels(part).count * grid.taps), Int64(count))
      work.k = Int64(range.count)
      work.accumulates = range.lowerBound == 0 ? 0 : 1
      kernels.block(&work)
    }
  }

  private func scatter(
    _ products: UnsafeMutableRawPointer, _ part: Int, _ lines: Range<Int>,
    _ to: UnsafeMutableRawPointer, _ pixels: [Int64]
  ) {
    patchOffsets.withUnsafeBufferPointer { taps in
      pixels.withUnsafeBufferPointer { pixels in
        var work = tandem_gemm_scatter()
        (work.from, work.to) = (UnsafeRawPointer(products), to)
        // Tap offsets repeat for each channel, so those of the first channels serve all parts.
        work.tapOffsets = taps.baseAddress
        work.lineOffsets = pixels.baseAddress! + lines.lowerBound * lineLength
        work.taps = Int64(channels(part).count * grid.taps)
        (work.lines, work.length) = (Int64(lines.count), Int64(lineLength))
        kernels.scatter(&work)
      }
    }
  }

  /// Writes some channels of `dx`: what no window covers is zero.
  private func store(
    _ padded: UnsafeMutableRawPointer, _ image: Int, _ channel: Int, _ count: Int
  ) {
    let covered = (0..<3).map { axis in
      let (low, span) = (grid.axes[axis].low, grid.axes[axis].span)
      let first = min(max(low, 0), dx.lengths[axis])
      return first..<max(first, min(dx.lengths[axis], low + span))
    }
    let isWhole = (0..<3).allSatisfy { covered[$0].count == dx.lengths[$0] }
    for index in 0..<count {
      let to = dx.place(image, channel + index)
      let from = padded + index * grid.channelPitch * size
      if !isWhole { clear(to) }
      for z in covered[0] { storePlane(from, z, to, covered) }
    }
  }

  /// Writes one plane, phase by phase.
  private func storePlane(
    _ from: UnsafeMutableRawPointer, _ z: Int, _ to: UnsafeMutableRawPointer,
    _ covered: [Range<Int>]
  ) {
    let (axes, steps) = (grid.axes, (grid.axes[1].step, grid.axes[2].step))
    for row in 0..<min(steps.0, covered[1].count) {
      for column in 0..<min(steps.1, covered[2].count) {
        let (y, x) = (covered[1].lowerBound + row, covered[2].lowerBound + column)
        let place =
          (z - axes[0].low) * grid.planePitch + grid.place(y - axes[1].low, x - axes[2].low)
        let target = z * dx.strides[0] + y * dx.strides[1] + x * dx.strides[2]
        tandem_gemm_store(
          from + place * size, Int64(grid.phaseLength), to + target * dx.dtype.byteCount,
          Int64(dx.strides[1] * steps.0), Int64(dx.strides[2] * steps.1),
          Int64(BlockPlan.ceil(covered[1].count - row, steps.0)),
          Int64(BlockPlan.ceil(covered[2].count - column, steps.1)), Int32(dx.dtype.rawValue))
      }
    }
  }

  private func clear(_ to: UnsafeMutableRawPointer) {
    var zero = 0.0
    for z in 0..<dx.lengths[0] {
      for x in 0..<dx.lengths[2] {
        tandem_gemm_store(
          &zero, 0, to + (z * dx.strides[0] + x * dx.strides[2]) * dx.dtype.byteCount,
          Int64(dx.strides[1]), 1, Int64(dx.lengths[1]), 1, Int32(dx.dtype.rawValue))
      }
    }
  }
}
