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

  /// Lets `work` bring what the next unit will arrange to the cache.
  func fetch(_ unit: Int?, with work: inout tandem_gemm_block) {
    guard let unit, !isInPlace else { return }
    let (item, band) = (unit / bands, unit % bands)
    let axis = grid.axes[1]
    let first = axis.low + band * rowsOfBand * axis.step
    guard
      let pieces = base.source.pieces(
        item / base.groups, item % base.groups * base.channels, rows: first..<first + axis.span)
    else { return }
    (work.next.0, work.nextBytes.0, work.nextPitch.0) = (pieces.start, pieces.bytes, pieces.pitch)
    work.nextPieces.0 = Int64(base.channels)
  }

  /// Writes those of the computed positions that are output pixels, of some channels.
  func store(
    _ block: UnsafeMutableRawPointer, at place: Place, _ rows: Range<Int>, _ some: Range<Int>
  ) {
    let width = grid.axes[2].count
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

  /// Filters whole channels, some of one image at a time.
  func filter(
    _ units: Range<Int>, _ scratch: Scratch, _ weights: PackedWeights,
    _ tables: Correlation.Tables
  ) {
    var unit = units.lowerBound
    while unit < units.upperBound {
      let (image, group) = (unit / base.groups, unit % base.groups)
      let count = min(filtersTogether, units.upperBound - unit, base.groups - group)
      let some = group..<group + count
      grid.arrange(base.source, image: image, channels: some, to: scratch.arranged)
      filter(image, some, 0, 0..<rowsOfBand, scratch, weights, tables)
      unit += count
    }
  }

  /// Filters some rows of a plane of some channels.
  func filter(
    _ image: Int, _ some: Range<Int>, _ plane: Int, _ lines: Range<Int>, _ scratch: Scratch,
    _ weights: PackedWeights, _ tables: Correlation.Tables
  ) {
    let (output, width) = (base.output, grid.axes[2].count)
    let direct =
      output.dtype == base.dtype && output.strides[2] == 1 && base.finish == nil && !base.rectifies
    var work = tandem_gemm_depthwise()
    work.image = UnsafeRawPointer(
      scratch.arranged + plane * grid.axes[0].step * grid.planePitch * base.size)
    (work.pitch, work.offsets) = (Int64(grid.phaseLength), tables.taps!)
    (work.taps, work.lines, work.length) = (Int64(base.total), Int64(lines.count), Int64(width))
    (work.channels, work.imageChannelPitch) = (Int64(some.count), Int64(grid.channelPitch))
    work.weights = weights.panels(group: some.lowerBound, 0, 0..<base.total)
    work.bias = base.bias.map { UnsafeRawPointer($0 + some.lowerBound * base.size) }
    let place = plane * output.strides[0] + lines.lowerBound * output.strides[1]
    work.to = direct ? output.place(image, some.lowerBound) + place * base.size : scratch.block
    work.toPitch = Int64(direct ? output.strides[1] : width)
    work.toChannelPitch = Int64(direct ? output.channelStride : lines.count * width)
    base.kernels.filter(&work)
    if direct { return }
    if base.rectifies {
      let count = some.count * lines.count * width
      tandem_gemm_rectify(scratch.block, Int64(count), Int32(base.dtype.rawValue))
    }
    let pixel = (plane * base.grid.axes[1].count + lines.lowerBound) * width
    base.store(
      scratch.block, rowStride: lines.count * width, image, some,
      pixel..<pixel + lines.count * width)
  }
}
