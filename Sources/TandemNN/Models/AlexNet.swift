/// AlexNet in the form of the one-tower paper: 61,100,840 parameters for 1000 classes.
///
/// - Input: `[batch, 3, 224, 224]`, or any size from 63 up. Output: `[batch, classes]`, scores.
/// - Reference: Krizhevsky, *One weird trick for parallelizing convolutional neural networks*,
///   arXiv:1404.5997.
public struct AlexNet: ReportingLayer {
  /// Convolutions and pooling.
  public let features: Sequential
  /// From what the features are to scores.
  public let classifier: Sequential

  /// - Parameters:
  ///   - classes: the number of scores.
  ///   - dropout: the probability with which an input of a dense layer becomes zero.
  public init(classes: Int = 1000, dropout: Double = 0.5) {
    features = Sequential {
      Conv2D(channels: 64, kernel: 11, stride: 4, padding: 2)
      ReLU()
      MaxPool2D(3, stride: 2)
      Conv2D(channels: 192, kernel: 5, padding: 2)
      ReLU()
      MaxPool2D(3, stride: 2)
      for channels in [384, 256, 256] {
        Conv2D(channels: channels, kernel: 3, padding: 1)
        ReLU()
      }
      MaxPool2D(3, stride: 2)
      AdaptiveAveragePool2D(6)
    }
    classifier = Sequential {
      Flatten()
      Dropout(dropout)
      Dense(4096)
      ReLU()
      Dropout(dropout)
      Dense(4096)
      ReLU()
      Dense(classes)
    }
  }

  @_disfavoredOverload
  public func callAsFunction(_ x: NDArray) -> NDArray { classifier(features(x)) }
}
