import CTandem
import TandemShapes
import TandemThreads

// The gradient of weights where each channel has a filter of its own: some channels of an image are
// arranged and summed at one time.

extension PatchSum {
  /// Whether each channel has a filter of its own, and the kernel for that can read `dy`.
  var isDepthwise: Bool {
    outputs == 1 && dw.channels == 1 && !isInPlace && dy.dtype == dtype && dy.strides[2] == 1
  }

  /// Sums the parts of the images for all groups.
  func sumFilters(_ sums: UnsafeMutableRawPointer, in context: ParallelContext) {
    let fitting = Limit.filteredBytes / max(1, grid.channelPitch * size)
    let together = max(1, min(groups, fitting))
    let blocks = BlockPlan.ceil(groups, together)
    // A register may be read past the end.
    let bytes = (grid.channelPitch * together + Int(kernels.nr)) * size
    context.parallelFor(parts * blocks) { chunk in
      let (part, block) = (chunk / blocks, chunk % blocks)
      let some = block * together..<min(groups, (block + 1) * together)
      let arranged = BufferPool.shared.allocate(byteCount: bytes)
      defer { BufferPool.shared.deallocate(arranged, byteCount: bytes) }
      let to = sums + (part * groups + some.lowerBound) * grid.taps * size
      to.initializeMemory(as: UInt8.self, repeating: 0, count: some.count * grid.taps * size)
      for image in part * x.images / parts..<(part + 1) * x.images / parts {
        var row = -1
        for piece in pieces {
          if piece.rows.lowerBound != row {
            row = piece.rows.lowerBound
            grid.arrange(
              x, image: image, channels: some, firstRow: row * grid.axes[1].step, to: arranged)
          }
          filter(image, some, piece, arranged, to)
        }
      }
    }
  }

  /// Adds one piece of some channels to the sums of their filters' taps.
  private func filter(
    _ image: Int, _ some: Range<Int>, _ piece: Piece, _ arranged: UnsafeMutableRawPointer,
    _ sums: UnsafeMutableRawPointer
  ) {
    let plane = piece.plane * grid.axes[0].step * grid.planePitch
    var work = tandem_gemm_depthwise()
    work.image = UnsafeRawPointer(arranged + (plane + piece.columns.lowerBound) * size)
    work.pitch = Int64(grid.phaseLength)
    (work.taps, work.lines) = (Int64(grid.taps), Int64(piece.rows.count))
    work.length = Int64(piece.columns.count)
    (work.channels, work.imageChannelPitch) = (Int64(some.count), Int64(grid.channelPitch))
    let place =
      piece.plane * dy.strides[0] + piece.rows.lowerBound * dy.strides[1] + piece.columns.lowerBound
    (work.to, work.toPitch) = (
      dy.place(image, some.lowerBound) + place * size, Int64(dy.strides[1])
    )
    (work.toChannelPitch, work.sums) = (Int64(dy.channelStride), sums)
    patchOffsets.withUnsafeBufferPointer { offsets in
      work.offsets = offsets.baseAddress!
      kernels.filterSums(&work)
    }
  }
}
