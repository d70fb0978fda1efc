import CTandem
import TandemShapes
import TandemThreads

/// The coordinates of the elements that are not zero, in row-major order.
///
/// | operand | shape           | dtype   |
/// | ------- | --------------- | ------- |
/// | out     | `[rank, count]` | `int64` |
/// | x       | any             | any     |
///
/// Row k holds coordinates along axis k, so rows are the indices of ``Gather`` with
/// `.leading(count: rank)`: that is how a mask selects. `count` comes from
/// ``countNonZero(_:in:)``. `-0.0` is zero, NaN is not.
///
/// - Throws: `the mask changed: 5 elements were counted and there are 6` if `count` is wrong.
/// - Complexity: O(elements), twice.
public struct NonZero: FalliblePrimitive {
  private static let chunk = 1 << 16

  /// The primitive; it has no attributes.
  public init() {}

  /// How many elements are not zero.
  public static func countNonZero(_ x: Operand, in context: ParallelContext) -> Int {
    withCounts(x, in: context) { counts, chunks in (0..<chunks).reduce(0) { $0 + Int(counts[$1]) } }
  }

  /// Computes the outputs; see the table of operands.
  public func run(_ operands: [Operand], scalars: [ScalarValue], in context: ParallelContext)
    throws(KernelFailure)
  {
    let (out, x) = (operands[0], operands[1])
    let room = out.shape[1]
    let found = NonZero.withCounts(x, in: context) { counts, chunks in
      var total = 0
      for chunk in 0..<chunks {
        let here = Int(counts[chunk])
        counts[chunk] = Int64(total)
        total += here
      }
      guard total == room, x.layout.rank > 0 else { return total }
      let view = x.view
      let (axisStride, itemStride) = (out.byteStride(0), out.byteStride(1))
      forEachChunk(of: x.shape.elementCount, size: NonZero.chunk, in: context) { chunk, range in
        let first = Int(counts[chunk])
        let place = (out.start + first * Int(itemStride)).assumingMemoryBound(to: CChar.self)
        withUnsafePointer(to: view) {
          _ = tandem_nonzero_fill(
            $0, Int64(x.dtype.rawValue), Int64(range.lowerBound), Int64(range.upperBound), place,
            axisStride, itemStride, Int64(room - first))
        }
      }
      return total
    }
    if found != room {
      throw KernelFailure("the mask changed: \(room) elements were counted and there are \(found)")
    }
  }

  /// Calls `body` with the count of each chunk.
  private static func withCounts<Result>(
    _ x: Operand, in context: ParallelContext,
    _ body: (_ counts: UnsafeMutablePointer<Int64>, _ chunks: Int) -> Result
  ) -> Result {
    let count = x.shape.elementCount
    let chunks = (count + chunk - 1) / chunk
    let view = x.view
    return withScratch(Int64.self, count: chunks) { counts in
      forEachChunk(of: count, size: chunk, in: context) { chunk, range in
        withUnsafePointer(to: view) {
          counts[chunk] = tandem_nonzero_count(
            $0, Int64(x.dtype.rawValue), Int64(range.lowerBound), Int64(range.upperBound))
        }
      }
      return body(counts, chunks)
    }
  }
}
