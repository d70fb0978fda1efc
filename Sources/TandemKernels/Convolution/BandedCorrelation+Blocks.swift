import CTandem
import TandemShapes

// Where the block kernel finds patches, and how a block of positions becomes output pixels.

extension BandedCorrelation {
  /// Points the kernel at the patches of some positions for some taps, packing them if need be.
  func point(
    _ work: inout tandem_gemm_block, at place: Place, _ some: Range<Int>, _ range: Range<Int>,
    _ scratch: Scratch, _ tables: Correlation.Tables
  ) {
    let size = base.size
    if isInPlace {
      let from = base.source.place(place.image, place.group * base.channels + range.lowerBound)
      work.b = UnsafeRawPointer(from + (place.firstPixel + some.lowerBound) * size)
      (work.bStride, work.edge) = (Int64(base.source.channelStride), scratch.patches)
      return
    }
    let plane = place.plane * grid.axes[0].step * grid.planePitch
    if isDirect {
      work.b = UnsafeRawPointer(scratch.arranged + (plane + some.lowerBound) * size)
      work.bOffsets = tables.taps.map { $0 + range.lowerBound }
      return
    }
    let before = place.plane * rowsOfBand * grid.axes[2].count
    base.packPatches(
      scratch.patches, before + some.lowerBound..<before + some.upperBound, range,
      scratch.arranged, tables)
    (work.b, work.bPacked) = (UnsafeRawPointer(scratch.patches), 1)
  }

  /// Writes those of the computed positions that are output pixels.
  func store(
    _ block: UnsafeMutableRawPointer, at place: Place, _ some: Range<Int>
  ) {
    let width = grid.axes[2].count
    let rows = place.group * base.rows..<(place.group + 1) * base.rows
    if pitch == width {
      let pixels = place.firstPixel + some.lowerBound..<place.firstPixel + some.upperBound
      return base.store(block, rowStride: positionsOfBlock, place.image, rows, pixels)
    }
    for line in some.lowerBound / pitch...(some.upperBound - 1) / pitch {
      let start = max(some.lowerBound, line * pitch)
      let end = min(some.upperBound, line * pitch + width)
      if start >= end { continue }
      let pixel = place.firstPixel + line * width + start - line * pitch
      base.store(
        block + (start - some.lowerBound) * base.size, rowStride: positionsOfBlock, place.image,
        rows, pixel..<pixel + end - start)
    }
  }
}
