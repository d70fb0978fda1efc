/// Dense layers with ReLU between them.
///
/// - Input: `[batch, inputs]`. Output: `[batch, outputs]`.
/// - Parameters: `layers.0`, `layers.2` and so on, each with `weight` and `bias`.
public struct MLP: ReportingLayer {
  /// Dense layers and what lies between them.
  public let layers: Sequential

  /// - Parameters:
  ///   - hidden: the numbers of features between the layers.
  ///   - outputs: the number of features that come out.
  ///   - inputs: the number of features that go in; inferred at the first call if `nil`.
  public init(hidden: [Int], outputs: Int, inputs: Int? = nil) {
    let widths = [inputs] + hidden
    layers = Sequential {
      for (index, width) in hidden.enumerated() {
        Dense(width, inputs: widths[index])
        ReLU()
      }
      Dense(outputs, inputs: widths[hidden.count])
    }
  }

  @_disfavoredOverload
  public func callAsFunction(_ x: NDArray) -> NDArray { layers(x) }
}
