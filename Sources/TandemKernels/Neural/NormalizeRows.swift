import CTandem
import TandemShapes
import TandemThreads

/// Rows normalised one by one: `y = (x - mean) * rstd * scale + bias` with
/// `rstd = 1 / sqrt(mean((x - mean)²) + epsilon)`; without centring the mean counts as zero.
///
/// | operand | shape |
/// | --- | --- |
/// | y | `[rows, length]` |
/// | mean, if it centres | `[rows]` |
/// | rstd | `[rows]` |
/// | x | `[rows, length]` |
/// | scale | `[length]` |
/// | bias, if it centres | `[length]` |
///
/// All are row-major and of one dtype, float32 or float64. The bits are those of the loop programs
/// that the formulas stand for. Results of 32 MiB and more are written past the caches.
///
/// - Complexity: O(elements), one pass over memory.
public struct NormalizeRows: Primitive {
  /// Added to the mean square.
  public let epsilon: Double
  /// Whether the mean is subtracted first and a bias added at the end.
  public let centers: Bool

  /// The primitive with these attributes.
  public init(epsilon: Double, centers: Bool) { (self.epsilon, self.centers) = (epsilon, centers) }

  public func run(_ operands: [Operand], scalars: [ScalarValue], in context: ParallelContext)
    throws(KernelFailure)
  {
    let y = operands[0]
    let (rows, length) = (y.shape[0], y.shape[1])
    guard rows > 0 else { return }
    if length == 0 { return fill(operands[1...(centers ? 2 : 1)]) }
    var work = tandem_normalize_rows()
    work.type = Int32(y.dtype.rawValue)
    work.centers = centers ? 1 : 0
    work.length = Int64(length)
    work.epsilon = epsilon
    work.y = y.start
    work.streams = y.streams(along: 1) && length % 16 == 0 ? 1 : 0
    var rest = operands.dropFirst().map(\.start)
    if centers { work.mean = rest.removeFirst() }
    (work.rstd, work.x, work.scale) = (rest[0], .init(rest[1]), .init(rest[2]))
    if centers { work.bias = .init(rest[3]) }
    withUnsafePointer(to: work) { work in
      forEachChunk(of: rows, size: max(1, (1 << 14) / length), in: context) { _, range in
        tandem_normalize_rows_forward(work, Int64(range.lowerBound), Int64(range.upperBound))
      }
    }
  }

  /// The statistics of rows without elements are quotients of nothing: NaN.
  private func fill(_ statistics: ArraySlice<Operand>) {
    for statistic in statistics {
      for row in 0..<statistic.shape.elementCount {
        if statistic.dtype == .float64 {
          statistic.start.storeBytes(of: .nan, toByteOffset: row * 8, as: Double.self)
        } else {
          statistic.start.storeBytes(of: .nan, toByteOffset: row * 4, as: Float.self)
        }
      }
    }
  }
}

/// The gradients of ``NormalizeRows``.
///
/// | operand | shape |
/// | --- | --- |
/// | dx | `[rows, length]` |
/// | dScale | `[length]` |
/// | dBias, if it centres | `[length]` |
/// | dy, x | `[rows, length]` |
/// | scale | `[length]` |
/// | mean, if it centres | `[rows]` |
/// | rstd | `[rows]` |
///
/// Sums along a row have the order of loop programs; those over rows have one of their own, so the
/// operator is no run of loops: they are made in up to 64 parts, which follow from the shape, and
/// added in order.
///
/// - Complexity: O(elements), one pass over memory.
public struct NormalizeRowsGradient: Primitive {
  /// As in ``NormalizeRows``.
  public let centers: Bool

  /// The primitive with these attributes.
  public init(centers: Bool) { self.centers = centers }

  public func run(_ operands: [Operand], scalars: [ScalarValue], in context: ParallelContext)
    throws(KernelFailure)
  {
    let dx = operands[0]
    let sums = centers ? Array(operands[1...2]) : [operands[1]]
    let (rows, length) = (dx.shape[0], dx.shape[1])
    var work = tandem_normalize_rows_back()
    work.type = Int32(dx.dtype.rawValue)
    work.centers = centers ? 1 : 0
    work.length = Int64(length)
    work.dx = dx.start
    var rest = operands.dropFirst(1 + sums.count).map { UnsafeRawPointer($0.start) }
    (work.dy, work.x, work.scale) = (rest[0], rest[1], rest[2])
    rest.removeFirst(3)
    if centers { work.mean = rest.removeFirst() }
    work.rstd = rest[0]
    let size = max((rows + 63) / 64, max(1, (1 << 13) / max(length, 1)))
    let parts = (rows + size - 1) / size
    let bytes = length * dx.dtype.byteCount
    withScratch(UInt8.self, count: parts * sums.count * bytes) { memory in
      withUnsafePointer(to: work) { work in
        forEachChunk(of: rows, size: size, in: context) { part, range in
          let dScale = memory + part * sums.count * bytes
          tandem_normalize_rows_backward(
            work, Int64(range.lowerBound), Int64(range.upperBound), dScale,
            sums.count > 1 ? dScale + bytes : nil)
        }
      }
      for (index, sum) in sums.enumerated() {
        sum.start.initializeMemory(as: UInt8.self, repeating: 0, count: bytes)
        for part in 0..<parts {
          tandem_gemm_add(
            sum.start, memory + (part * sums.count + index) * bytes, Int64(length),
            Int32(dx.dtype.rawValue))
        }
      }
    }
  }
}
