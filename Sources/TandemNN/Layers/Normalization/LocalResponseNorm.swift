/// Each element divided by a power of what its neighbours among the channels are:
/// `x / (k + alpha / size · Σ x²)^beta`.
///
/// - Input: `[batch, channels, ...]`. Output: the same shape.
/// - Reference: Krizhevsky, Sutskever and Hinton, *ImageNet Classification with Deep Convolutional
///   Neural Networks*, NIPS 2012.
public struct LocalResponseNorm: ReportingLayer {
  /// Over how many channels the sum goes.
  public let size: Int
  /// The factor of the sum.
  public let alpha: Double
  /// The exponent.
  public let beta: Double
  /// What is added to the sum.
  public let k: Double

  /// - Parameters:
  ///   - size: over how many channels the sum goes.
  ///   - alpha: the factor of the sum.
  ///   - beta: the exponent.
  ///   - k: what is added to the sum.
  public init(
    _ size: Int, alpha: Double = 1e-4, beta: Double = 0.75, k: Double = 1,
    file: StaticString = #fileID, line: UInt = #line
  ) {
    requirePositive(["size": size], of: "LocalResponseNorm", at: CallSite(file, line))
    (self.size, self.alpha, self.beta, self.k) = (size, alpha, beta, k)
  }

  @_disfavoredOverload
  public func callAsFunction(_ x: NDArray) -> NDArray {
    x.localResponseNormalization(size: size, alpha: alpha, beta: beta, k: k)
  }
}

/// The array divided by its Euclidean norm along some axes, `x / sqrt(Σ x² + epsilon)`.
///
/// - Input: any shape. Output: the same.
public struct L2Norm: ReportingLayer {
  /// The axes of the sum; all but the first if `nil`.
  public let axes: [Int]?
  /// Added to the sum of squares.
  public let epsilon: Double

  /// - Parameters:
  ///   - axes: of the sum, all but the first if `nil`: `[1]` normalises the channels at each
  ///     position.
  ///   - epsilon: added to the sum of squares; must be positive.
  public init(
    axes: [Int]? = nil, epsilon: Double = 1e-10, file: StaticString = #fileID, line: UInt = #line
  ) {
    requireEpsilon(epsilon, of: "L2Norm", at: CallSite(file, line))
    (self.axes, self.epsilon) = (axes, epsilon)
  }

  @_disfavoredOverload
  public func callAsFunction(_ x: NDArray) -> NDArray {
    x.l2Normalized(axes: axes, epsilon: epsilon)
  }
}
