@_exported import TandemArray

/// A probability distribution, or a batch of independent ones.
///
/// | shape | what it counts |
/// | --- | --- |
/// | `eventShape` | one draw of one distribution: `[]` for numbers, `[k]` for vectors |
/// | `batchShape` | distributions of the same kind with parameters of their own |
///
/// Parameters are numbers or arrays, which are broadcast against each other. Values of parameters
/// are not checked: what makes no sense gives NaN, or is refused by the sampler.
public protocol Distribution: Sendable {
  /// The distribution's name in messages.
  static var name: String { get }

  /// The shape of the batch.
  var batchShape: Shape { get }

  /// The shape of one draw.
  var eventShape: Shape { get }

  /// The dtype of the parameters, in which everything is computed.
  var dtype: DType { get }

  /// The mean, `[batch..., event...]`; NaN where there is none, or none is known.
  var mean: NDArray { get }

  /// The variance of each number, `[batch..., event...]`; NaN where there is none, or none is
  /// known.
  var variance: NDArray { get }

  /// The entropy in nats, `[batch...]`; `nil` if it has no closed form.
  var entropy: NDArray? { get }

  /// The logarithm of the probability, or of its density, at a value: minus infinity outside of
  /// what can be drawn.
  ///
  /// - Parameter value: `[..., event...]`, broadcast against the batch.
  /// - Returns: what is broadcast, without the axes of the event.
  func logProbability(_ value: NDArray) -> NDArray

  /// Draws, for ``sample(_:key:)``.
  ///
  /// - Parameter rows: the shape of the result without the axes of the event: it ends as the batch.
  func draw(_ rows: Shape, key: RandomKey?) -> NDArray
}

extension Distribution {
  /// Numbers.
  public var eventShape: Shape { [] }

  /// No closed form.
  public var entropy: NDArray? { nil }

  /// The root of the variance.
  public var standardDeviation: NDArray { variance.sqrt() }

  /// Draws from each distribution of the batch, `[shape..., batch..., event...]`.
  ///
  /// Gradients flow through them to the parameters where the sampler in `NDArray.random` says so.
  ///
  /// - Parameters:
  ///   - shape: how many draws.
  ///   - key: of the draws; without one a tick of the thread's random state is taken.
  public func sample(_ shape: Shape = [], key: RandomKey? = nil) -> NDArray {
    draw(Shape(shape.array + batchShape.array), key: key)
  }

  /// The probability, or its density, at a value; see ``logProbability(_:)``.
  public func probability(_ value: NDArray) -> NDArray { logProbability(value).exp() }

  /// NaN for each number of a draw.
  var unknown: NDArray {
    NDArray.full(Shape(batchShape.array + eventShape.array), Double.nan, dtype: dtype)
  }
}
