/// The beta distribution between zero and one; `scipy.stats.beta`.
public struct BetaDistribution: Distribution {
  public static let name = "beta"

  /// The weight of one, positive.
  public let alpha: NDArray
  /// The weight of zero, positive.
  public let beta: NDArray

  /// - Parameters:
  ///   - alpha: the weight of one, positive.
  ///   - beta: the weight of zero, positive.
  public init(
    alpha: some RandomParameter, beta: some RandomParameter, file: StaticString = #fileID,
    line: UInt = #line
  ) {
    let found = Parameters(Self.name, [alpha, beta], CallSite(file, line)).arrays
    self.alpha = found[0]
    self.beta = found[1]
  }

  public var batchShape: Shape { alpha.shape }

  public var dtype: DType { alpha.dtype }

  public var mean: NDArray { alpha / (alpha + beta) }

  public var variance: NDArray {
    let sum = alpha + beta
    return alpha * beta / (sum.squared() * (sum + 1))
  }

  public var entropy: NDArray? {
    let sum = alpha + beta
    let first = (alpha - 1) * alpha.digamma() + (beta - 1) * beta.digamma()
    return logNorm - first + (sum - 2) * sum.digamma()
  }

  /// The logarithm of Euler's beta function.
  private var logNorm: NDArray {
    alpha.logGamma() + beta.logGamma() - (alpha + beta).logGamma()
  }

  public func logProbability(_ value: NDArray) -> NDArray {
    value.within((value .>= 0) .& (value .<= 1), safe: 0.5) {
      (alpha - 1).timesLog($0) + (beta - 1).timesLogOfRest($0) - logNorm
    }
  }

  public func draw(_ rows: Shape, key: RandomKey?) -> NDArray {
    NDArray.random.beta(rows, alpha: alpha, beta: beta, key: key)
  }
}
