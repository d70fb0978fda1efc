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

/// Weights in panels of rows, one set for each group and block of rows, shared by all images.
struct PackedWeights {
  let pointer: UnsafeMutableRawPointer
  let byteCount: Int
  /// Rows of a group and of a block of them.
  let rows: Int
  let rowsOfBlock: Int
  let total: Int
  let size: Int

  /// How many blocks of rows a group has.
  var blocks: Int { BlockPlan.ceil(rows, rowsOfBlock) }

  /// The rows of a block, counted within the group.
  func rows(_ block: Int) -> Range<Int> {
    block * rowsOfBlock..<min(rows, (block + 1) * rowsOfBlock)
  }

  /// Where the panels of a block of rows for `k` in `range` begin.
  func panels(group: Int, _ block: Int, _ range: Range<Int>) -> UnsafeRawPointer {
    let some = rows(block)
    let place = (group * rows + some.lowerBound) * total + range.lowerBound * some.count
    return UnsafeRawPointer(pointer + place * size)
  }
}
