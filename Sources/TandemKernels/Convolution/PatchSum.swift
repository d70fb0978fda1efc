import CTandem
import TandemShapes
import TandemThreads

/// `dw[o, r] = Σ over images and output positions t of patch(t)[r] · dy[o, t]`: products with `k` =
/// output positions, summed as `[r, o]` and turned at the end.
///
/// Elements of patches are read where they lie in the arranged image (or in the image itself), as
/// the left operand; `dy` is packed. A chunk sums some images for one group and some of its
/// channels; partial sums are then added in the order of the images, all at the end, or some at a
/// time where memory is to be spared.
struct PatchSum {
  /// Limits that were found by measuring; see Convolution.md.
  enum Limit {
    /// Output positions summed at one time: a panel of `dy` stays in the first-level cache.
    static let depth = 336
    /// Parts that images are summed in, and bytes of all partial sums.
    static let parts = 16
    static let bytes = 8 << 20
    /// Chunks that are wanted, and those that are enough.
    static let chunks = 16
    static let enoughChunks = 8
    static let chunksMax = 64
    /// Bytes of arranged channels that have a filter each and are summed at one time.
    static let filteredBytes = 64 << 10
    /// Elements of the result that one chunk adds up.
    static let combined = 1 << 15
  }

  /// Output positions that are summed at one time: some rows of a plane, or a piece of one row.
  struct Piece {
    let plane: Int
    let rows: Range<Int>
    let columns: Range<Int>
    /// The first output pixel, and how many there are.
    let firstPixel: Int
    var count: Int { rows.count * columns.count }
  }

  /// The grid of one band of rows.
  let grid: PatchGrid
  let dw: WeightView
  let x: ImageView
  let dy: ImageView
  let groups: Int
  let kernels: tandem_gemm_kernels
  let dtype: DType
  let size: Int
  /// Parts of the images, and of the channels of a group.
  let parts: Int
  let channelParts: Int
  /// Partial sums that are kept at one time.
  private(set) var keptParts: Int
  let pieces: [Piece]
  let isInPlace: Bool
  let weightOffsets: [Int64]
  let patchOffsets: [Int64]

  init(
    _ axes: [CorrelationAxis], dw: WeightView, x: ImageView, dy: ImageView, groups: Int,
    level: Int32
  ) {
    let (axes, x) = CorrelationAxis.reduce(axes, x)
    let (height, width) = (axes[1].count, axes[2].count)
    let rows = max(1, BlockPlan.even(height, atMost: max(1, Limit.depth / max(width, 1))))
    grid = PatchGrid(axes).band(min(rows, height))
    pieces = PatchSum.pieces(axes, rows: rows)
    (self.dw, self.x, self.dy, self.groups) = (dw, x, dy, groups)
    dtype = dw.dtype == .float64 ? .float64 : .float32
    size = dtype.byteCount
    kernels = tandem_gemm_kernels_for(level, Int32(dtype.rawValue)).pointee
    isInPlace = PatchGrid(axes).isImage(x) && x.dtype == dtype
    let sumBytes = max(1, dw.outputs * dw.channels * grid.taps * size)
    parts = max(1, min(x.images, Limit.parts, Limit.bytes / sumBytes))
    keptParts = parts
    channelParts =
      parts * groups >= Limit.enoughChunks
      ? 1 : max(1, min(dw.channels, BlockPlan.ceil(Limit.chunks, parts * groups)))
    let offsets = grid.tapOffsets(
      channels: dw.channels, weightStrides: dw.strides, weightChannelStride: dw.channelStride)
    weightOffsets = offsets.weight
    patchOffsets =
      isInPlace ? (0..<dw.channels).map { Int64($0 * x.channelStride) } : offsets.patch
  }

  private static func pieces(_ axes: [CorrelationAxis], rows: Int) -> [Piece] {
    let (height, width) = (axes[1].count, axes[2].count)
    let length = max(1, BlockPlan.even(width, atMost: Limit.depth))
    var pieces: [Piece] = []
    for row in stride(from: 0, to: height, by: rows) {
      for plane in 0..<axes[0].count {
        for column in stride(from: 0, to: width, by: length) {
          let piece = Piece(
            plane: plane, rows: row..<min(height, row + rows),
            columns: column..<min(width, column + length),
            firstPixel: (plane * height + row) * width + column)
          pieces.append(piece)
        }
      }
    }
    return pieces
  }

  private var nr: Int { Int(kernels.nr) }
  /// Outputs of a group, and those with which panels are full.
  var outputs: Int { dw.outputs / groups }
  private var paddedOutputs: Int { BlockPlan.roundUp(outputs, to: nr) }
  /// Elements of a patch.
  private var columns: Int { dw.channels * grid.taps }
  private var pixels: Int { dy.lengths.reduce(1, *) }

  private var sumBytes: Int { keptParts * dw.outputs * columns * size }

  /// Keeps no more partial sums at one time than fit into so many bytes, but two.
  mutating func spare(_ bytes: Int) {
    guard !isDepthwise else { return }
    keptParts = min(parts, max(2, bytes / max(1, dw.outputs * columns * size)))
  }

  /// With all channels in one chunk, that chunk alone needs its part of `dy`.
  private var packedBytes: Int {
    isDepthwise || channelParts == 1 ? 0 : groups * x.images * pixels * paddedOutputs * size
  }

  /// Bytes that a run takes from the pool, but for what each chunk needs.
  var workspaceBytes: Int {
    [sumBytes, packedBytes].reduce(0) { $0 + BufferPool.countedBytes(of: $1) }
  }

  func run(in context: ParallelContext) {
    if dw.outputs * columns == 0 { return }
    let pool = BufferPool.shared
    let (bytes, packedBytes) = (sumBytes, packedBytes)
    let sums = pool.allocate(byteCount: bytes)
    defer { pool.deallocate(sums, byteCount: bytes) }
    if isDepthwise {
      sumFilters(sums, in: context)
      return combine(sums, parts, in: context)
    }
    let packed = packedBytes == 0 ? nil : pool.allocate(byteCount: packedBytes)
    defer { if let packed { pool.deallocate(packed, byteCount: packedBytes) } }
    let positions = dy.pixelStride == nil ? dy.pixelOffsets(0..<pixels) : []
    if let packed {
      context.parallelFor(groups * x.images) { item in
        for piece in pieces {
          pack(
            packed + (item * pixels + piece.firstPixel) * paddedOutputs * size, item / x.images,
            item % x.images, piece, positions)
        }
      }
    }
    var done = 0
    while done < parts {
      // From the second round on the first place holds what there is so far.
      let place = done == 0 ? 0 : 1
      let some = done..<min(parts, done + keptParts - place)
      let chunks = some.count * groups * channelParts
      let together = max(1, chunks / Limit.chunksMax)
      context.parallelFor(BlockPlan.ceil(chunks, together)) { index in
        for chunk in index * together..<min(chunks, (index + 1) * together) {
          let part = some.lowerBound + chunk / (groups * channelParts)
          sum(
            part, chunk % (groups * channelParts), sums, part - done + place, packed, positions)
        }
      }
      done = some.upperBound
      if keptParts < parts { add(place + some.count, sums, in: context) }
    }
    combine(sums, keptParts < parts ? 1 : parts, in: context)
  }

  /// Adds so many partial sums in order, to the first.
  private func add(_ count: Int, _ sums: UnsafeMutableRawPointer, in context: ParallelContext) {
    let elements = dw.outputs * columns
    let chunk = Limit.combined
    context.parallelFor(BlockPlan.ceil(elements, chunk)) { index in
      let first = index * chunk
      for part in 1..<max(count, 1) {
        tandem_gemm_add(
          sums + first * size, sums + (part * elements + first) * size,
          Int64(min(chunk, elements - first)), Int32(dtype.rawValue))
      }
    }
  }

  /// Packs `dy` of one piece: `k` is its pixels, across are the outputs of a group.
  private func pack(
    _ to: UnsafeMutableRawPointer, _ group: Int, _ image: Int, _ piece: Piece,
    _ positions: [Int64]
  ) {
    positions.withUnsafeBufferPointer { positions in
      let stride = dy.pixelStride
      var work = tandem_gemm_pack()
      work.to = to
      work.from = UnsafeRawPointer(
        dy.place(image, group * outputs) + (stride ?? 0) * piece.firstPixel * dy.dtype.byteCount)
      (work.count, work.k) = (Int64(outputs), Int64(piece.count))
      (work.acrossStride, work.alongStride) = (Int64(dy.channelStride), Int64(stride ?? 0))
      work.alongOffsets = stride == nil ? positions.baseAddress! + piece.firstPixel : nil
      let functions = kernels.packColumns
      [functions.0, functions.1, functions.2][sourceIndex(dy.dtype)]!(&work)
    }
  }

  /// Sums one part of the images for one group and one part of its channels, into a place among
  /// the sums.
  private func sum(
    _ part: Int, _ chunk: Int, _ sums: UnsafeMutableRawPointer, _ place: Int,
    _ packed: UnsafeMutableRawPointer?, _ positions: [Int64]
  ) {
    let (group, channelPart) = (chunk / channelParts, chunk % channelParts)
    let images = part * x.images / parts..<(part + 1) * x.images / parts
    let some =
      channelPart * dw.channels / channelParts..<(channelPart + 1) * dw.channels / channelParts
    // A register may be read past the end.
    let arrangedBytes = isInPlace ? 0 : (grid.channelPitch * some.count + nr) * size
    let most = pieces.map(\.count).max() ?? 0
    let panelBytes = packed == nil ? most * paddedOutputs * size : 0
    let bytes = max(64, arrangedBytes + panelBytes)
    let arranged = BufferPool.shared.allocate(byteCount: bytes)
    defer { BufferPool.shared.deallocate(arranged, byteCount: bytes) }

    var work = tandem_gemm_block()
    (work.m, work.n) = (Int64(some.count * grid.taps), Int64(outputs))
    (work.bPacked, work.cRowStride) = (1, Int64(outputs))
    let row = (place * groups + group) * columns + some.lowerBound * grid.taps
    work.c = sums + row * outputs * size
    if images.isEmpty || pieces.isEmpty {
      (work.a, work.b, work.aPacked) = (UnsafeRawPointer(arranged), UnsafeRawPointer(arranged), 1)
      return kernels.block(&work)
    }
    let channels = group * dw.channels + some.lowerBound..<group * dw.channels + some.upperBound
    patchOffsets.withUnsafeBufferPointer { offsets in
      // Offsets repeat for each channel, so those of the first channels serve all parts.
      work.aOffsets = offsets.baseAddress!
      for image in images {
        var row = -1
        for (index, piece) in pieces.enumerated() {
          if !isInPlace && piece.rows.lowerBound != row {
            row = piece.rows.lowerBound
            grid.arrange(
              x, image: image, channels: channels, firstRow: row * grid.axes[1].step, to: arranged)
          }
          var panels = arranged + arrangedBytes
          if let packed {
            let item = group * x.images + image
            panels = packed + (item * pixels + piece.firstPixel) * paddedOutputs * size
          } else {
            pack(panels, group, image, piece, positions)
          }
          work.b = UnsafeRawPointer(panels)
          point(&work, image, channels.lowerBound, piece, arranged)
          if index + 1 < pieces.count {
            fetch(pieces[index + 1], image, channels, group, with: &work)
          } else if image + 1 < images.upperBound {
            fetch(pieces[0], image + 1, channels, group, with: &work)
          }
          kernels.block(&work)
          (work.next, work.nextPieces) = ((nil, nil, nil), (0, 0, 0))
          work.accumulates = 1
        }
      }
    }
  }

  /// Points the kernel at the patches of a piece.
  private func point(
    _ work: inout tandem_gemm_block, _ image: Int, _ channel: Int, _ piece: Piece,
    _ arranged: UnsafeMutableRawPointer
  ) {
    work.k = Int64(piece.count)
    if isInPlace {
      work.a = UnsafeRawPointer(x.place(image, channel) + piece.firstPixel * size)
      (work.lineLength, work.linePitch) = (work.k, work.k)
      return
    }
    let plane = piece.plane * grid.axes[0].step * grid.planePitch
    work.a = UnsafeRawPointer(arranged + (plane + piece.columns.lowerBound) * size)
    work.lineLength = Int64(piece.columns.count)
    work.linePitch = Int64(grid.phaseLength)
  }

  /// Lets `work` bring what the next piece will read to the cache.
  private func fetch(
    _ piece: Piece, _ image: Int, _ channels: Range<Int>, _ group: Int,
    with work: inout tandem_gemm_block
  ) {
    let axis = grid.axes[1]
    let first = axis.low + piece.rows.lowerBound * axis.step
    let rows = isInPlace ? piece.rows : first..<first + axis.span
    if let some = x.pieces(image, channels.lowerBound, rows: rows) {
      (work.next.0, work.nextBytes.0, work.nextPitch.0) = (some.start, some.bytes, some.pitch)
      work.nextPieces.0 = Int64(channels.count)
    }
    if channelParts == 1, let some = dy.pieces(image, group * outputs, rows: piece.rows) {
      (work.next.1, work.nextBytes.1, work.nextPitch.1) = (some.start, some.bytes, some.pitch)
      work.nextPieces.1 = Int64(outputs)
    }
  }

  /// Adds so many parts in order, turns the sums and writes `dw`.
  private func combine(
    _ sums: UnsafeMutableRawPointer, _ parts: Int, in context: ParallelContext
  ) {
    let together = max(1, min(columns, Limit.combined / (outputs * parts)))
    let chunks = BlockPlan.ceil(columns, together)
    context.parallelFor(groups * chunks) { chunk in
      let (group, first) = (chunk / chunks, chunk % chunks * together)
      let some = first..<min(columns, first + together)
      let total = sums + (group * columns + first) * outputs * size
      for part in 1..<max(parts, 1) {
        tandem_gemm_add(
          total, total + part * groups * columns * outputs * size, Int64(some.count * outputs),
          Int32(dtype.rawValue))
      }
      let bytes = some.count * outputs * size
      let turned = BufferPool.shared.allocate(byteCount: bytes)
      defer { BufferPool.shared.deallocate(turned, byteCount: bytes) }
      var move = tandem_gemm_move()
      (move.from, move.fromRowStride) = (UnsafeRawPointer(total), Int64(outputs))
      (move.to, move.toRowStride) = (turned, Int64(some.count))
      (move.m, move.n) = (Int64(some.count), Int64(outputs))
      kernels.transpose(&move)
      write(turned, group, some)
    }
  }

  /// Writes some columns of `dw`: whole if its elements lie one after another, else one by one.
  private func write(_ turned: UnsafeMutableRawPointer, _ group: Int, _ some: Range<Int>) {
    let to = dw.start + group * outputs * dw.outputStride * dw.dtype.byteCount
    let isEven = weightOffsets.indices.allSatisfy { weightOffsets[$0] == Int64($0) }
    let step = isEven ? some.count : 1
    for column in stride(from: some.lowerBound, to: some.upperBound, by: step) {
      tandem_gemm_store(
        turned + (column - some.lowerBound) * size, Int64(some.count),
        to + Int(weightOffsets[column]) * dw.dtype.byteCount, Int64(dw.outputStride), 1,
        Int64(outputs), Int64(step), Int32(dw.dtype.rawValue))
    }
  }
}
