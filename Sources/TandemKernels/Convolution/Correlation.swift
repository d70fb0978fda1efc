import CTandem
import TandemShapes
import TandemThreads

/// One spatial axis of a correlation: output position `t` and tap `i` meet at image position
/// `t · step + shifts[i]`.
struct CorrelationAxis {
  /// Output positions.
  var count: Int
  var step: Int
  /// Which kernel index each tap uses, and where it looks.
  var taps: [(kernel: Int, shift: Int)]
  /// Where output position `t` is stored: `start + t · spacing`.
  var start = 0
  var spacing = 1

  /// An axis that is not there.
  static let absent = CorrelationAxis(count: 1, step: 1, taps: [(0, 0)])

  /// The first image position that is read, and how many positions are spanned.
  var low: Int { taps.map(\.shift).min() ?? 0 }
  var span: Int {
    count == 0 ? 0 : (taps.map(\.shift).max() ?? 0) - low + (count - 1) * step + 1
  }

  /// The axis of `y = conv(x, w)`.
  static func forward(
    output: Int, kernel: Int, _ geometry: ConvolutionGeometry, _ axis: Int
  ) -> CorrelationAxis {
    let taps = (0..<kernel).map {
      (kernel: $0, shift: $0 * geometry.dilation[axis] - geometry.paddingBegin[axis])
    }
    return CorrelationAxis(count: output, step: geometry.stride[axis], taps: taps)
  }

  /// The axes whose results, interleaved, are that of `dx`: for a stride `s` the input positions
  /// that have one remainder by `s` see only the taps of that remainder, with step one.
  static func inputGradient(
    input: Int, kernel: Int, _ geometry: ConvolutionGeometry, _ axis: Int
  ) -> [CorrelationAxis] {
    let (step, dilation) = (geometry.stride[axis], geometry.dilation[axis])
    let padding = geometry.paddingBegin[axis]
    return (0..<min(step, input)).map { start in
      let taps = (0..<kernel).filter { (start + padding - $0 * dilation) % step == 0 }
      return CorrelationAxis(
        count: (input - start + step - 1) / step, step: 1,
        taps: taps.map { (kernel: $0, shift: (start + padding - $0 * dilation) / step) },
        start: start, spacing: step)
    }
  }
}

extension CorrelationAxis {
  /// Replaces an axis with one tap by every `step`-th position of the image, in the view too, so
  /// that only what is used is copied.
  static func reduce(_ axes: [CorrelationAxis], _ view: ImageView) -> ([CorrelationAxis], ImageView)
  {
    var (axes, view) = (axes, view)
    for index in axes.indices {
      let axis = axes[index]
      guard axis.step > 1, axis.taps.count == 1, axis.count > 0, axis.low >= 0,
        axis.low + axis.span <= view.lengths[index]
      else { continue }
      view.start += axis.low * view.strides[index] * view.dtype.byteCount
      view.strides[index] *= axis.step
      view.lengths[index] = axis.count
      axes[index].step = 1
      axes[index].taps[0].shift = 0
    }
    return (axes, view)
  }
}

/// A tensor `[n, channels, z, y, x]`; axes that an operand lacks have length one.
struct ImageView {
  var start: UnsafeMutableRawPointer
  var dtype: DType
  var images: Int
  var channels: Int
  var imageStride: Int
  var channelStride: Int
  var lengths: [Int]
  var strides: [Int]

  init(_ operand: Operand) {
    let layout = operand.layout
    start = operand.start
    dtype = operand.dtype
    (images, channels) = (layout.shape[0], layout.shape[1])
    (imageStride, channelStride) = (layout.stride(0), layout.stride(1))
    let absent = 5 - layout.rank
    lengths = Array(repeating: 1, count: absent) + (2..<layout.rank).map { layout.shape[$0] }
    strides = Array(repeating: 0, count: absent) + (2..<layout.rank).map { layout.stride($0) }
  }

  /// Where a channel of an image begins.
  func place(_ image: Int, _ channel: Int) -> UnsafeMutableRawPointer {
    start + (image * imageStride + channel * channelStride) * dtype.byteCount
  }

  /// The distance between neighbouring pixels if all pixels are equally far apart in row-major
  /// order, else `nil`.
  var pixelStride: Int? {
    var (stride, expected): (Int?, Int) = (nil, 0)
    for axis in (0..<3).reversed() where lengths[axis] != 1 {
      if stride == nil {
        stride = strides[axis]
        expected = strides[axis]
      }
      if strides[axis] != expected { return nil }
      expected *= lengths[axis]
    }
    return stride ?? 1
  }

  /// Whether the elements fill one run of memory, in some order of the axes.
  var isDense: Bool {
    let all = [(images, imageStride), (channels, channelStride)] + Array(zip(lengths, strides))
    var expected = 1
    for (length, stride) in all.filter({ $0.0 != 1 }).sorted(by: { $0.1 < $1.1 }) {
      if stride != expected { return false }
      expected *= length
    }
    return true
  }

  /// Makes all elements of a dense view zero.
  func clear(in context: ParallelContext) {
    let bytes = images * channels * lengths.reduce(1, *) * dtype.byteCount
    let chunk = 1 << 20
    context.parallelFor(BlockPlan.ceil(bytes, chunk)) { index in
      (start + index * chunk).initializeMemory(
        as: UInt8.self, repeating: 0, count: min(chunk, bytes - index * chunk))
    }
  }

  /// Some rows of some channels of an image as pieces to be fetched, one for each channel: where
  /// the first begins, and bytes; `nil` if rows do not lie together.
  func pieces(
    _ image: Int, _ channel: Int, rows: Range<Int>
  ) -> (start: UnsafeRawPointer, bytes: Int64, pitch: Int64)? {
    let some = rows.clamped(to: 0..<lengths[1])
    guard lengths[0] == 1, strides[2] == 1, strides[1] == lengths[2], !some.isEmpty else {
      return nil
    }
    let start = place(image, channel) + some.lowerBound * strides[1] * dtype.byteCount
    return (
      UnsafeRawPointer(start), Int64(some.count * strides[1] * dtype.byteCount),
      Int64(channelStride * dtype.byteCount)
    )
  }

  /// Where the pixels in `range`, in row-major order, lie in a channel.
  func pixelOffsets(_ range: Range<Int>) -> [Int64] {
    range.map { pixel in
      let (row, x) = (pixel / lengths[2], pixel % lengths[2])
      let (z, y) = (row / lengths[1], row % lengths[1])
      return Int64(z * strides[0] + y * strides[1] + x * strides[2])
    }
  }
}

/// The three axes of a correlation and where their patches lie in an arranged image (see
/// `tandem_gemm_arrangement`): output positions of one row, and the rows of one plane, follow each
/// other evenly, whatever the steps.
struct PatchGrid {
  let axes: [CorrelationAxis]
  /// Elements of one phase, one plane and one channel of the arranged image.
  let phasePitch: Int
  let planePitch: Int
  let channelPitch: Int
  /// Rows of a phase, and elements of a row: the distance of neighbouring rows of positions.
  let phaseRows: Int
  let phaseLength: Int

  init(_ axes: [CorrelationAxis]) {
    self.axes = axes
    phaseRows = (axes[1].span + axes[1].step - 1) / axes[1].step
    phaseLength = (axes[2].span + axes[2].step - 1) / axes[2].step
    phasePitch = phaseRows * phaseLength
    planePitch = phasePitch * axes[1].step * axes[2].step
    channelPitch = planePitch * axes[0].span
  }

  /// The grid of some rows of each plane of output positions.
  func band(_ rows: Int) -> PatchGrid {
    var axes = axes
    axes[1].count = rows
    return PatchGrid(axes)
  }

  /// Where an image position lies in the arranged plane, counted from the first that is spanned.
  func place(_ y: Int, _ x: Int) -> Int {
    let phase = y % axes[1].step * axes[2].step + x % axes[2].step
    return phase * phasePitch + y / axes[1].step * phaseLength + x / axes[2].step
  }

  /// Whether patches are the pixels of the image, which lie one after another.
  func isImage(_ view: ImageView) -> Bool {
    taps == 1 && view.pixelStride == 1
      && (0..<3).allSatisfy {
        let axis = axes[$0]
        return axis.low == 0 && axis.span == view.lengths[$0] && (axis.step == 1 || axis.count == 1)
      }
  }

  /// Output positions.
  var pixels: Int { axes.reduce(1) { $0 * $1.count } }
  /// Taps of one channel.
  var taps: Int { axes.reduce(1) { $0 * $1.taps.count } }

  /// Where the patch of each output position begins.
  func pixelOffsets() -> [Int64] {
    var offsets: [Int64] = []
    offsets.reserveCapacity(pixels)
    for z in 0..<axes[0].count {
      for y in 0..<axes[1].count {
        let row = z * axes[0].step * planePitch + y * phaseLength
        for x in 0..<axes[2].count { offsets.append(Int64(row + x)) }
      }
    }
    return offsets
  }

  /// Where each (channel, tap) lies in a patch, and which kernel element it uses, counted with the
  /// strides of a weight's kernel axes.
  func tapOffsets(
    channels: Int, weightStrides: [Int], weightChannelStride: Int
  ) -> (patch: [Int64], weight: [Int64]) {
    var (patch, weight): ([Int64], [Int64]) = ([], [])
    patch.reserveCapacity(channels * taps)
    weight.reserveCapacity(channels * taps)
    let lows = axes.map(\.low)
    for channel in 0..<channels {
      for z in axes[0].taps {
        for y in axes[1].taps {
          for x in axes[2].taps {
            patch.append(
              Int64(
                channel * channelPitch + (z.shift - lows[0]) * planePitch
                  + place(y.shift - lows[1], x.shift - lows[2])))
            weight.append(
              Int64(
                channel * weightChannelStride + z.kernel * weightStrides[0]
                  + y.kernel * weightStrides[1] + x.kernel * weightStrides[2]))
          }
        }
      }
    }
    return (patch, weight)
  }

  /// Copies some channels of an image into the arrangement; `to` has room for `channelPitch`
  /// elements for each. Rows begin at the image's `firstRow` instead of its first.
  func arrange(
    _ view: ImageView, image: Int, channels: Range<Int>, firstRow: Int = 0,
    to: UnsafeMutableRawPointer
  ) {
    if isTurned(view, channels.count) {
      return turn(view, image: image, channels: channels, firstRow: firstRow, to: to)
    }
    var work = tandem_gemm_arrangement()
    work.to = to
    work.from = UnsafeRawPointer(view.place(image, channels.lowerBound))
    (work.channels, work.channelStride) = (Int64(channels.count), Int64(view.channelStride))
    work.low = (Int64(axes[0].low), Int64(axes[1].low + firstRow), Int64(axes[2].low))
    work.lengths = (Int64(axes[0].span), Int64(axes[1].span), Int64(axes[2].span))
    work.imageLengths = (
      Int64(view.lengths[0]), Int64(view.lengths[1]), Int64(view.lengths[2])
    )
    work.imageStrides = (
      Int64(view.strides[0]), Int64(view.strides[1]), Int64(view.strides[2])
    )
    work.step = (Int64(axes[1].step), Int64(axes[2].step))
    (work.phaseRows, work.phaseLength) = (Int64(phaseRows), Int64(phaseLength))
    work.type = Int32(view.dtype.rawValue)
    tandem_gemm_arrange(&work)
  }
}
