import CTandem
import TandemShapes

/// The weight of a convolution, `[out, channels of a group, z, y, x]`; absent axes have length one.
struct WeightView {
  var start: UnsafeMutableRawPointer
  var dtype: DType
  var outputs: Int
  var channels: Int
  var outputStride: Int
  var channelStride: Int
  var lengths: [Int]
  var strides: [Int]

  init(_ operand: Operand) {
    let view = ImageView(operand)
    (start, dtype) = (view.start, view.dtype)
    (outputs, channels) = (view.images, view.channels)
    (outputStride, channelStride) = (view.imageStride, view.channelStride)
    (lengths, strides) = (view.lengths, view.strides)
  }
}

/// Weights in panels of rows, one set for each group, shared by all images.
struct PackedWeights {
  let pointer: UnsafeMutableRawPointer
  let byteCount: Int
  let rows: Int
  let depth: Int
  let total: Int
  let size: Int

  /// Where the panels of a group for `k` in `range` begin.
  func panels(group: Int, _ range: Range<Int>) -> UnsafeRawPointer {
    UnsafeRawPointer(pointer + (group * total + range.lowerBound) * rows * size)
  }
}
