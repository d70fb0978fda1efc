/// `x` where it is positive, else `alpha · (exp(x) − 1)`.
///
/// - Reference: Clevert, Unterthiner and Hochreiter, *Fast and Accurate Deep Network Learning by
///   Exponential Linear Units*, arXiv:1511.07289.
public struct ELU: ReportingLayer {
  /// What large negative numbers come near to, without its sign.
  public let alpha: Double

  public init(alpha: Double = 1) { self.alpha = alpha }

  @_disfavoredOverload
  public func callAsFunction(_ x: NDArray) -> NDArray { x.elu(alpha: alpha) }
}

/// `x` where it is positive, else `alpha · (exp(x / alpha) − 1)`.
///
/// - Reference: Barron, *Continuously Differentiable Exponential Linear Units*, arXiv:1704.07483.
public struct CELU: ReportingLayer {
  /// What large negative numbers come near to, without its sign; not zero.
  public let alpha: Double

  /// - Parameter alpha: what large negative numbers come near to; not zero.
  public init(alpha: Double = 1, file: StaticString = #fileID, line: UInt = #line) {
    if alpha == 0 { fail("CELU: alpha must not be zero", at: CallSite(file, line)) }
    self.alpha = alpha
  }

  @_disfavoredOverload
  public func callAsFunction(_ x: NDArray) -> NDArray { x.celu(alpha: alpha) }
}

/// ``ELU`` with the two factors that keep mean zero and variance one from layer to layer.
///
/// - Reference: Klambauer, Unterthiner, Mayr and Hochreiter, *Self-Normalizing Neural Networks*,
///   arXiv:1706.02515.
public struct SELU: ReportingLayer {
  /// The layer; it has no options.
  public init() {}

  @_disfavoredOverload
  public func callAsFunction(_ x: NDArray) -> NDArray { x.selu() }
}
