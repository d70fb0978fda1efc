extension Dense: WeightedLayer {}
extension Conv: WeightedLayer {}
extension ConvTransposed: WeightedLayer {}
extension DepthwiseConv: WeightedLayer {}

/// A layer whose weight is a direction and a length: `W = magnitude · V / ‖V‖`, for each output by
/// itself.
///
/// - Input and output: those of the layer.
/// - Parameters: `layer.weight` is `V`; `magnitude`, one number for each place of the axis, starts
///   as the lengths that the weight has, so that the layer starts as it was.
/// - Reference: Salimans and Kingma, *Weight Normalization: A Simple Reparameterization to
///   Accelerate Training of Deep Neural Networks*, arXiv:1602.07868.
public struct WeightNorm<Base: WeightedLayer>: ReportingLayer {
  /// The layer, whose own weight is the direction.
  public let layer: Base
  public let magnitude: Parameter
  /// The axis of the weight along which places are normalised each by itself.
  public let axis: Int

  /// - Parameters:
  ///   - layer: what the weight belongs to.
  ///   - axis: along which places are normalised each by itself; 0, the outputs, but for transposed
  ///     convolutions.
  public init(_ layer: Base, axis: Int = 0, file: StaticString = #fileID, line: UInt = #line) {
    guard layer.weight.declaredShape.indices.contains(axis) else {
      fail("WeightNorm: the weight has no axis \(axis)", at: CallSite(file, line))
    }
    (self.layer, self.axis) = (layer, axis)
    magnitude = Parameter(shape: [layer.weight.declaredShape[axis]], initializer: .ones)
  }

  /// The weight that the layer uses.
  public var weight: NDArray {
    let direction = layer.weight.value
    let length = norm(of: direction)
    var lengths = [Int](repeating: 1, count: direction.rank)
    lengths[axis] = direction.shape[axis]
    return direction
      * (magnitude.value(for: direction.shape[axis]).reshaped(Shape(lengths)) / length)
  }

  private func norm(of direction: NDArray) -> NDArray {
    direction.norm(axes: (0..<direction.rank).filter { $0 != axis }, keepDims: true)
  }

  @_disfavoredOverload
  public func callAsFunction(_ x: NDArray) -> NDArray {
    layer.inferLengths(from: x)
    if !magnitude.isInitialized {
      withoutTracing { magnitude.value = norm(of: layer.weight.value).flattened() }
    }
    return layer.weight.withValue(weight) { layer(x) }
  }
}

extension WeightedLayer {
  /// Calls the layer once for nothing if its weight has no value yet: that infers its lengths.
  func inferLengths(from x: NDArray) {
    if !weight.isInitialized { _ = withoutRecording { callAsFunction(x) } }
  }
}
