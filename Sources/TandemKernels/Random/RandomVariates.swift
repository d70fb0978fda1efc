import CTandem
import TandemShapes
import TandemThreads

/// Fills an array with random numbers whose distribution has parameters for each element.
///
/// | operand    | shape                           | dtype                        |
/// | ---------- | ------------------------------- | ---------------------------- |
/// | out        | any, row-major                  | floats; integers for counts  |
/// | parameters | that of out, row-major, or `[]` | `float64`                    |
///
/// Then the words of the key that are in memory; see ``RandomFill``. Element i depends on the key,
/// on i and on its own parameters alone.
///
/// - Throws: `the shape -1.0 at [3] is not positive and finite` and the like, for the first element
///   whose parameters the distribution does not have, before anything is written.
/// - Complexity: O(elements), with 30 to 250 ns for each.
public struct RandomVariates: FalliblePrimitive {
  /// The distribution; its parameters are operands.
  public enum Kind: String, Hashable, Sendable, Codable, CaseIterable {
    /// The gamma distribution of scale one; the parameter is its shape.
    case standardGamma
    /// The logarithm of a number from it, which does not underflow for small shapes.
    case logStandardGamma
    /// The Poisson distribution; the parameter is its mean.
    case poisson
    /// The binomial distribution: trials, and the probability of success.
    case binomial
    /// The standard normal distribution between two ends.
    case standardTruncatedNormal

    /// How many parameters there are.
    public var parameterCount: Int { self == .binomial || self == .standardTruncatedNormal ? 2 : 1 }

    /// Whether the numbers are counts.
    public var isCount: Bool { self == .poisson || self == .binomial }

    fileprivate var code: Int {
      switch self {
      case .standardGamma: Int(TANDEM_STANDARD_GAMMA)
      case .logStandardGamma: Int(TANDEM_LOG_STANDARD_GAMMA)
      case .poisson: Int(TANDEM_POISSON)
      case .binomial: Int(TANDEM_BINOMIAL)
      case .standardTruncatedNormal: Int(TANDEM_STANDARD_TRUNCATED_NORMAL)
      }
    }
  }

  /// The distribution.
  public let kind: Kind
  /// Which words of the key are in memory.
  public let storedWords: [Int]

  /// The primitive with these attributes.
  public init(_ kind: Kind, storedWords: [Int]) {
    (self.kind, self.storedWords) = (kind, storedWords)
  }

  /// Computes the outputs; see the table of operands.
  public func run(_ operands: [Operand], scalars: [ScalarValue], in context: ParallelContext)
    throws(KernelFailure)
  {
    let (out, parameters) = (operands[0], operands[1...kind.parameterCount])
    let key = RandomKey(
      operands[(1 + kind.parameterCount)...], scalars, storedWords: storedWords)
    var plan = tandem_variates_plan(key, kind.code, out.dtype)
    func pointer(_ operand: Operand) -> UnsafePointer<Double> {
      UnsafePointer(operand.start.assumingMemoryBound(to: Double.self))
    }
    let (first, last) = (parameters[1], parameters[kind.parameterCount])
    (plan.a, plan.a_stride) = (pointer(first), first.shape.rank == 0 ? 0 : 1)
    (plan.b, plan.b_stride) = (pointer(last), last.shape.rank == 0 ? 0 : 1)
    let count = out.shape.elementCount
    let bad = Int(tandem_variates_first_bad(&plan, Int64(count)))
    if bad >= 0 {
      throw KernelFailure(
        complaint(
          plan.a[bad * Int(plan.a_stride)], plan.b[bad * Int(plan.b_stride)],
          first.shape.rank + last.shape.rank == 0 ? "" : " at \(out.shape.place(of: bad))"))
    }
    withUnsafePointer(to: plan) { plan in
      forEachChunk(of: count, size: 1 << 10, in: context) { _, range in
        tandem_variates_run(plan, out.start, Int64(range.lowerBound), Int64(range.upperBound))
      }
    }
  }

  private func complaint(_ a: Double, _ b: Double, _ place: String) -> String {
    switch kind {
    case .standardGamma, .logStandardGamma:
      return "the shape \(a)\(place) is not positive and finite"
    case .poisson: return "the mean \(a)\(place) is not in 0...9e15"
    case .binomial:
      return (0...1).contains(b)
        ? "the number of trials \(a)\(place) is not a whole number in 0...9e15"
        : "the probability \(b)\(place) is not between 0 and 1"
    case .standardTruncatedNormal: return "the range \(a)..<\(b)\(place) is empty"
    }
  }
}

extension RandomKey {
  /// The key whose words are operands in memory, as `storedWords` numbers them, or else scalars.
  init(_ stored: ArraySlice<Operand>, _ scalars: [ScalarValue], storedWords: [Int]) {
    var (stored, numbers) = (stored.makeIterator(), scalars.makeIterator())
    let words = (0..<3).map { word in
      storedWords.contains(word)
        ? stored.next()?.start.load(as: UInt64.self) ?? 0 : numbers.next()?.bits ?? 0
    }
    self.init(seed: words[0], stream: words[1], tick: words[2])
  }
}

extension tandem_variates_plan {
  /// A plan without parameters.
  init(_ key: RandomKey, _ kind: Int, _ dtype: DType) {
    self.init()
    let (low, high) = key.expanded
    self.key = (low[0], low[1])
    counter_high = (high[0], high[1])
    (self.kind, self.dtype) = (Int64(kind), Int64(dtype.rawValue))
  }
}

extension Shape {
  /// The coordinates of an element that row-major order numbers.
  func place(of number: Int) -> [Int] {
    var (rest, place) = (number, [Int](repeating: 0, count: rank))
    for axis in (0..<rank).reversed() {
      place[axis] = rest % self[axis]
      rest /= self[axis]
    }
    return place
  }
}
