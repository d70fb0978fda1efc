import TandemShapes

/// Shares that add up to one; `scipy.stats.dirichlet`.
public struct DirichletDistribution: Distribution {
  public static let name = "dirichlet"

  /// `[batch..., k]`, positive.
  public let concentrations: NDArray

  /// - Parameter concentrations: `[batch..., k]`, positive.
  public init(_ concentrations: NDArray, file: StaticString = #fileID, line: UInt = #line) {
    concentrations.requireAxes(1, Self.name, CallSite(file, line))
    self.concentrations = concentrations.cast(to: concentrations.dtype.floating)
  }

  public var batchShape: Shape { concentrations.shape.dropLast() }

  public var eventShape: Shape { [concentrations.shape[-1]] }

  public var dtype: DType { concentrations.dtype }

  private var sum: NDArray { concentrations.sum(axis: -1, keepDims: true) }  // [batch..., 1]

  public var mean: NDArray { concentrations / sum }

  public var variance: NDArray { mean * (1 - mean) / (sum + 1) }

  public var entropy: NDArray? {
    let parts = (concentrations - 1) * (sum.digamma() - concentrations.digamma())
    return logNorm + parts.sum(axis: -1)
  }

  /// The logarithm of the beta function of several arguments.
  var logNorm: NDArray {
    concentrations.logGamma().sum(axis: -1) - sum.logGamma().squeezed(axis: -1)
  }

  public func logProbability(_ value: NDArray) -> NDArray {
    let inside = (value .>= 0).all(axis: -1, keepDims: true)
    let parts = value.within(inside, safe: 1) { (concentrations - 1).timesLog($0) }
    return parts.sum(axis: -1) - logNorm
  }

  public func draw(_ rows: Shape, key: RandomKey?) -> NDArray {
    NDArray.random.dirichlet(concentrations, rows, key: key)
  }
}
