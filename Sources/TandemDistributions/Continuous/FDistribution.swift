/// Fisher and Snedecor's F distribution, of the ratio of two mean squares; `scipy.stats.f`.
public struct FDistribution: Distribution {
  public static let name = "f"

  /// Degrees of freedom above the line, positive.
  public let numerator: NDArray
  /// Degrees of freedom below the line, positive.
  public let denominator: NDArray

  /// - Parameters:
  ///   - numerator: degrees of freedom above the line, positive.
  ///   - denominator: degrees of freedom below the line, positive.
  public init(
    numerator: some RandomParameter, denominator: some RandomParameter,
    file: StaticString = #fileID,
    line: UInt = #line
  ) {
    let found = Parameters(Self.name, [numerator, denominator], CallSite(file, line)).arrays
    self.numerator = found[0]
    self.denominator = found[1]
  }

  public var batchShape: Shape { numerator.shape }

  public var dtype: DType { numerator.dtype }

  public var mean: NDArray {
    NDArray.where(denominator .> 2, denominator / (denominator - 2), Double.infinity)
  }

  public var variance: NDArray {
    let (m, n) = (numerator, denominator)
    let finite = (n / (n - 2)).squared() * 2 * (m + n - 2) / (m * (n - 4))
    let infinite = NDArray.where(n .> 2, n * 0 + Double.infinity, Double.nan)
    return NDArray.where(n .> 4, finite, infinite)
  }

  public func logProbability(_ value: NDArray) -> NDArray {
    value.within(value .> 0, safe: 1) {
      let (a, b) = (numerator * 0.5, denominator * 0.5)
      let ratio = numerator / denominator
      let logBeta = a.logGamma() + b.logGamma() - (a + b).logGamma()
      let power = (a - 1) * $0.log() - (a + b) * (ratio * $0).log1p()
      return a * ratio.log() + power - logBeta
    }
  }

  public func draw(_ rows: Shape, key: RandomKey?) -> NDArray {
    NDArray.random.f(rows, numerator: numerator, denominator: denominator, key: key)
  }
}
