import CTandem
import TandemShapes
import TandemThreads

/// How images come to lie with the channels of a pixel together, band by band, and with what
/// surrounds them.
struct PixelArrangement {
  let source: ImageView
  /// The grid of one band of output rows.
  let grid: PatchGrid
  let kernels: tandem_gemm_kernels
  /// The type of the arithmetic.
  let dtype: DType

  init(_ source: ImageView, _ grid: PatchGrid, _ kernels: tandem_gemm_kernels, _ dtype: DType) {
    (self.source, self.grid, self.kernels, self.dtype) = (source, grid, kernels, dtype)
  }

  /// What a correlation reads.
  init(_ base: Correlation, _ band: PatchGrid) {
    self.init(base.source, band, base.kernels, base.dtype)
  }

  private var size: Int { dtype.byteCount }

  /// Pixels of an arranged band of one image.
  var places: Int { grid.axes[1].span * grid.axes[2].span }

  /// Copies what the output rows from `row` on see of some channels. `line` has room for a line of
  /// the source in the type of the arithmetic.
  func copy(
    _ images: Range<Int>, fromRow row: Int, channels: Range<Int>,
    to arranged: UnsafeMutableRawPointer, line: UnsafeMutableRawPointer
  ) {
    let x = grid.axes[2]
    let pixelBytes = channels.count * size
    let lineBytes = x.span * pixelBytes
    let first = grid.axes[1].low + row * grid.axes[1].step
    let begin = min(max(0, -x.low), x.span)
    let end = max(begin, min(x.span, source.lengths[2] - x.low))
    for image in images {
      let to = arranged + (image - images.lowerBound) * places * pixelBytes
      let from = source.place(image, channels.lowerBound)
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
      copy(lines, channels.count, line)
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
  private func copy(_ lines: Lines, _ channels: Int, _ line: UnsafeMutableRawPointer) {
    let pitch = grid.axes[2].span
    var move = tandem_gemm_move()
    (move.m, move.toRowStride) = (Int64(channels), Int64(channels))
    if source.dtype == dtype && source.strides[2] == 1 && source.channelStride != 1 {
      move.fromRowStride = Int64(source.channelStride)
      (move.lineLength, move.linePitch) = (Int64(lines.count), Int64(pitch))
      let isWhole = source.strides[1] == lines.count
      let step = isWhole ? lines.rows.count : 1
      move.n = Int64(step * lines.count)
      for row in stride(from: lines.rows.lowerBound, to: lines.rows.upperBound, by: step) {
        move.from = lines.from + row * source.strides[1] * size
        move.to = lines.to + (row - lines.rows.lowerBound) * pitch * channels * size
        kernels.transpose(&move)
      }
      return
    }
    for row in lines.rows {
      let from = lines.from + row * source.strides[1] * source.dtype.byteCount
      let to = lines.to + (row - lines.rows.lowerBound) * pitch * channels * size
      if source.channelStride == 1 {
        let isRun = source.strides[2] == channels
        tandem_gemm_load(
          from, Int64(source.strides[2]), 1, to, Int64(channels),
          Int64(isRun ? 1 : lines.count), Int64(isRun ? lines.count * channels : channels),
          Int32(source.dtype.rawValue))
        continue
      }
      tandem_gemm_load(
        from, Int64(source.channelStride), Int64(source.strides[2]), line,
        Int64(lines.count), Int64(channels), Int64(lines.count), Int32(source.dtype.rawValue))
      (move.from, move.fromRowStride) = (UnsafeRawPointer(line), Int64(lines.count))
      (move.to, move.n) = (to, Int64(lines.count))
      kernels.transpose(&move)
    }
  }
}
