import CTandem
import TandemShapes
import TandemThreads

// How images and results of a correlation over pixels are moved.

extension PixelCorrelation {
  /// Copies some channels of the rows that a unit sees, so that those of one pixel lie together.
  func arrange(_ unit: Unit, _ part: Range<Int>, _ scratch: Scratch) {
    let (source, x) = (base.source, grid.axes[2])
    let pixelBytes = part.count * base.size
    let lineBytes = x.span * pixelBytes
    let first = grid.axes[1].low + unit.rows.lowerBound * grid.axes[1].step
    let begin = min(max(0, -x.low), x.span)
    let end = max(begin, min(x.span, source.lengths[2] - x.low))
    for image in unit.images {
      let to = scratch.arranged + (image - unit.images.lowerBound) * places * pixelBytes
      let from = source.place(image, unit.group * base.channels + part.lowerBound)
      let inside = (first..<first + grid.axes[1].span).clamped(to: 0..<source.lengths[1])
      for line in 0..<grid.axes[1].span {
        let row = to + line * lineBytes
        if !inside.contains(first + line) {
          row.initializeMemory(as: UInt8.self, repeating: 0, count: lineBytes)
          continue
        }
        row.initializeMemory(as: UInt8.self, repeating: 0, count: begin * pixelBytes)
        (row + end * pixelBytes).initializeMemory(
          as: UInt8.self, repeating: 0, count: (x.span - end) * pixelBytes)
      }
      if inside.isEmpty || end == begin { continue }
      let lines = Lines(
        from: UnsafeRawPointer(from + (x.low + begin) * source.strides[2] * source.dtype.byteCount),
        rows: inside, count: end - begin,
        to: to + (inside.lowerBound - first) * lineBytes + begin * pixelBytes)
      copy(lines, part.count, scratch)
    }
  }

  /// Parts of some rows of an image.
  private struct Lines {
    let from: UnsafeRawPointer
    let rows: Range<Int>
    let count: Int
    let to: UnsafeMutableRawPointer
  }

  /// Copies lines of `channels` channels.
  private func copy(_ lines: Lines, _ channels: Int, _ scratch: Scratch) {
    let source = base.source
    let pitch = grid.axes[2].span
    var move = tandem_gemm_move()
    (move.m, move.toRowStride) = (Int64(channels), Int64(channels))
    if source.dtype == base.dtype && source.strides[2] == 1 && source.channelStride != 1 {
      move.fromRowStride = Int64(source.channelStride)
      (move.lineLength, move.linePitch) = (Int64(lines.count), Int64(pitch))
      let isWhole = source.strides[1] == lines.count
      let step = isWhole ? lines.rows.count : 1
      move.n = Int64(step * lines.count)
      for row in stride(from: lines.rows.lowerBound, to: lines.rows.upperBound, by: step) {
        move.from = lines.from + row * source.strides[1] * base.size
        move.to = lines.to + (row - lines.rows.lowerBound) * pitch * channels * base.size
        base.kernels.transpose(&move)
      }
      return
    }
    for row in lines.rows {
      let from = lines.from + row * source.strides[1] * source.dtype.byteCount
      let to = lines.to + (row - lines.rows.lowerBound) * pitch * channels * base.size
      if source.channelStride == 1 {
        let isRun = source.strides[2] == channels
        tandem_gemm_load(
          from, Int64(source.strides[2]), 1, to, Int64(channels),
          Int64(isRun ? 1 : lines.count), Int64(isRun ? lines.count * channels : channels),
          Int32(source.dtype.rawValue))
        continue
      }
      tandem_gemm_load(
        from, Int64(source.channelStride), Int64(source.strides[2]), scratch.row,
        Int64(lines.count), Int64(channels), Int64(lines.count), Int32(source.dtype.rawValue))
      (move.from, move.fromRowStride) = (UnsafeRawPointer(scratch.row), Int64(lines.count))
      (move.to, move.n) = (to, Int64(lines.count))
      base.kernels.transpose(&move)
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

  /// Writes what was computed for a unit, transposed.
  func store(_ unit: Unit, _ scratch: Scratch) {
    let (output, size) = (base.output, base.size)
    let count = unit.rows.count * grid.axes[2].count
    let pixel = unit.rows.lowerBound * grid.axes[2].count
    let first = unit.group * base.rows
    let rows = first + unit.columns.lowerBound..<first + unit.columns.upperBound
    let direct = output.dtype == base.dtype && output.pixelStride == 1 && base.finish == nil
    var move = tandem_gemm_move()
    (move.fromRowStride, move.m, move.n) = (
      Int64(columnsOfUnit), Int64(count), Int64(unit.columns.count)
    )
    for image in unit.images {
      let block = (image - unit.images.lowerBound) * pixels * columnsOfUnit * size
      move.from = UnsafeRawPointer(scratch.block + block)
      if direct {
        (move.to, move.toRowStride) = (
          output.place(image, rows.lowerBound) + pixel * size, Int64(output.channelStride)
        )
        base.kernels.transpose(&move)
        continue
      }
      (move.to, move.toRowStride) = (scratch.turned, Int64(count))
      base.kernels.transpose(&move)
      base.store(scratch.turned, rowStride: count, image, rows, pixel..<pixel + count)
    }
  }
}
