// Operators of one input without parameters are layers as they are: `ReLU()` in a `Sequential` is
// the operator itself.

extension ReportingLayer where Self: Op {
  @_disfavoredOverload
  public func callAsFunction(_ x: NDArray) -> NDArray { .apply(self, x, at: .unknown) }
}

extension ReLU: ReportingLayer {}
extension Sigmoid: ReportingLayer {}
extension Tanh: ReportingLayer {}
extension GELU: ReportingLayer {}
extension SiLU: ReportingLayer {}
extension Softplus: ReportingLayer {}
extension Softsign: ReportingLayer {}
extension LogSigmoid: ReportingLayer {}
extension Mish: ReportingLayer {}
extension HardSigmoid: ReportingLayer {}

/// Another name of `x · sigmoid(x)`.
public typealias Swish = SiLU

extension Softmax: ReportingLayer {
  /// The softmax along the last axis.
  public init() { self.init(axis: -1) }

  @_disfavoredOverload
  public func callAsFunction(_ x: NDArray) -> NDArray { x.softmax(axis: axis) }
}

extension LogSoftmax: ReportingLayer {
  /// The logarithm of the softmax along the last axis.
  public init() { self.init(axis: -1) }

  @_disfavoredOverload
  public func callAsFunction(_ x: NDArray) -> NDArray { x.logSoftmax(axis: axis) }
}

/// The softmax of `−x` along an axis.
public struct Softmin: ReportingLayer {
  /// The axis along which the results add up to one.
  public let axis: Int

  /// - Parameter axis: along which the results add up to one; may be counted from the end.
  public init(axis: Int = -1) { self.axis = axis }

  @_disfavoredOverload
  public func callAsFunction(_ x: NDArray) -> NDArray { x.softmin(axis: axis) }
}

/// The first half of an axis times the logistic function of the second.
///
/// - Input: any with an axis of even length. Output: the axis is half as long.
/// - Reference: Dauphin, Fan, Auli and Grangier, *Language Modeling with Gated Convolutional
///   Networks*, arXiv:1612.08083.
public struct GLU: ReportingLayer {
  /// The axis that is halved.
  public let axis: Int

  /// - Parameter axis: what is halved; may be counted from the end.
  public init(axis: Int = -1) { self.axis = axis }

  @_disfavoredOverload
  public func callAsFunction(_ x: NDArray) -> NDArray { x.glu(axis: axis) }
}
