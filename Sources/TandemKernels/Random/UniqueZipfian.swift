import CTandem
import TandemShapes
import TandemThreads

/// Different whole numbers, small ones more likely: rows of the log-uniform distribution without
/// repetition.
///
/// | operand | shape                     | dtype   |
/// | ------- | ------------------------- | ------- |
/// | out     | `[rows..., n]`, row-major | `int64` |
/// | tries   | `[rows...]`, row-major    | `int64` |
///
/// Then the words of the key that are in memory; see ``RandomFill``. Row i depends on the key and
/// on i alone. `tries` says how many numbers were drawn until n were different.
///
/// - Complexity: O(tries).
public struct UniqueZipfian: Primitive {
  /// Numbers are below this; n is at most this.
  public let range: Int
  /// Which words of the key are in memory.
  public let storedWords: [Int]

  /// The primitive with these attributes.
  public init(range: Int, storedWords: [Int]) {
    (self.range, self.storedWords) = (range, storedWords)
  }

  /// Computes the outputs; see the table of operands.
  public func run(_ operands: [Operand], scalars: [ScalarValue], in context: ParallelContext)
    throws(KernelFailure)
  {
    let numbers = operands[0].start.assumingMemoryBound(to: Int64.self)
    let tries = operands[1].start.assumingMemoryBound(to: Int64.self)
    let (rows, count) = (operands[1].shape.elementCount, operands[0].shape[-1])
    let key = RandomKey(operands[2...], scalars, storedWords: storedWords)
    var scratchCount = 16
    while scratchCount < 2 * count { scratchCount *= 2 }
    let size = max(1, 4096 / max(count, 1))
    withUnsafePointer(to: tandem_variates_plan(key, 0, .int64)) { plan in
      forEachChunk(of: rows, size: size, in: context) { _, chunk in
        withScratch(Int64.self, count: scratchCount) { scratch in
          tandem_unique_zipfian_run(
            plan, Int64(range), Int64(count), numbers, tries, Int64(chunk.lowerBound),
            Int64(chunk.upperBound), scratch, Int64(scratchCount))
        }
      }
    }
  }
}
