import CTandem
import TandemShapes
import TandemThreads

/// A correlation image by image, in bands of output rows whose arranged input stays in the
/// second-level cache.
///
/// Where rows of output positions nearly fill the rows of the arranged image, the block kernel
/// reads patches there: it computes positions beyond the end of a row too and throws them away.
/// Otherwise patches are packed. A window of one element reads the image where it lies.
struct BandedCorrelation {
  /// Limits that were found by measuring; see Convolution.md.
  private enum Limit {
    /// Bytes of the arranged part of an image, and output rows up to which it may be larger.
    static let arrangedBytes = 320 << 10
    static let fewRows = 4
    /// Positions of a band.
    static let positions = 2048
    /// Elements of a block of results in scratch, and rows of a block that a loop sees.
    static let blockElements = 24 << 10
    static let finishedRows = 64
    /// Chunks that are wanted, and multiply-adds that a chunk should have.
    static let chunks = 32
    static let chunkWork = 1 << 20
    /// Bytes of arranged channels that are filtered in one call.
    static let filteredBytes = 64 << 10
    /// Packing patches costs as much as so many rows of products.
    static let packingRows = 14
  }

  let base: Correlation
  /// The grid of one band.
  let grid: PatchGrid
  let rowsOfBand: Int
  let bands: Int
  /// Whether the image is read where it lies, or patches in the arranged image.
  let isInPlace: Bool
  let isDirect: Bool

  init(_ base: Correlation) {
    self.base = base
    isInPlace = base.readsInPlace
    let rows = base.grid.axes[1].count
    let items = base.source.images * base.groups
    var parts = 0
    var grid = base.grid
    var height = rows
    repeat {
      parts += 1
      height = BlockPlan.ceil(rows, parts)
      grid = base.grid.band(height)
      let bytes = grid.channelPitch * base.channels * base.size
      let few = height <= Limit.fewRows || parts >= rows
      let fits =
        bytes <= Limit.arrangedBytes
        && (base.isDepthwise || grid.phaseLength * height <= Limit.positions)
      if (fits || few) && (items * parts >= Limit.chunks / 2 || few) { break }
    } while true
    self.grid = grid
    rowsOfBand = height
    bands = BlockPlan.ceil(rows, height)
    let pixels = height * grid.axes[2].count
    let direct = BlockPlan.roundUp(height * grid.phaseLength, to: base.nr)
    let packed = BlockPlan.roundUp(pixels, to: base.nr)
    isDirect =
      !isInPlace
      && direct * base.rows <= packed * base.rows + packed * Limit.packingRows
  }

  /// Whether each channel has a filter of its own, and how many of them are filtered in one call.
  private var isDepthwise: Bool { base.isDepthwise && !isInPlace }
  var filtersTogether: Int {
    isDepthwise && bands == 1 && grid.axes[0].count == 1
      ? max(1, Limit.filteredBytes / max(1, grid.channelPitch * base.size)) : 1
  }
  /// Elements of an arranged band, with what may be read past its end.
  private var arrangedCount: Int {
    isInPlace
      ? 0 : grid.channelPitch * base.channels * filtersTogether + grid.phaseLength + 2 * base.nr
  }
  /// Positions that a block has at most, a multiple of the panel's width.
  var positionsOfBlock: Int {
    let most = isDirect || isInPlace ? 512 : Correlation.pixelsOfBlock
    let fitting = Limit.blockElements / rowsOfBlock / base.nr * base.nr
    return max(base.nr, min(most, fitting))
  }
  /// Rows of the product that a call of the kernel computes: all, unless a loop sees the block,
  /// which wants long rows, and patches need no copying.
  private var rowsOfBlock: Int {
    base.finish == nil || !isInPlace
      ? base.rows : BlockPlan.even(base.rows, atMost: Limit.finishedRows)
  }
  /// Distance of neighbouring rows among the positions.
  var pitch: Int { isDirect ? grid.phaseLength : grid.axes[2].count }
  /// Whether the block kernel writes the output itself.
  private var writesDirectly: Bool {
    base.output.dtype == base.dtype && base.output.pixelStride == 1
      && pitch == grid.axes[2].count && base.finish == nil
  }

  func run(in context: ParallelContext) {
    let weights = base.packWeights(rowsOfBlock: rowsOfBlock, in: context)
    defer { BufferPool.shared.deallocate(weights.pointer, byteCount: weights.byteCount) }
    let positions = isDirect || isInPlace ? [] : grid.pixelOffsets()
    let taps = base.grid.axes[1].count == rowsOfBand ? base.patchOffsets : bandTaps()
    let units = base.source.images * base.groups * bands
    let work = max(1, base.rows * base.total * rowsOfBand * grid.axes[2].count)
    // Bands of one image stay together if there are enough images, so that the next is fetched.
    let isMany = base.source.images * base.groups >= Limit.chunks / 2
    let together = max(isMany ? bands : 1, min(units / Limit.chunks, Limit.chunkWork / work))
    positions.withUnsafeBufferPointer { positions in
      taps.withUnsafeBufferPointer { taps in
        let none = UnsafePointer<Int64>(bitPattern: 8)!
        let tables = Correlation.Tables(
          positions: positions.baseAddress ?? none, taps: taps.baseAddress)
        context.parallelFor(BlockPlan.ceil(units, together)) { chunk in
          compute(chunk * together..<min(units, (chunk + 1) * together), weights, tables)
        }
      }
    }
  }

  /// Some rows of one plane of output positions.
  struct Place {
    let image: Int
    let group: Int
    let plane: Int
    /// The rows' first output pixel.
    let firstPixel: Int
    /// The unit that the same thread computes after this one.
    var next: Int?

    /// The same without anything to be fetched.
    var withoutNext: Place {
      var place = self
      place.next = nil
      return place
    }
  }

  private func bandTaps() -> [Int64] {
    grid.tapOffsets(channels: base.channels, weightStrides: [0, 0, 0], weightChannelStride: 0).patch
  }

  /// Memory of a chunk.
  struct Scratch {
    var arranged: UnsafeMutableRawPointer
    var patches: UnsafeMutableRawPointer
    var block: UnsafeMutableRawPointer
  }

  private func compute(
    _ units: Range<Int>, _ weights: PackedWeights, _ tables: Correlation.Tables
  ) {
    let size = base.size
    // A panel's width of patches also serves as the ragged edge of an image that is read in place.
    let patches = isDirect ? 0 : (isInPlace ? base.nr : positionsOfBlock) * base.depth
    let pixels = rowsOfBand * grid.axes[2].count
    let block =
      isDepthwise ? pixels * filtersTogether : writesDirectly ? 0 : rowsOfBlock * positionsOfBlock
    let bytes = (arrangedCount + patches + block) * size
    let memory = BufferPool.shared.allocate(byteCount: max(bytes, 64))
    defer { BufferPool.shared.deallocate(memory, byteCount: max(bytes, 64)) }
    let scratch = Scratch(
      arranged: memory, patches: memory + arrangedCount * size,
      block: memory + (arrangedCount + patches) * size)
    if arrangedCount > 0 {
      let slack = grid.phaseLength + 2 * base.nr
      (memory + (arrangedCount - slack) * size).initializeMemory(
        as: UInt8.self, repeating: 0, count: slack * size)
    }
    if isDepthwise && bands == 1 && grid.axes[0].count == 1 {
      return filter(units, scratch, weights, tables)
    }
    for unit in units {
      let (item, band) = (unit / bands, unit % bands)
      let (image, group) = (item / base.groups, item % base.groups)
      let first = band * rowsOfBand
      if !isInPlace && base.total > 0 {
        let channel = group * base.channels
        grid.arrange(
          base.source, image: image, channels: channel..<channel + base.channels,
          firstRow: first * grid.axes[1].step, to: scratch.arranged)
      }
      let lines = min(rowsOfBand, base.grid.axes[1].count - first)
      for plane in 0..<grid.axes[0].count {
        if isDepthwise {
          filter(image, group..<group + 1, plane, first..<first + lines, scratch, weights, tables)
          continue
        }
        let pixel = (plane * base.grid.axes[1].count + first) * grid.axes[2].count
        var place = Place(image: image, group: group, plane: plane, firstPixel: pixel)
        if unit + 1 < units.upperBound { place.next = unit + 1 }
        computeRows(place, lines, scratch, weights, tables)
      }
    }
  }

  /// Computes some rows of one plane of output positions.
  private func computeRows(
    _ place: Place, _ lines: Int, _ scratch: Scratch, _ weights: PackedWeights,
    _ tables: Correlation.Tables
  ) {
    let count = (lines - 1) * pitch + grid.axes[2].count
    let length = BlockPlan.roundUp(BlockPlan.even(count, atMost: positionsOfBlock), to: base.nr)
    for start in stride(from: 0, to: count, by: length) {
      let some = start..<min(count, start + length)
      for block in 0..<weights.blocks {
        let isFirst = start == 0 && block == 0
        compute(
          isFirst ? place : place.withoutNext, weights.rows(block), some, scratch, weights, tables)
      }
    }
  }

  /// Computes a block of rows and positions of one plane.
  private func compute(
    _ place: Place, _ rows: Range<Int>, _ some: Range<Int>, _ scratch: Scratch,
    _ weights: PackedWeights, _ tables: Correlation.Tables
  ) {
    let channel = place.group * base.rows + rows.lowerBound
    var work = tandem_gemm_block()
    (work.m, work.n) = (Int64(rows.count), Int64(some.count))
    work.aPacked = 1
    if writesDirectly {
      let pixel = place.firstPixel + some.lowerBound
      work.c = base.output.place(place.image, channel) + pixel * base.size
      work.cRowStride = Int64(base.output.channelStride)
    } else {
      (work.c, work.cRowStride) = (scratch.block, Int64(positionsOfBlock))
    }
    var tap = 0
    repeat {
      let range = tap..<min(base.total, tap + base.depth)
      work.a = weights.panels(
        group: place.group, rows.lowerBound / weights.rowsOfBlock, range)
      work.k = Int64(range.count)
      point(&work, at: place, some, range, scratch, tables)
      if range.upperBound == base.total {
        work.rowBias = base.bias.map { UnsafeRawPointer($0 + channel * base.size) }
        work.rectifies = base.rectifies ? 1 : 0
        if pitch == grid.axes[2].count {
          let pixels = place.firstPixel + some.lowerBound..<place.firstPixel + some.upperBound
          let box = BlockFinish.Box(
            outer: place.image..<place.image + 1, rows: channel..<channel + rows.count,
            columns: pixels)
          base.finish?.fetch(box, with: &work)
        }
      }
      if tap == 0 { fetch(place.next, with: &work) }
      base.kernels.block(&work)
      work.accumulates = 1
      (work.next.0, work.nextPieces.0) = (nil, 0)
      tap = range.upperBound
    } while tap < base.total
    if !writesDirectly {
      store(scratch.block, at: place, channel..<channel + rows.count, some)
    }
  }
}
