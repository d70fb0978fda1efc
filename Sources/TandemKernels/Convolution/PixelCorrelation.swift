import CTandem
import TandemShapes
import TandemThreads

/// A correlation whose rows are output pixels and whose columns are output channels.
///
/// Some channels of a band of source rows are arranged so that the channels of a pixel lie
/// together. What a window sees of one source row is then one run of memory, whatever the step of
/// the window: the block kernel follows a pointer for each pixel, and no position is computed in
/// vain. Channels-last results are written by the kernel, others are transposed.
///
/// Products are summed in the order (part of the channels, y, x, channel).
struct PixelCorrelation {
  /// Limits that were found by measuring; see Convolution.md.
  enum Limit {
    /// Channels of the source and rows of the product below which registers would stay empty.
    static let channels = 16
    static let rows = 16
    /// Products that are summed at one time.
    static let depth = 576
    /// Bytes of what is arranged, elements of the results of a unit, and units that are wanted.
    static let arrangedBytes = 160 << 10
    static let resultElements = 64 << 10
    static let units = 16
    /// Output pixels up to which images are taken together, and those of an image up to which
    /// windows of one element are better computed as a flat product.
    static let pixels = 256
    static let fewPixels = 64
    /// Columns that are not divided further.
    static let columns = 64
    static let chunks = 32
  }

  let base: Correlation
  /// The grid of one band.
  let grid: PatchGrid
  let imagesOfUnit: Int
  let rowsOfBand: Int
  let bands: Int
  /// Rows of the product (output channels) that a unit computes, whole panels.
  let columnsOfUnit: Int
  let columnBlocks: Int
  /// Channels of a group that are summed at one time.
  let channelParts: [Range<Int>]
  /// Taps along y and x in the order of what they see.
  let taps: [[(kernel: Int, shift: Int)]]

  /// `nil` if windows have gaps along x, channels are few, or windows are single pixels that can be
  /// read where they lie, or few. What is summed in which order is a function of shapes, not of
  /// memory order: single elements are summed as the other ways do.
  init?(_ base: Correlation) {
    let axes = base.grid.axes
    taps = axes.map { axis in axis.taps.sorted { $0.shift < $1.shift } }
    guard axes[0].count == 1, axes[0].span == 1, axes[0].low == 0,
      base.source.lengths[0] > 0, base.total > 0,
      base.channels >= Limit.channels, base.rows >= Limit.rows,
      8 * BlockPlan.roundUp(base.rows, to: base.nr / 2) <= 9 * base.rows,
      PixelCorrelation.spacing(taps[2]) == 1, PixelCorrelation.spacing(taps[1]) != nil,
      base.grid.taps > 1 || (!base.readsInPlace && base.grid.pixels > Limit.fewPixels)
    else { return nil }
    self.base = base
    channelParts = PixelCorrelation.parts(base)
    let widest = channelParts.map(\.count).max() ?? 0
    let (height, width) = (axes[1].count, axes[2].count)
    var (count, grid, rows) = (0, base.grid, height)
    func bytes() -> Int { grid.axes[1].span * grid.axes[2].span * widest * base.size }
    repeat {
      count += 1
      rows = BlockPlan.ceil(height, count)
      grid = base.grid.band(rows)
    } while rows > 1
      && (bytes() > Limit.arrangedBytes
        || rows * width * min(base.rows, 4 * base.nr) > Limit.resultElements)
    (self.grid, rowsOfBand, bands) = (grid, rows, BlockPlan.ceil(height, rows))
    let fitting = min(Limit.pixels / (rows * width), Limit.arrangedBytes / bytes())
    let images = base.source.images
    imagesOfUnit = bands > 1 ? 1 : BlockPlan.even(images, atMost: max(1, fitting))
    let items = BlockPlan.ceil(images, imagesOfUnit) * base.groups * bands
    let pixels = imagesOfUnit * rows * width
    var columns = base.rows
    while columns > Limit.columns
      && (items * BlockPlan.ceil(base.rows, columns) < Limit.units
        || columns * pixels > Limit.resultElements)
    {
      columns = BlockPlan.roundUp(BlockPlan.ceil(columns, 2), to: base.nr)
    }
    (columnsOfUnit, columnBlocks) = (columns, BlockPlan.ceil(base.rows, columns))
  }

  /// Which channels are summed at one time.
  private static func parts(_ base: Correlation) -> [Range<Int>] {
    let channels = base.channels
    if base.grid.taps == 1 {
      return stride(from: 0, to: channels, by: base.depth).map {
        $0..<min(channels, $0 + base.depth)
      }
    }
    let most = max(Limit.channels, Limit.depth / base.grid.taps / 16 * 16)
    let parts = BlockPlan.ceil(channels, most)
    return (0..<parts).map { $0 * channels / parts..<($0 + 1) * channels / parts }
  }

  /// How far neighbouring taps look apart; `nil` if that differs.
  private static func spacing(_ taps: [(kernel: Int, shift: Int)]) -> Int? {
    guard taps.count > 1 else { return 1 }
    let gap = taps[1].shift - taps[0].shift
    let isEven = taps.indices.dropFirst().allSatisfy {
      taps[$0].shift - taps[$0 - 1].shift == gap
    }
    return isEven ? gap : nil
  }

  var pixels: Int { rowsOfBand * grid.axes[2].count }
  private var arrangement: PixelArrangement { PixelArrangement(base, grid) }
  var places: Int { arrangement.places }
  var widest: Int { channelParts.map(\.count).max() ?? 0 }
  var tapCount: Int { base.grid.taps }
  var paddedRows: Int { BlockPlan.roundUp(base.rows, to: base.nr) }

  /// Whether the block kernel writes the output itself.
  private var writesDirectly: Bool {
    let output = base.output
    guard output.dtype == base.dtype, output.channelStride == 1, let stride = output.pixelStride,
      base.finish == nil
    else { return false }
    return imagesOfUnit == 1 || output.imageStride == stride * base.grid.pixels
  }

  /// Where the patches of the pixels of a unit begin, counted in pixels of what is arranged.
  private func pixelPlaces() -> [Int64] {
    let (y, x) = (grid.axes[1], grid.axes[2])
    var places: [Int64] = []
    places.reserveCapacity(imagesOfUnit * pixels)
    for image in 0..<imagesOfUnit {
      for row in 0..<rowsOfBand {
        for column in 0..<x.count {
          places.append(
            Int64(image * self.places + row * y.step * x.span + column * x.step))
        }
      }
    }
    return places
  }

  func run(in context: ParallelContext) {
    let weights = packPanels(in: context)
    defer { BufferPool.shared.deallocate(weights, byteCount: panelBytes) }
    let places = pixelPlaces()
    let narrow = channelParts.map(\.count).min() ?? 0
    let offsets = (places.map { $0 * Int64(narrow) }, places.map { $0 * Int64(widest) })
    let imageBlocks = BlockPlan.ceil(base.source.images, imagesOfUnit)
    let units = imageBlocks * base.groups * bands * columnBlocks
    let together = max(1, min(units / Limit.chunks, bands * columnBlocks))
    offsets.0.withUnsafeBufferPointer { narrowOffsets in
      offsets.1.withUnsafeBufferPointer { wideOffsets in
        let tables = Tables(
          weights: UnsafeRawPointer(weights), narrow: narrowOffsets.baseAddress!,
          wide: wideOffsets.baseAddress!)
        context.parallelFor(BlockPlan.ceil(units, together)) { chunk in
          compute(chunk * together..<min(units, (chunk + 1) * together), tables)
        }
      }
    }
  }

  /// Packed weights, and where patches begin for parts of either number of channels.
  struct Tables {
    let weights: UnsafeRawPointer
    let narrow: UnsafePointer<Int64>
    let wide: UnsafePointer<Int64>
  }

  /// What one call of the kernels computes.
  struct Unit {
    let images: Range<Int>
    let group: Int
    let rows: Range<Int>
    let columns: Range<Int>
  }

  /// What a loop over the output sees of one image of a unit.
  func box(_ unit: Unit, _ image: Int) -> BlockFinish.Box {
    let first = unit.group * base.rows
    let width = grid.axes[2].count
    return BlockFinish.Box(
      outer: image..<image + 1,
      rows: first + unit.columns.lowerBound..<first + unit.columns.upperBound,
      columns: unit.rows.lowerBound * width..<unit.rows.upperBound * width)
  }

  func unit(_ index: Int) -> Unit {
    let (rest, block) = (index / columnBlocks, index % columnBlocks)
    let (item, band) = (rest / bands, rest % bands)
    let first = item / base.groups * imagesOfUnit
    return Unit(
      images: first..<min(base.source.images, first + imagesOfUnit), group: item % base.groups,
      rows: band * rowsOfBand..<min(base.grid.axes[1].count, (band + 1) * rowsOfBand),
      columns: block * columnsOfUnit..<min(base.rows, (block + 1) * columnsOfUnit))
  }

  private func compute(_ units: Range<Int>, _ tables: Tables) {
    let size = base.size
    let arranged = imagesOfUnit * places * widest * size
    let row = widest * base.source.lengths[2] * size
    let block = imagesOfUnit * pixels * columnsOfUnit * size
    let turned = pixels * columnsOfUnit * size
    let bytes = arranged + row + block + turned
    let memory = BufferPool.shared.allocate(byteCount: bytes)
    defer { BufferPool.shared.deallocate(memory, byteCount: bytes) }
    let scratch = Scratch(
      arranged: memory, row: memory + arranged, block: memory + arranged + row,
      turned: memory + arranged + row + block)
    for index in units {
      let unit = unit(index)
      sum(unit, tables, scratch, next: index + 1 < units.upperBound ? self.unit(index + 1) : nil)
      if writesDirectly { continue }
      let first = unit.group * base.rows
      let block = PixelBlock(
        start: scratch.block, pixelPitch: columnsOfUnit, imagePitch: pixels * columnsOfUnit,
        turned: scratch.turned)
      base.store(
        block, unit.images, rows: unit.rows,
        channels: first + unit.columns.lowerBound..<first + unit.columns.upperBound)
    }
  }

  /// Memory of a chunk.
  struct Scratch {
    let arranged: UnsafeMutableRawPointer
    /// A line of the source in the type of the arithmetic.
    let row: UnsafeMutableRawPointer
    let block: UnsafeMutableRawPointer
    let turned: UnsafeMutableRawPointer
  }

  /// Sums the products of a unit, some channels at a time.
  private func sum(_ unit: Unit, _ tables: Tables, _ scratch: Scratch, next: Unit?) {
    let (size, width) = (base.size, grid.axes[2].count)
    var work = tandem_gemm_block()
    work.m = Int64(((unit.images.count - 1) * rowsOfBand + unit.rows.count) * width)
    (work.n, work.bPacked) = (Int64(unit.columns.count), 1)
    let channel = unit.group * base.rows + unit.columns.lowerBound
    if writesDirectly {
      let stride = base.output.pixelStride!
      work.c =
        base.output.place(unit.images.lowerBound, channel)
        + unit.rows.lowerBound * width * stride * size
      work.cRowStride = Int64(stride)
    } else {
      (work.c, work.cRowStride) = (scratch.block, Int64(columnsOfUnit))
    }
    let panels = unit.group * paddedRows * base.total
    work.a = UnsafeRawPointer(scratch.arranged)
    for (index, part) in channelParts.enumerated() {
      let first = unit.group * base.channels
      arrangement.copy(
        unit.images, fromRow: unit.rows.lowerBound,
        channels: first + part.lowerBound..<first + part.upperBound, to: scratch.arranged,
        line: scratch.row)
      work.aOffsets = part.count == widest ? tables.wide : tables.narrow
      work.k = Int64(tapCount * part.count)
      work.lineLength = Int64(taps[2].count * part.count)
      let gap = PixelCorrelation.spacing(taps[1])!
      work.linePitch = Int64(gap * grid.axes[2].span * part.count)
      let before = part.lowerBound * paddedRows + unit.columns.lowerBound * part.count
      work.b = tables.weights + (panels + before * tapCount) * size
      if index + 1 == channelParts.count {
        work.columnBias = base.bias.map { UnsafeRawPointer($0 + channel * size) }
        work.rectifies = base.rectifies ? 1 : 0
        if let next { fetch(next, channelParts[0], with: &work) }
        base.finish?.fetch(box(unit, unit.images.lowerBound), with: &work)
      } else {
        fetch(unit, channelParts[index + 1], with: &work)
      }
      base.kernels.block(&work)
      work.accumulates = 1
      (work.next.0, work.nextPieces.0) = (nil, 0)
    }
  }

  /// Lets `work` bring what will be arranged next to the cache.
  func fetch(_ unit: Unit, _ part: Range<Int>, with work: inout tandem_gemm_block) {
    let (source, axis) = (base.source, grid.axes[1])
    let first = axis.low + unit.rows.lowerBound * axis.step
    let rows = (first..<first + axis.span).clamped(to: 0..<source.lengths[1])
    let channel = unit.group * base.channels + part.lowerBound
    let bytes = source.dtype.byteCount
    if source.channelStride == 1 {
      let start =
        source.place(unit.images.lowerBound, channel) + rows.lowerBound * source.strides[1] * bytes
      work.next.0 = UnsafeRawPointer(start)
      let isRun = source.strides[2] == part.count
      work.nextBytes.0 = Int64(part.count * bytes * (isRun ? source.lengths[2] : 1))
      work.nextPitch.0 = Int64(source.strides[isRun ? 1 : 2] * bytes)
      work.nextPieces.0 = Int64(rows.count * (isRun ? 1 : source.lengths[2]))
    } else if let pieces = source.pieces(unit.images.lowerBound, channel, rows: rows) {
      (work.next.0, work.nextBytes.0, work.nextPitch.0) = (pieces.start, pieces.bytes, pieces.pitch)
      work.nextPieces.0 = Int64(part.count)
    }
  }
}
