import TandemShapes

/// Vectors of normal numbers; `scipy.stats.multivariate_normal`.
public struct MultivariateNormalDistribution: Distribution {
  public static let name = "multivariateNormal"

  public let mean: NDArray
  /// The lower triangle `L` with `L Lᵀ` the covariance, `[batch..., n, n]`.
  public let factor: NDArray

  /// - Parameters:
  ///   - mean: `[..., n]`.
  ///   - covariance: `[..., n, n]`, symmetric and positive definite, float32 or float64; a matrix
  ///     that is not is reported when a result is read.
  public init(
    mean: NDArray, covariance: NDArray, file: StaticString = #fileID, line: UInt = #line
  ) {
    let site = CallSite(file, line)
    Self.check(mean, covariance, site)
    let factor = Linalg.cholesky(covariance, file: file, line: line)
    self.init(mean, factor, site)
  }

  /// - Parameters:
  ///   - mean: `[..., n]`.
  ///   - factor: the lower triangle `L` with `L Lᵀ` the covariance, `[..., n, n]`.
  public init(mean: NDArray, factor: NDArray, file: StaticString = #fileID, line: UInt = #line) {
    let site = CallSite(file, line)
    Self.check(mean, factor, site)
    self.init(mean, factor.triangularLower(), site)
  }

  private static func check(_ mean: NDArray, _ matrix: NDArray, _ site: CallSite) {
    guard mean.rank >= 1, matrix.rank >= 2, matrix.shape[-1] == matrix.shape[-2],
      matrix.shape[-1] == mean.shape[-1]
    else {
      fail(
        "multivariateNormal: needs vectors [..., n] and matrices [..., n, n]: "
          + "\(mean.type), \(matrix.type)", at: site)
    }
  }

  private init(_ mean: NDArray, _ factor: NDArray, _ site: CallSite) {
    let dtype = mean.dtype.promoted(with: factor.dtype).floating
    let n = mean.shape[-1]
    do throws(ShapeError) {
      let batch = try broadcast(mean.shape.dropLast(), factor.shape.dropLast(2))
      self.mean = mean.cast(to: dtype).broadcast(to: batch.appending(n))
      self.factor = factor.cast(to: dtype).broadcast(to: batch.appending(n, n))
    } catch {
      fail(
        "multivariateNormal: batches do not broadcast: \(mean.type), \(factor.type)", at: site)
    }
  }

  public var batchShape: Shape { mean.shape.dropLast() }

  public var eventShape: Shape { [mean.shape[-1]] }

  public var dtype: DType { mean.dtype }

  public var variance: NDArray { factor.squared().sum(axis: -1) }

  /// `L Lᵀ`, `[batch..., n, n]`.
  public var covariance: NDArray { factor.matmul(factor.matrixTransposed()) }

  /// Half of the logarithm of the covariance's determinant, `[batch...]`.
  var halfLogDeterminant: NDArray { factor.diagonal().log().sum(axis: -1) }

  public var entropy: NDArray? {
    let each: Double = 1.4189385332046727
    let all: Double = each * Double(mean.shape[-1])
    return halfLogDeterminant + all
  }

  public func logProbability(_ value: NDArray) -> NDArray {
    let gap = (value - mean).expandingDims(at: -1)  // [..., n, 1]
    let z = Linalg.solveTriangular(factor, gap).squeezed(axis: -1)
    let half = z.squared().sum(axis: -1) * -0.5
    let each: Double = 0.9189385332046727
    let all: Double = each * Double(mean.shape[-1])
    return half - halfLogDeterminant - all
  }

  public func draw(_ rows: Shape, key: RandomKey?) -> NDArray {
    NDArray.random.multivariateNormal(
      mean: mean, factor: factor, rows, key: key, dtype: dtype, at: .unknown)
  }
}
