import CTandem
import TandemShapes

// Images whose channels lie together in memory are arranged by transposing lines of pixels.

extension PatchGrid {
  /// Whether lines of an image can be transposed.
  func isTurned(_ view: ImageView, _ channels: Int) -> Bool {
    view.channelStride == 1 && channels > 1 && axes[0].span == 1 && axes[0].low == 0
      && view.lengths[0] > 0
      && axes[1].step == 1 && axes[2].step == 1 && [.float32, .float64].contains(view.dtype)
  }

  /// Copies some channels of a channels-last image into the arrangement.
  func turn(
    _ view: ImageView, image: Int, channels: Range<Int>, firstRow: Int,
    to: UnsafeMutableRawPointer
  ) {
    let size = view.dtype.byteCount
    let kernels = tandem_gemm_kernels_for(tandem_gemm_level(), Int32(view.dtype.rawValue)).pointee
    to.initializeMemory(
      as: UInt8.self, repeating: 0, count: channels.count * channelPitch * size)
    let first = axes[1].low + firstRow
    let columns = (axes[2].low..<axes[2].low + axes[2].span).clamped(to: 0..<view.lengths[2])
    let rows = (first..<first + axes[1].span).clamped(to: 0..<view.lengths[1])
    if columns.isEmpty { return }
    let from = view.place(image, channels.lowerBound)
    var move = tandem_gemm_move()
    (move.m, move.n) = (Int64(columns.count), Int64(channels.count))
    (move.fromRowStride, move.toRowStride) = (Int64(view.strides[2]), Int64(channelPitch))
    for row in rows {
      let place = row * view.strides[1] + columns.lowerBound * view.strides[2]
      move.from = UnsafeRawPointer(from + place * size)
      move.to =
        to + ((row - first) * phaseLength + columns.lowerBound - axes[2].low) * size
      kernels.transpose(&move)
    }
  }
}
