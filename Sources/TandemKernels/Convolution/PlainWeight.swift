import TandemShapes
import TandemThreads

/// The weight of a correlation as oneDNN can read it: with strides that are positive. Taps that are
/// used in the other direction, or not all, are copied.
struct PlainWeight {
  /// Distances of neighbours: groups, outputs, channels of a group, (z, y, x).
  let strides: [Int]
  private let start: UnsafeMutableRawPointer
  private let partPitch: Int
  private let copiedBytes: Int

  init(_ correlation: LibraryCorrelation, in context: ParallelContext) {
    let (base, taps) = (correlation.base, correlation.taps)
    let weight = base.weight
    let inner = (0..<3).map { PlainWeight.step(taps[$0]) * base.tapStrides.kernel[$0] }
    let first = (0..<3).reduce(0) { $0 + taps[$1][0].kernel * base.tapStrides.kernel[$1] }
    let plain = [weight.groupStride, weight.rowStride, base.tapStrides.channel] + inner
    if plain.allSatisfy({ $0 >= 0 }) {
      (strides, copiedBytes) = (plain.map { max($0, 1) }, 0)
      start = weight.start + first * 4
    } else {
      (start, strides, copiedBytes) = PlainWeight.copy(base, first: first, plain, in: context)
    }
    let divided = base.groups > 1 ? 0 : 1
    partPitch = strides[divided] * (base.groups > 1 ? base.groups : base.rows) / correlation.parts
  }

  func deallocate() {
    if copiedBytes > 0 { BufferPool.shared.deallocate(start, byteCount: copiedBytes) }
  }

  /// Where the weight of a part begins.
  func part(_ index: Int) -> UnsafeMutableRawPointer { start + index * partPitch * 4 }

  /// From one tap to the next, in elements of the kernel.
  private static func step(_ taps: [(kernel: Int, shift: Int)]) -> Int {
    taps.count > 1 ? taps[1].kernel - taps[0].kernel : 1
  }

  /// A copy in which taps follow each other in the order of what they see; rows and channels stay
  /// in the order in which they lie.
  private static func copy(
    _ base: Correlation, first: Int, _ from: [Int], in context: ParallelContext
  ) -> (UnsafeMutableRawPointer, [Int], Int) {
    let (height, width) = (base.grid.axes[1].taps.count, base.grid.axes[2].taps.count)
    let taps = height * width
    let rowsFirst = from[1] >= from[2]
    let (outer, inner) = rowsFirst ? (base.rows, base.channels) : (base.channels, base.rows)
    let (outerStride, innerStride) = rowsFirst ? (from[1], from[2]) : (from[2], from[1])
    let bytes = base.groups * outer * inner * taps * 4
    let memory = BufferPool.shared.allocate(byteCount: bytes)
    context.parallelFor(base.groups * outer) { line in
      let (group, index) = (line / outer, line % outer)
      let source = (base.weight.start + (first + group * from[0] + index * outerStride) * 4)
        .assumingMemoryBound(to: Float.self)
      var to = (memory + line * inner * taps * 4).assumingMemoryBound(to: Float.self)
      for place in 0..<inner {
        for y in 0..<height {
          for x in 0..<width {
            to[x] = source[place * innerStride + y * from[4] + x * from[5]]
          }
          to += width
        }
      }
    }
    let (far, near) = (inner * taps, taps)
    return (
      memory, [outer * far, rowsFirst ? far : near, rowsFirst ? near : far, taps, width, 1], bytes
    )
  }
}
