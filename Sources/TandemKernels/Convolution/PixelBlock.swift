import CTandem

/// Where results of some output rows of some images lie: pixel after pixel.
struct PixelBlock {
  let start: UnsafeMutableRawPointer
  /// Elements from one pixel, and from one image, to the next.
  let pixelPitch: Int
  let imagePitch: Int
  /// Room for the results of one image, transposed.
  let turned: UnsafeMutableRawPointer
}

extension Correlation {
  /// Writes what was computed for some channels of the output, transposed.
  func store(_ block: PixelBlock, _ images: Range<Int>, rows: Range<Int>, channels: Range<Int>) {
    let width = grid.axes[2].count
    let (count, pixel) = (rows.count * width, rows.lowerBound * width)
    let direct = output.dtype == dtype && output.pixelStride == 1 && finish == nil
    var move = tandem_gemm_move()
    (move.fromRowStride, move.m, move.n) = (
      Int64(block.pixelPitch), Int64(count), Int64(channels.count)
    )
    for image in images {
      move.from = UnsafeRawPointer(
        block.start + (image - images.lowerBound) * block.imagePitch * size)
      if direct {
        (move.to, move.toRowStride) = (
          output.place(image, channels.lowerBound) + pixel * size,
          Int64(output.channelStride)
        )
        kernels.transpose(&move)
        continue
      }
      (move.to, move.toRowStride) = (block.turned, Int64(count))
      kernels.transpose(&move)
      store(block.turned, rowStride: count, image, channels, pixel..<pixel + count)
    }
  }
}
