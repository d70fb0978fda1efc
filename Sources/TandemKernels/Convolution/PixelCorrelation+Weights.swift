import CTandem
import TandemShapes
import TandemThreads

// How the weights of a correlation over pixels are packed.

extension PixelCorrelation {
  var panelBytes: Int { max(64, base.groups * paddedRows * base.total * base.size) }

  /// Packs the weights: for each group and part of the channels, panels of neighbouring rows; the
  /// caller gives the memory back.
  func packPanels(in context: ParallelContext) -> UnsafeMutableRawPointer {
    let memory = BufferPool.shared.allocate(byteCount: panelBytes)
    let (parts, panels) = (channelParts.count, paddedRows / base.nr)
    let window = Window(self)
    context.parallelFor(base.groups * parts * panels) { chunk in
      let (item, panel) = (chunk / panels, chunk % panels)
      let (group, part) = (item / parts, channelParts[item % parts])
      let before = part.lowerBound * paddedRows + panel * base.nr * part.count
      let to = memory + (group * paddedRows * base.total + before * tapCount) * base.size
      let rows = panel * base.nr..<min(base.rows, (panel + 1) * base.nr)
      var rest = part
      if let window {
        // What is read beyond the window of the last channel may not exist.
        let isLast = !window.isFull && group + 1 == base.groups && part.upperBound == base.channels
        rest = part.upperBound - (isLast ? 1 : 0)..<part.upperBound
        pack(window, to, group, rows, part.lowerBound..<rest.lowerBound, of: part)
      }
      if !rest.isEmpty { pack(to, group, rows, rest, of: part) }
    }
    return memory
  }

  private func work(_ group: Int, _ rows: Range<Int>, _ channel: Int, _ place: Int)
    -> tandem_gemm_pack
  {
    let weight = base.weight
    let start =
      group * weight.groupStride + rows.lowerBound * weight.rowStride
      + channel * base.tapStrides.channel + place
    var work = tandem_gemm_pack()
    work.from = UnsafeRawPointer(weight.start + start * weight.dtype.byteCount)
    (work.count, work.acrossStride) = (Int64(rows.count), Int64(weight.rowStride))
    return work
  }

  private func pack(_ work: inout tandem_gemm_pack) {
    let functions = base.kernels.packColumns
    [functions.0, functions.1, functions.2][sourceIndex(base.weight.dtype)]!(&work)
  }

  /// Packs some channels of a part, tap by tap.
  private func pack(
    _ to: UnsafeMutableRawPointer, _ group: Int, _ rows: Range<Int>, _ some: Range<Int>,
    of part: Range<Int>
  ) {
    for (tap, place) in tapPlaces.enumerated() {
      var work = work(group, rows, some.lowerBound, place)
      let before = tap * part.count + some.lowerBound - part.lowerBound
      work.to = to + before * base.nr * base.size
      (work.k, work.alongStride) = (Int64(some.count), Int64(base.tapStrides.channel))
      pack(&work)
    }
  }

  /// The kernel's elements for one row and channel where they are neighbours in memory.
  struct Window {
    let count: Int
    /// Whether all of them are taps, and the windows of neighbouring channels follow each other.
    let isFull: Bool
    /// Where the elements of the channels of a part lie.
    let offsets: [Int64]

    /// `nil` if windows are not neighbours of each other, or are large.
    init?(_ pixels: PixelCorrelation) {
      let (row, channel) = (pixels.base.weight.rowStride, pixels.base.tapStrides.channel)
      let window = min(row, channel)
      let places = pixels.tapPlaces
      guard window > 1, window <= 64, places.allSatisfy({ (0..<window).contains($0) }) else {
        return nil
      }
      isFull = channel == window && places.count == window
      guard isFull || row == window else { return nil }
      count = window
      offsets = (0..<pixels.widest).flatMap { index in
        (0..<window).map { Int64(index * channel + $0) }
      }
    }
  }

  /// Packs some channels of a part in the order of the weights, then orders them by taps.
  private func pack(
    _ window: Window, _ to: UnsafeMutableRawPointer, _ group: Int, _ rows: Range<Int>,
    _ some: Range<Int>, of part: Range<Int>
  ) {
    if some.isEmpty { return }
    let rowBytes = base.nr * base.size
    let bytes = some.count * window.count * rowBytes
    let natural = BufferPool.shared.allocate(byteCount: bytes)
    defer { BufferPool.shared.deallocate(natural, byteCount: bytes) }
    window.offsets.withUnsafeBufferPointer { offsets in
      var work = work(group, rows, some.lowerBound, 0)
      (work.to, work.k, work.alongStride) = (natural, Int64(some.count * window.count), 1)
      if !window.isFull {
        (work.alongOffsets, work.readsPast, work.alongPreferred) = (offsets.baseAddress!, 1, 1)
      }
      pack(&work)
    }
    for (tap, place) in tapPlaces.enumerated() {
      tandem_gemm_store(
        natural + place * rowBytes, Int64(window.count * base.nr),
        to + tap * part.count * rowBytes, Int64(base.nr), 1, Int64(some.count), Int64(base.nr),
        Int32(base.dtype.rawValue))
    }
  }

  /// Where the kernel elements of the taps lie, in the order of summation.
  var tapPlaces: [Int] {
    let strides = base.tapStrides.kernel
    return taps[1].flatMap { y in
      taps[2].map { x in
        taps[0][0].kernel * strides[0] + y.kernel * strides[1] + x.kernel * strides[2]
      }
    }
  }
}
