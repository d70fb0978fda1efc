import CTandem
import TandemShapes
import TandemThreads

/// The gradient of a weight where each channel has a filter of its own, by oneDNN: some channels of
/// an image and of its gradient are arranged with those of a pixel together and summed by one call;
/// sums of images are added in order, and parts of them at the end.
struct LibraryWeightSum {
  /// Limits that were found by measuring; see Convolution.md.
  private enum Limit {
    /// Bytes of what is arranged for one call, and channels in whose multiples it is cut.
    static let bytes = 512 << 10
    static let channels = 16
    /// Parts that images are summed in.
    static let parts = 16
  }

  private let dw: WeightView
  private let input: PixelArrangement
  private let gradient: PixelArrangement
  private let channelsOfBlock: Int
  private let convolution: OneDNNConvolution

  /// `nil` if the library is not to be asked, or has no fast code.
  init?(
    _ axes: [CorrelationAxis], dw: WeightView, x: ImageView, dy: ImageView, groups: Int,
    level: Int32, library: ConvolutionLibrary
  ) {
    let grid = PatchGrid(axes)
    guard library.computesFilters(products: grid.pixels * grid.taps * groups), x.dtype == .float32,
      dy.dtype == .float32, dw.dtype == .float32,
      dw.channels == 1, dw.outputs == groups, x.channels == groups, x.images > 0,
      axes[0].count == 1, axes[0].span == 1, axes[0].low == 0, grid.taps > 1,
      [dw.outputStride, dw.channelStride].allSatisfy({ $0 >= 0 }),
      dw.strides.allSatisfy({ $0 >= 0 })
    else { return nil }
    self.dw = dw
    let kernels = tandem_gemm_kernels_for(level, Int32(DType.float32.rawValue)).pointee
    input = PixelArrangement(x, grid, kernels, .float32)
    let whole = axes.map { CorrelationAxis(count: $0.count, step: 1, taps: [(0, 0)]) }
    gradient = PixelArrangement(dy, PatchGrid(whole), kernels, .float32)
    let pixelBytes = 4 * (input.places + gradient.places)
    var channels = groups
    while channels % (2 * Limit.channels) == 0 && channels * pixelBytes > Limit.bytes {
      channels /= 2
    }
    channelsOfBlock = channels
    let problem = OneDNNProblem(
      kind: .weightGradient, images: 1, channels: channels, outputs: channels, groups: channels,
      input: axes.map(\.span), output: axes.map(\.count), kernel: dw.lengths,
      stride: [1, axes[1].step, axes[2].step], dilation: axes.map { LibraryWeightSum.gap($0) },
      weightStrides: [dw.outputStride, dw.outputStride, dw.channelStride].map { max($0, 1) }
        + dw.strides.map { max($0, 1) })
    guard let convolution = OneDNNConvolution.of(problem) else { return nil }
    self.convolution = convolution
  }

  private static func gap(_ axis: CorrelationAxis) -> Int {
    axis.taps.count > 1 ? axis.taps[1].shift - axis.taps[0].shift : 1
  }

  private var parts: Int { min(input.source.images, Limit.parts) }
  private var blocks: Int { dw.outputs / channelsOfBlock }
  private var sumBytes: Int { BlockPlan.roundUp(convolution.weightBytes, to: 64) }

  /// Bytes that a run takes from the pool, but for what each chunk needs.
  var workspaceBytes: Int { BufferPool.countedBytes(of: parts * blocks * sumBytes) }

  func run(in context: ParallelContext) {
    let pool = BufferPool.shared
    let bytes = parts * blocks * sumBytes
    let sums = pool.allocate(byteCount: bytes)
    defer { pool.deallocate(sums, byteCount: bytes) }
    context.parallelFor(parts * blocks) { chunk in
      sum(part: chunk / blocks, block: chunk % blocks, to: sums + chunk * sumBytes)
    }
    context.parallelFor(blocks) { block in
      let total = sums + block * sumBytes
      for part in 1..<max(parts, 1) {
        add(sums + (part * blocks + block) * sumBytes, to: total)
      }
      let first = block * channelsOfBlock * dw.outputStride * 4
      convolution.move(0, plain: dw.start + first, packed: total)
    }
  }

  private func add(_ sum: UnsafeMutableRawPointer, to total: UnsafeMutableRawPointer) {
    tandem_gemm_add(
      total, sum, Int64(convolution.weightBytes / 4), Int32(DType.float32.rawValue))
  }

  /// Sums the images of a part for the channels of a block.
  private func sum(part: Int, block: Int, to total: UnsafeMutableRawPointer) {
    let channels = block * channelsOfBlock..<(block + 1) * channelsOfBlock
    let width = max(input.source.lengths[2], gradient.source.lengths[2])
    let sizes = [
      input.places * channelsOfBlock * 4, gradient.places * channelsOfBlock * 4,
      width * channelsOfBlock * 4, convolution.weightBytes, convolution.scratchBytes,
    ].map { BlockPlan.roundUp(max($0, 1), to: 64) }
    let bytes = sizes.reduce(0, +)
    let x = BufferPool.shared.allocate(byteCount: bytes)
    defer { BufferPool.shared.deallocate(x, byteCount: bytes) }
    let dy = x + sizes[0]
    let line = dy + sizes[1]
    let one = line + sizes[2]
    let count = input.source.images
    let images = part * count / parts..<(part + 1) * count / parts
    for image in images {
      input.copy(image..<image + 1, fromRow: 0, channels: channels, to: x, line: line)
      gradient.copy(image..<image + 1, fromRow: 0, channels: channels, to: dy, line: line)
      let isFirst = image == images.lowerBound
      convolution.run(
        input: x, weight: isFirst ? total : one, output: dy, scratch: one + sizes[3])
      if !isFirst { add(one, to: total) }
    }
  }
}
