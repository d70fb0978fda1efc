/// The convolution network of LeCun et al. in its common form: two convolutions with pooling, two
/// dense layers; 431,080 parameters for 28 × 28 grey pictures and ten classes.
///
/// - Input: `[batch, channels, height, width]`. Output: `[batch, classes]`, scores.
/// - Parameters: `features.0` and `features.3` are the convolutions, `classifier.1` and
///   `classifier.3` the dense layers, each with `weight` and `bias`.
/// - Reference: LeCun, Bottou, Bengio and Haffner, *Gradient-Based Learning Applied to Document
///   Recognition*, Proceedings of the IEEE, 1998.
public struct LeNet: ReportingLayer {
  /// Convolutions and pooling.
  public let features: Sequential
  /// From what the features are to scores.
  public let classifier: Sequential

  /// - Parameter classes: the number of scores.
  public init(classes: Int) {
    features = Sequential {
      Conv2D(channels: 20, kernel: 5)
      ReLU()
      MaxPool2D(2)
      Conv2D(channels: 50, kernel: 5)
      ReLU()
      MaxPool2D(2)
    }
    classifier = Sequential {
      Flatten()
      Dense(500)
      ReLU()
      Dense(classes)
    }
  }

  @_disfavoredOverload
  public func callAsFunction(_ x: NDArray) -> NDArray {
    classifier(features(x))
  }
}
