/// `x` where it is positive, else `slope · x`; see `leakyReLU(slope:)`.
///
/// - Reference: Maas, Hannun and Ng, *Rectifier Nonlinearities Improve Neural Network Acoustic
///   Models*, ICML 2013.
public struct LeakyReLU: ReportingLayer {
  /// The slope below zero.
  public let slope: Double

  public init(slope: Double = 0.01) { self.slope = slope }

  @_disfavoredOverload
  public func callAsFunction(_ x: NDArray) -> NDArray { x.leakyReLU(slope: slope) }
}

/// `x` where it is positive, else `slope · x` with slopes that are learnt.
///
/// - Input: `[batch, channels, ...]`, any shape if there is one slope. Output: the same shape.
/// - Parameters: `slope`, `[1]` or `[channels]`.
/// - Reference: He, Zhang, Ren and Sun, *Delving Deep into Rectifiers*, arXiv:1502.01852.
public struct PReLU: ReportingLayer {
  public let slope: Parameter

  /// - Parameters:
  ///   - channels: how many slopes there are, one for each place of axis 1, or one for all.
  ///   - start: what the slopes start with.
  public init(
    channels: Int = 1, start: Double = 0.25, file: StaticString = #fileID, line: UInt = #line
  ) {
    requirePositive(["channels": channels], of: "PReLU", at: CallSite(file, line))
    slope = Parameter(shape: [channels], initializer: .constant(start))
  }

  @_disfavoredOverload
  public func callAsFunction(_ x: NDArray) -> NDArray { x.prelu(slope.value) }
}

/// `x` where it is positive, else `x` times a slope: in training a random one for each element,
/// else the middle of the range.
///
/// - Reference: Xu, Wang, Chen and Li, *Empirical Evaluation of Rectified Activations in
///   Convolutional Network*, arXiv:1505.00853.
public struct RReLU: ReportingLayer {
  /// The smallest slope.
  public let low: Double
  /// The largest slope.
  public let high: Double

  /// - Parameters:
  ///   - low: the smallest slope.
  ///   - high: the largest slope.
  public init(
    from low: Double = 1.0 / 8, to high: Double = 1.0 / 3, file: StaticString = #fileID,
    line: UInt = #line
  ) {
    if !(low <= high) {
      fail("RReLU: slopes need an order, got \(low), \(high)", at: CallSite(file, line))
    }
    (self.low, self.high) = (low, high)
  }

  @_disfavoredOverload
  public func callAsFunction(_ x: NDArray) -> NDArray {
    isTraining ? x.randomizedReLU(from: low, to: high) : x.leakyReLU(slope: (low + high) / 2)
  }
}

/// The numbers kept between zero and six.
///
/// - Reference: Howard et al., *MobileNets*, arXiv:1704.04861.
public struct ReLU6: ReportingLayer {
  /// The layer; it has no options.
  public init() {}

  @_disfavoredOverload
  public func callAsFunction(_ x: NDArray) -> NDArray { x.relu6() }
}

/// `relu(x)²`.
///
/// - Reference: So et al., *Primer: Searching for Efficient Transformers*, arXiv:2109.08668.
public struct ReLUSquared: ReportingLayer {
  /// The layer; it has no options.
  public init() {}

  @_disfavoredOverload
  public func callAsFunction(_ x: NDArray) -> NDArray { x.reluSquared() }
}

/// `x` where it is above a threshold, else a value.
public struct Threshold: ReportingLayer {
  /// What `x` must be above to stay.
  public let threshold: Double
  /// What comes out elsewhere.
  public let value: Double

  public init(_ threshold: Double, value: Double = 0) {
    (self.threshold, self.value) = (threshold, value)
  }

  @_disfavoredOverload
  public func callAsFunction(_ x: NDArray) -> NDArray {
    x.thresholded(above: threshold, otherwise: value)
  }
}
