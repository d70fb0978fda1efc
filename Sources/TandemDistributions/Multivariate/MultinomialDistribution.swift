import TandemShapes

/// How often each category comes up in a number of draws; `scipy.stats.multinomial`.
public struct MultinomialDistribution: Distribution {
  public static let name = "multinomial"

  /// How many draws, `[batch...]`.
  public let trials: NDArray
  /// `[batch..., k]`, which add up to one.
  public let probabilities: NDArray

  /// - Parameters:
  ///   - trials: how many draws, for the whole batch.
  ///   - probabilities: `[batch..., k]`, not negative; divided by their sum.
  public init(
    trials: Int, probabilities: NDArray, file: StaticString = #fileID, line: UInt = #line
  ) {
    let site = CallSite(file, line)
    probabilities.requireAxes(1, Self.name, site)
    guard trials >= 0 else { fail("multinomial: a negative number of trials: \(trials)", at: site) }
    let floats = probabilities.cast(to: probabilities.dtype.floating)
    self.probabilities = floats / floats.sum(axis: -1, keepDims: true)
    self.trials = NDArray.full(floats.shape.dropLast(), trials, dtype: floats.dtype)
  }

  public var batchShape: Shape { probabilities.shape.dropLast() }

  public var eventShape: Shape { [probabilities.shape[-1]] }

  public var dtype: DType { probabilities.dtype }

  public var mean: NDArray { trials.expandingDims(at: -1) * probabilities }

  public var variance: NDArray { mean * (1 - probabilities) }

  public func logProbability(_ value: NDArray) -> NDArray {
    let x = value.cast(to: dtype)
    let inside = x.isCount.all(axis: -1) .& (x.sum(axis: -1) .== trials)
    return x.within(inside.expandingDims(at: -1), safe: 0) { x in
      x.timesLog(probabilities) - (x + 1).logGamma()
    }.sum(axis: -1) + (trials + 1).logGamma()
  }

  public func draw(_ rows: Shape, key: RandomKey?) -> NDArray {
    NDArray.random.multinomial(
      trials: trials, weights: probabilities.detached(), rows, key: key, dtype: dtype)
  }
}
