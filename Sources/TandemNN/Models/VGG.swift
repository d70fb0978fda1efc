/// Networks of 3 × 3 convolutions, with or without batch normalisation.
///
/// | depth | parameters for 1000 classes | with batch normalisation |
/// | --- | --- | --- |
/// | 11 | 132,863,336 | 132,868,840 |
/// | 13 | 133,047,848 | 133,053,736 |
/// | 16 | 138,357,544 | 138,365,992 |
/// | 19 | 143,667,240 | 143,678,248 |
///
/// - Input: `[batch, 3, 224, 224]`, or any size from 32 up. Output: `[batch, classes]`, scores.
/// - Reference: Simonyan and Zisserman, *Very Deep Convolutional Networks for Large-Scale Image
///   Recognition*, arXiv:1409.1556.
public struct VGG: ReportingLayer {
  /// How many layers have weights.
  public enum Depth: Int, Sendable, CaseIterable {
    case layers11 = 11
    case layers13 = 13
    case layers16 = 16
    case layers19 = 19

    /// How many convolutions each of the five stages has.
    var counts: [Int] {
      switch self {
      case .layers11: [1, 1, 2, 2, 2]
      case .layers13: [2, 2, 2, 2, 2]
      case .layers16: [2, 2, 3, 3, 3]
      case .layers19: [2, 2, 4, 4, 4]
      }
    }
  }

  /// Convolutions and pooling.
  public let features: Sequential
  /// From what the features are to scores.
  public let classifier: Sequential

  /// - Parameters:
  ///   - depth: how many layers have weights.
  ///   - classes: the number of scores.
  ///   - isNormalized: whether batch normalisation follows each convolution.
  ///   - dropout: the probability with which an output of a dense layer becomes zero.
  public init(
    _ depth: Depth, classes: Int = 1000, isNormalized: Bool = false, dropout: Double = 0.5
  ) {
    features = Sequential {
      for (count, channels) in zip(depth.counts, [64, 128, 256, 512, 512]) {
        for _ in 0..<count {
          Conv2D(channels: channels, kernel: 3, padding: 1)
          if isNormalized { BatchNorm(channels: channels) }
          ReLU()
        }
        MaxPool2D(2)
      }
      AdaptiveAveragePool2D(7)
    }
    classifier = Sequential {
      Flatten()
      for _ in 0..<2 {
        Dense(4096)
        ReLU()
        Dropout(dropout)
      }
      Dense(classes)
    }
  }

  @_disfavoredOverload
  public func callAsFunction(_ x: NDArray) -> NDArray { classifier(features(x)) }
}
