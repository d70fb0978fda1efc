import CTandem
import TandemShapes
import TandemThreads

/// A correlation over small images: the output pixels of several images are the columns of one
/// product, so that panels are full. Images are arranged first; then a chunk packs the patches of
/// some columns and computes some rows.
struct FlattenedCorrelation {
  /// Limits that were found by measuring; see Convolution.md.
  private enum Limit {
    /// Output pixels of an image up to which images may be taken together.
    static let pixels = 256
    /// Rows below which packing costs too much.
    static let rows = 24
    /// Elements of arranged images.
    static let arranged = 4 << 20
    /// Images × groups up to which cutting by images leaves threads idle.
    static let fewItems = 12
    /// Columns and rows of a block, and blocks that are wanted.
    static let columns = 128
    static let blocks = 12
  }

  private let base: Correlation
  private let imagesOfRound: Int
  private let rowsOfBlock: Int
  private let columnBlocks: Int

  /// `nil` if images are better computed one by one.
  init?(_ base: Correlation) {
    let pixels = base.grid.pixels
    let images = base.source.images
    let pitch = max(1, base.grid.channelPitch * base.channels)
    guard base.groups == 1, base.rows >= Limit.rows, base.total > 0, pixels <= Limit.pixels
    else { return nil }
    let waste = BlockPlan.roundUp(pixels, to: base.nr) - pixels
    guard images <= Limit.fewItems || 16 * waste > pixels else { return nil }
    self.base = base
    imagesOfRound = BlockPlan.even(images, atMost: max(1, Limit.arranged / pitch))
    let columns = BlockPlan.ceil(imagesOfRound * pixels, base.nr)
    columnBlocks = max(1, (columns * base.nr + Limit.columns / 2) / Limit.columns)
    let mr = Int(base.kernels.mr)
    var rows = BlockPlan.even(base.rows, atMost: 2 * BlockPlan.Limit.rows)
    while columnBlocks * BlockPlan.ceil(base.rows, rows) < Limit.blocks && rows > 2 * mr {
      rows = BlockPlan.ceil(rows, 2)
    }
    rowsOfBlock = rows
  }

  /// Columns of a round with so many images, filled up to whole panels.
  private func padded(_ images: Int) -> Int {
    BlockPlan.roundUp(images * base.grid.pixels, to: base.nr)
  }

  private var imagePitch: Int { base.grid.channelPitch * base.channels }

  func run(in context: ParallelContext) {
    let pool = BufferPool.shared
    let weights = base.packWeights(rowsOfBlock: rowsOfBlock, in: context)
    defer { pool.deallocate(weights.pointer, byteCount: weights.byteCount) }
    let arrangedBytes = (imagePitch * imagesOfRound + 2 * base.nr) * base.size
    let arranged = pool.allocate(byteCount: arrangedBytes)
    defer { pool.deallocate(arranged, byteCount: arrangedBytes) }
    let pixels = base.grid.pixelOffsets()
    let positions = (0..<imagesOfRound).flatMap { image in
      pixels.map { $0 + Int64(image * imagePitch) }
    }
    positions.withUnsafeBufferPointer { positions in
      base.patchOffsets.withUnsafeBufferPointer { taps in
        let tables = Correlation.Tables(positions: positions.baseAddress!, taps: taps.baseAddress)
        for first in stride(from: 0, to: base.source.images, by: imagesOfRound) {
          let images = first..<min(base.source.images, first + imagesOfRound)
          arrange(images, arranged, in: context)
          compute(images, weights, arranged, tables, in: context)
        }
      }
    }
  }

  private func arrange(
    _ images: Range<Int>, _ arranged: UnsafeMutableRawPointer, in context: ParallelContext
  ) {
    let together = max(1, (1 << 14) / max(base.grid.channelPitch, 1))
    let parts = BlockPlan.ceil(base.channels, together)
    context.parallelFor(images.count * parts) { chunk in
      let (index, part) = (chunk / parts, chunk % parts)
      let some = part * together..<min(base.channels, (part + 1) * together)
      base.arrange(
        images.lowerBound + index, 0, some, arranged + index * imagePitch * base.size)
    }
  }

  /// Columns of a block: whole panels, divided evenly.
  private func columns(_ block: Int, _ images: Int) -> Range<Int> {
    let panels = padded(images) / base.nr
    let (first, end) = (block * panels / columnBlocks, (block + 1) * panels / columnBlocks)
    return first * base.nr..<min(images * base.grid.pixels, end * base.nr)
  }

  private func compute(
    _ images: Range<Int>, _ weights: PackedWeights, _ arranged: UnsafeMutableRawPointer,
    _ tables: Correlation.Tables, in context: ParallelContext
  ) {
    context.parallelFor(columnBlocks * weights.blocks) { chunk in
      let some = columns(chunk % columnBlocks, images.count)
      if some.isEmpty { return }
      let rows = weights.rows(chunk / columnBlocks)
      let patchBytes = BlockPlan.roundUp(some.count, to: base.nr) * base.depth * base.size
      let bytes = rows.count * some.count * base.size
      let patches = BufferPool.shared.allocate(byteCount: patchBytes + bytes)
      defer { BufferPool.shared.deallocate(patches, byteCount: patchBytes + bytes) }
      var work = tandem_gemm_block()
      (work.m, work.n) = (Int64(rows.count), Int64(some.count))
      (work.aPacked, work.bPacked) = (1, 1)
      (work.c, work.cRowStride) = (patches + patchBytes, Int64(some.count))
      for tap in stride(from: 0, to: base.total, by: base.depth) {
        let range = tap..<min(base.total, tap + base.depth)
        base.packPatches(patches, some, range, arranged, tables)
        work.a = weights.panels(group: 0, chunk / columnBlocks, range)
        work.b = UnsafeRawPointer(patches)
        work.k = Int64(range.count)
        if range.upperBound == base.total {
          work.rowBias = base.bias.map { UnsafeRawPointer($0 + rows.lowerBound * base.size) }
          work.rectifies = base.rectifies ? 1 : 0
        }
        base.kernels.block(&work)
        work.accumulates = 1
      }
      store(patches + patchBytes, images.lowerBound, rows, some)
    }
  }

  /// Writes a block, image by image.
  private func store(
    _ block: UnsafeMutableRawPointer, _ firstImage: Int, _ rows: Range<Int>, _ some: Range<Int>
  ) {
    let pixels = base.grid.pixels
    for image in some.lowerBound / pixels...(some.upperBound - 1) / pixels {
      let start = max(some.lowerBound, image * pixels)
      let end = min(some.upperBound, (image + 1) * pixels)
      base.store(
        block + (start - some.lowerBound) * base.size, rowStride: some.count, firstImage + image,
        rows, start - image * pixels..<end - image * pixels)
    }
  }
}
