/// The numbers kept between two.
public struct HardTanh: ReportingLayer {
  /// The smallest number that comes out.
  public let low: Double
  /// The largest number that comes out.
  public let high: Double

  /// - Parameters:
  ///   - low: the smallest number that comes out.
  ///   - high: the largest.
  public init(
    min low: Double = -1, max high: Double = 1, file: StaticString = #fileID, line: UInt = #line
  ) {
    if !(low < high) {
      fail("HardTanh: min must be below max, got \(low), \(high)", at: CallSite(file, line))
    }
    (self.low, self.high) = (low, high)
  }

  @_disfavoredOverload
  public func callAsFunction(_ x: NDArray) -> NDArray { x.hardTanh(min: low, max: high) }
}

/// `x · relu6(x + 3) / 6`.
///
/// - Reference: Howard et al., *Searching for MobileNetV3*, arXiv:1905.02244.
public struct HardSwish: ReportingLayer {
  /// The layer; it has no options.
  public init() {}

  @_disfavoredOverload
  public func callAsFunction(_ x: NDArray) -> NDArray { x.hardSwish() }
}

/// `x` where its absolute value is above a threshold, else zero.
public struct HardShrink: ReportingLayer {
  /// Up to where numbers become zero.
  public let threshold: Double

  public init(threshold: Double = 0.5) { self.threshold = threshold }

  @_disfavoredOverload
  public func callAsFunction(_ x: NDArray) -> NDArray { x.hardShrink(threshold: threshold) }
}

/// `x` moved towards zero by a threshold, and zero where it would go beyond.
public struct SoftShrink: ReportingLayer {
  /// By how much numbers are moved; not negative.
  public let threshold: Double

  /// - Parameter threshold: by how much numbers are moved; not negative.
  public init(threshold: Double = 0.5, file: StaticString = #fileID, line: UInt = #line) {
    if !(threshold >= 0) {
      fail(
        "SoftShrink: threshold must not be negative, got \(threshold)", at: CallSite(file, line))
    }
    self.threshold = threshold
  }

  @_disfavoredOverload
  public func callAsFunction(_ x: NDArray) -> NDArray { x.softShrink(threshold: threshold) }
}

/// One where `x` is above a threshold, else zero; without a gradient.
public struct Step: ReportingLayer {
  /// What `x` must be above.
  public let threshold: Double

  public init(threshold: Double = 0) { self.threshold = threshold }

  @_disfavoredOverload
  public func callAsFunction(_ x: NDArray) -> NDArray { x.step(threshold: threshold) }
}
