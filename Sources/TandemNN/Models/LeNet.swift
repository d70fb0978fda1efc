/// The convolution network of LeCun et al. in its common form: two convolutions with pooling, two
/// dense layers; 431,080 parameters for 28 × 28 grey pictures and ten classes.
///
/// - Input: `[batch, channels, height, width]`. Output: `[batch, classes]`, scores.
/// - Reference: LeCun, Bottou, Bengio and Haffner, *Gradient-Based Learning Applied to Document
///   Recognition*, Proceedings of the IEEE, 1998.
public struct LeNet: Layer {
  private let body: Sequential

  /// - Parameter classes: the number of scores.
  public init(classes: Int) {
    body = Sequential {
      Conv2D(channels: 20, kernel: 5)
      ReLU()
      MaxPool2D(2)
      Conv2D(channels: 50, kernel: 5)
      ReLU()
      MaxPool2D(2)
      Flatten()
      Dense(500)
      ReLU()
      Dense(classes)
    }
  }

  public func callAsFunction(_ x: NDArray) -> NDArray { body(x) }
}
