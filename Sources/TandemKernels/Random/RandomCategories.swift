import CTandem
import TandemShapes
import TandemThreads

/// How often each category comes up in a number of draws: rows of the multinomial distribution.
///
/// | operand | shape                      | dtype              |
/// | ------- | -------------------------- | ------------------ |
/// | out     | `[rows..., k]`, row-major  | any real but bool  |
/// | trials  | `[rows...]`, row-major     | `float64`          |
/// | weights | `[rows..., k]`, row-major  | `float64`          |
///
/// Then the words of the key that are in memory; see ``RandomFill``. Weights need not add up to
/// one. Row i depends on the key, on i and on its own inputs alone.
///
/// - Throws: `the weight -1.0 at [2, 0] is not 0 or more and finite`, `the weights at [2] are all
///   zero`, `the number of trials 1.5 at [2] is not a whole number in 0...9e15`.
/// - Complexity: O(elements of out).
public struct RandomCategories: FalliblePrimitive {
  /// Which words of the key are in memory.
  public let storedWords: [Int]

  /// The primitive with these attributes.
  public init(storedWords: [Int]) { self.storedWords = storedWords }

  /// Computes the outputs; see the table of operands.
  public func run(_ operands: [Operand], scalars: [ScalarValue], in context: ParallelContext)
    throws(KernelFailure)
  {
    let out = operands[0]
    let trials = operands[1].start.assumingMemoryBound(to: Double.self)
    let weights = operands[2].start.assumingMemoryBound(to: Double.self)
    let (rows, k) = (operands[1].shape.elementCount, out.shape[-1])
    if let complaint = complaint(trials, weights, operands[1].shape, out.shape) {
      throw KernelFailure(complaint)
    }
    guard k > 0 else { return }
    let key = RandomKey(operands[3...], scalars, storedWords: storedWords)
    withUnsafePointer(to: tandem_variates_plan(key, Int(TANDEM_BINOMIAL), out.dtype)) { plan in
      forEachChunk(of: rows, size: max(1, 512 / k), in: context) { _, range in
        tandem_multinomial_run(
          plan, trials, weights, Int64(k), out.start, Int64(range.lowerBound),
          Int64(range.upperBound))
      }
    }
  }

  private func complaint(
    _ trials: UnsafePointer<Double>, _ weights: UnsafePointer<Double>, _ rows: Shape, _ all: Shape
  ) -> String? {
    let k = all[-1]
    for row in 0..<rows.elementCount {
      guard trials[row] >= 0, trials[row] <= 9e15, trials[row] == trials[row].rounded() else {
        return "the number of trials \(trials[row]) at \(rows.place(of: row)) is not a whole "
          + "number in 0...9e15"
      }
      var total = 0.0
      for index in row * k..<(row + 1) * k {
        guard weights[index] >= 0, weights[index] < .infinity else {
          return "the weight \(weights[index]) at \(all.place(of: index)) is not 0 or more and "
            + "finite"
        }
        total += weights[index]
      }
      if total == 0 { return "the weights at \(rows.place(of: row)) are all zero" }
    }
    return nil
  }
}
