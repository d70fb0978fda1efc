import CTandem
import TandemShapes
import TandemThreads

/// Fills an array with random numbers.
///
/// | operand | shape | dtype                      |
/// | ------- | ----- | -------------------------- |
/// | out     | any   | as the distribution allows |
///
/// Scalars, or operands in memory, are seed, stream and tick of a ``RandomKey``, by the bits of
/// 64-bit integers. Element i, in row-major order, depends on the key and on i alone; the bits are
/// the same for every number of threads, layout and instruction set.
///
/// - Complexity: O(elements).
public struct RandomFill: Primitive {
  /// How the numbers are distributed.
  public enum Distribution: Hashable, Sendable, Codable {
    /// Floats in `low..<high`; floating point dtypes.
    case uniform(low: Double, high: Double)
    /// The normal distribution, by Box and Muller; floating point dtypes.
    case normal(mean: Double, standardDeviation: Double)
    /// Whole numbers in `low..<high`, all equally likely; integer dtypes that hold them.
    case integers(low: Int, high: Int)
    /// One with this probability, else zero; any real dtype.
    case bernoulli(probability: Double)
    /// The numbers `0..<n` of a 1-D out in random order; `int64` or `int32`.
    case permutation
    /// The normal distribution between two ends; floating point dtypes.
    case truncatedNormal(mean: Double, standardDeviation: Double, low: Double, high: Double)
    /// The exponential distribution with mean `scale`; floating point dtypes.
    case exponential(scale: Double)
    /// The Gumbel distribution; floating point dtypes.
    case gumbel(location: Double, scale: Double)
  }

  /// How the numbers are distributed.
  public let distribution: Distribution

  /// Which words of the key are in memory: operands after out, in order. The others are scalars.
  public let storedWords: [Int]

  /// The primitive with these attributes.
  public init(_ distribution: Distribution, storedWords: [Int] = []) {
    (self.distribution, self.storedWords) = (distribution, storedWords)
  }

  /// Computes the outputs; see the table of operands.
  public func run(_ operands: [Operand], scalars: [ScalarValue], in context: ParallelContext)
    throws(KernelFailure)
  {
    let key = RandomKey(operands.dropFirst(), scalars, storedWords: storedWords)
    let out = operands[0]
    if out.layout.isRowMajor { return fill(out, key, in: context) }
    withScratch(UInt8.self, count: out.shape.elementCount * out.dtype.byteCount) { memory in
      let dense = Operand(UnsafeMutableRawPointer(memory), Layout(out.shape), out.dtype)
      fill(dense, key, in: context)
      Copy.copy(dense, to: out, in: context)
    }
  }

  private func fill(_ out: Operand, _ key: RandomKey, in context: ParallelContext) {
    let plan = plan(key, out.dtype)
    let count = out.shape.elementCount
    withUnsafePointer(to: plan) { plan in
      if distribution == .permutation {
        tandem_random_permutation(plan, out.start, Int64(count), out.isWide ? 1 : 0)
      } else {
        forEachChunk(of: count, size: 1 << 13, in: context) { _, range in
          tandem_random_run(plan, out.start, Int64(range.lowerBound), Int64(range.upperBound))
        }
      }
    }
  }

  private func plan(_ key: RandomKey, _ dtype: DType) -> tandem_random_plan {
    var plan = tandem_random_plan()
    let (low, high) = key.expanded
    plan.key = (low[0], low[1])
    plan.counter_high = (high[0], high[1])
    plan.dtype = Int64(dtype.rawValue)
    func set(_ code: Int, _ a: Double = 0, _ b: Double = 0, _ c: Double = 0, _ d: Double = 0) {
      plan.distribution = Int64(code)
      (plan.a, plan.b, plan.c, plan.d) = (a, b, c, d)
    }
    switch distribution {
    case .uniform(let low, let high): set(Int(TANDEM_UNIFORM), low, high)
    case .normal(let mean, let deviation): set(Int(TANDEM_NORMAL), mean, deviation)
    case .integers(let low, let high):
      set(Int(TANDEM_INTEGERS))
      plan.first = Int64(low)
      plan.range = UInt64(bitPattern: Int64(high)) &- UInt64(bitPattern: Int64(low))
    case .bernoulli(let probability): set(Int(TANDEM_BERNOULLI), probability)
    case .permutation: break
    case .truncatedNormal(let mean, let deviation, let low, let high):
      set(Int(TANDEM_TRUNCATED_NORMAL), mean, deviation, low, high)
    case .exponential(let scale): set(Int(TANDEM_EXPONENTIAL), scale)
    case .gumbel(let location, let scale): set(Int(TANDEM_GUMBEL), location, scale)
    }
    return plan
  }
}
