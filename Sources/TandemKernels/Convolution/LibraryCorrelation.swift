import CTandem
import TandemShapes
import TandemThreads

/// A correlation whose products oneDNN computes, one of its threads in each of ours.
///
/// Work is cut as for our own kernels: a band of rows of an image is arranged with the channels of
/// a pixel together and with the zeros around the image, and that is one convolution without
/// padding to the library. So bits follow from shapes, whatever the memory order of the operands
/// and the number of threads. Bias and what follows are added by our own kernels. All bands have
/// one height, for which the library makes code once: the last one begins earlier where heights do
/// not divide.
struct LibraryCorrelation {
  /// Limits that were found by measuring; see Convolution.md.
  enum Limit {
    /// Bytes of what is arranged and of the results of a unit, and units that are wanted.
    static let bytes = 320 << 10
    static let units = 16
    /// Output pixels of a unit that is not divided further along rows, and outputs of one that is
    /// not divided further at all.
    static let pixels = 128
    static let outputs = 32
    /// Outputs in whose multiples weights are divided to be moved.
    static let movedOutputs = 64
  }

  /// Images, rows and a part of the outputs that one call of the library computes, and those of
  /// them that no other unit computes.
  struct Unit {
    let images: Range<Int>
    let rows: Range<Int>
    let part: Int
    let ownImages: Range<Int>
    let ownRows: Range<Int>
  }

  let base: Correlation
  let taps: [[(kernel: Int, shift: Int)]]
  let arrangement: PixelArrangement
  let imagesOfUnit: Int
  let rowsOfBand: Int
  /// Parts of the groups, or of the outputs where there is one group.
  let parts: Int

  /// `nil` if the library is not to be asked.
  init?(_ base: Correlation) {
    let axes = base.grid.axes
    taps = axes.map { axis in axis.taps.sorted { $0.shift < $1.shift } }
    guard base.total > 0 else { return nil }
    let inOrder = taps.allSatisfy { $0[0].kernel <= $0[$0.count - 1].kernel }
    guard base.library.computes(base, inOrder: inOrder), LibraryCorrelation.fits(base),
      taps.allSatisfy({ LibraryCorrelation.spacing($0) != nil })
    else { return nil }
    self.base = base
    let (height, width, outputs) = (axes[1].count, axes[2].count, base.output.channels)
    var (rows, grid) = (height, base.grid)
    func bytes() -> Int {
      4 * max(grid.axes[1].span * grid.axes[2].span * base.source.channels, rows * width * outputs)
    }
    var images = base.source.images
    var bands = 1
    while rows > 1
      && (bytes() > Limit.bytes || (images * bands < Limit.units && rows * width > Limit.pixels))
    {
      bands += 1
      rows = BlockPlan.ceil(height, bands)
      grid = base.grid.band(rows)
    }
    bands = BlockPlan.ceil(height, rows)
    (rowsOfBand, arrangement) = (rows, PixelArrangement(base, grid))
    let fitting = min(Limit.pixels / (rows * width), Limit.bytes / bytes(), images / Limit.units)
    imagesOfUnit = bands > 1 ? 1 : max(1, fitting)
    images = BlockPlan.ceil(images, imagesOfUnit)
    parts = LibraryCorrelation.parts(base, units: images * bands)
  }

  /// Which correlations the library can be asked for: a function of shapes and dtypes alone.
  private static func fits(_ base: Correlation) -> Bool {
    let axes = base.grid.axes
    return base.source.dtype == .float32 && base.output.dtype == .float32
      && base.weight.dtype == .float32 && axes[0].count == 1 && axes[0].span == 1
      && axes[0].low == 0 && base.source.lengths[0] > 0
      && base.grid.taps > 1
  }

  /// How far neighbouring taps look apart; `nil` if that differs.
  private static func spacing(_ taps: [(kernel: Int, shift: Int)]) -> Int? {
    guard taps.count > 1 else { return 1 }
    let gap = taps[1].shift - taps[0].shift
    let isEven = taps.indices.dropFirst().allSatisfy { taps[$0].shift - taps[$0 - 1].shift == gap }
    return isEven ? gap : nil
  }

  private static func parts(_ base: Correlation, units: Int) -> Int {
    let divided = base.groups > 1 ? base.groups : base.rows
    let least = base.groups > 1 ? BlockPlan.ceil(Limit.outputs, base.rows) : Limit.outputs
    var parts = 1
    while units * parts < Limit.units, divided % (2 * parts) == 0, divided / (2 * parts) >= least {
      parts *= 2
    }
    return parts
  }

  var groupsOfPart: Int { base.groups > 1 ? base.groups / parts : 1 }
  var outputsOfPart: Int { base.output.channels / parts }
  var channelsOfPart: Int { base.channels * groupsOfPart }
  private var width: Int { arrangement.grid.axes[2].count }
  private var bands: Int { BlockPlan.ceil(base.grid.axes[1].count, rowsOfBand) }

  /// What the library is asked for a weight that lies like this.
  func problem(_ weight: PlainWeight, moved: Int) -> OneDNNProblem {
    let axes = arrangement.grid.axes
    return OneDNNProblem(
      images: imagesOfUnit, channels: channelsOfPart, outputs: outputsOfPart, groups: groupsOfPart,
      input: axes.map(\.span), output: [1, rowsOfBand, width], kernel: taps.map(\.count),
      stride: [1, axes[1].step, axes[2].step],
      dilation: taps.map { LibraryCorrelation.spacing($0)! }, weightStrides: weight.strides,
      weightParts: moved)
  }

  /// Whether the library writes the output itself.
  private var writesDirectly: Bool {
    let output = base.output
    guard output.channelStride == 1, output.pixelStride == output.channels, parts == 1,
      base.finish == nil
    else { return false }
    return imagesOfUnit == 1 || output.imageStride == output.channels * base.grid.pixels
  }

  private func unit(_ index: Int) -> Unit {
    let (rest, part) = (index / parts, index % parts)
    let (block, band) = (rest / bands, rest % bands)
    let (height, count) = (base.grid.axes[1].count, base.source.images)
    let ownImages = block * imagesOfUnit..<min(count, (block + 1) * imagesOfUnit)
    let ownRows = band * rowsOfBand..<min(height, (band + 1) * rowsOfBand)
    return Unit(
      images: ownImages.upperBound - imagesOfUnit..<ownImages.upperBound,
      rows: ownRows.upperBound - rowsOfBand..<ownRows.upperBound, part: part,
      ownImages: ownImages, ownRows: ownRows)
  }

  /// Whether the library has fast code and the output was computed.
  func run(in context: ParallelContext) -> Bool {
    let plain = PlainWeight(self, in: context)
    defer { plain.deallocate() }
    guard let (convolution, moved) = convolution(for: plain) else { return false }
    let pool = BufferPool.shared
    let partBytes = BlockPlan.roundUp(convolution.weightBytes, to: 64)
    let weights = pool.allocate(byteCount: parts * partBytes)
    defer { pool.deallocate(weights, byteCount: parts * partBytes) }
    context.parallelFor(parts * moved) { chunk in
      let part = chunk / moved
      convolution.move(chunk % moved, plain: plain.part(part), packed: weights + part * partBytes)
    }
    let units = BlockPlan.ceil(base.source.images, imagesOfUnit) * bands * parts
    let together = max(1, units / 64)
    context.parallelFor(BlockPlan.ceil(units, together)) { chunk in
      let scratch = Scratch(self, convolution)
      defer { scratch.deallocate() }
      for index in chunk * together..<min(units, (chunk + 1) * together) {
        let unit = unit(index)
        compute(unit, convolution, weights + unit.part * partBytes, scratch)
      }
    }
    return true
  }

  /// The library's convolution, and in how many parts weights are moved.
  private func convolution(for weight: PlainWeight) -> (OneDNNConvolution, Int)? {
    let divided = groupsOfPart > 1 ? groupsOfPart : outputsOfPart
    var moved = max(1, divided / Limit.movedOutputs)
    if divided % moved != 0 { moved = 1 }
    if moved > 1, let found = OneDNNConvolution.of(problem(weight, moved: moved)) {
      return (found, moved)
    }
    return OneDNNConvolution.of(problem(weight, moved: 1)).map { ($0, 1) }
  }

  /// Memory of a chunk.
  private struct Scratch {
    let arranged: UnsafeMutableRawPointer
    let line: UnsafeMutableRawPointer
    let block: UnsafeMutableRawPointer
    let turned: UnsafeMutableRawPointer
    let library: UnsafeMutableRawPointer
    private let byteCount: Int

    init(_ correlation: LibraryCorrelation, _ convolution: OneDNNConvolution) {
      let images = correlation.imagesOfUnit
      let pixels = correlation.rowsOfBand * correlation.width
      let sizes = [
        images * correlation.arrangement.places * correlation.channelsOfPart * 4,
        correlation.channelsOfPart * correlation.base.source.lengths[2] * 4,
        images * pixels * correlation.outputsOfPart * 4, pixels * correlation.outputsOfPart * 4,
        convolution.scratchBytes,
      ].map { BlockPlan.roundUp(max($0, 1), to: 64) }
      byteCount = sizes.reduce(0, +)
      arranged = BufferPool.shared.allocate(byteCount: byteCount)
      line = arranged + sizes[0]
      block = line + sizes[1]
      turned = block + sizes[2]
      library = turned + sizes[3]
    }

    func deallocate() { BufferPool.shared.deallocate(arranged, byteCount: byteCount) }
  }

  private func compute(
    _ unit: Unit, _ convolution: OneDNNConvolution, _ weight: UnsafeMutableRawPointer,
    _ scratch: Scratch
  ) {
    let channels = base.groups > 1 ? unit.part * channelsOfPart : 0
    arrangement.copy(
      unit.images, fromRow: unit.rows.lowerBound, channels: channels..<channels + channelsOfPart,
      to: scratch.arranged, line: scratch.line)
    let first = unit.part * outputsOfPart
    let isOwn = unit.images == unit.ownImages && unit.rows == unit.ownRows
    let direct = writesDirectly && isOwn
    var block = scratch.block
    if direct {
      block =
        base.output.place(unit.images.lowerBound, first)
        + unit.rows.lowerBound * width * outputsOfPart * 4
    }
    convolution.run(
      input: scratch.arranged, weight: weight, output: block, scratch: scratch.library)
    finish(block, first)
    if direct { return }
    let imagePitch = rowsOfBand * width * outputsOfPart
    let skipped =
      (unit.ownImages.lowerBound - unit.images.lowerBound) * imagePitch
      + (unit.ownRows.lowerBound - unit.rows.lowerBound) * width * outputsOfPart
    base.store(
      PixelBlock(
        start: block + skipped * 4, pixelPitch: outputsOfPart, imagePitch: imagePitch,
        turned: scratch.turned),
      unit.ownImages, rows: unit.ownRows, channels: first..<first + outputsOfPart)
  }

  /// Adds the bias to the results of a unit, and rectifies them.
  private func finish(_ block: UnsafeMutableRawPointer, _ firstOutput: Int) {
    guard base.bias != nil || base.rectifies else { return }
    var work = tandem_gemm_block()
    work.m = Int64(imagesOfUnit * rowsOfBand * width)
    (work.n, work.accumulates) = (Int64(outputsOfPart), 1)
    (work.aPacked, work.bPacked) = (1, 1)
    (work.a, work.b) = (UnsafeRawPointer(block), UnsafeRawPointer(block))
    (work.c, work.cRowStride) = (block, Int64(outputsOfPart))
    work.columnBias = base.bias.map { UnsafeRawPointer($0 + firstOutput * 4) }
    work.rectifies = base.rectifies ? 1 : 0
    base.kernels.block(&work)
  }
}
