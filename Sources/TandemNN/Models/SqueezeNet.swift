/// Small networks of layers that first narrow and then widen: 1,248,424 parameters in version 1.0
/// and 1,235,496 in version 1.1, for 1000 classes.
///
/// - Input: `[batch, 3, 224, 224]`, or any size from 21 up. Output: `[batch, classes]`, scores.
/// - Reference: Iandola et al., *SqueezeNet: AlexNet-level accuracy with 50x fewer parameters and
///   <0.5MB model size*, arXiv:1602.07360.
public struct SqueezeNet: ReportingLayer {
  /// Which of the two networks.
  public enum Version: Sendable, CaseIterable {
    /// That of the paper.
    case v1_0
    /// The authors' later one, with 2.4 times less to compute.
    case v1_1
  }

  /// Convolutions and pooling.
  public let features: Sequential
  /// From what the features are to scores.
  public let classifier: Sequential

  /// - Parameters:
  ///   - version: which of the two networks.
  ///   - classes: the number of scores.
  ///   - dropout: the probability with which an input of the last convolution becomes zero.
  public init(_ version: Version = .v1_1, classes: Int = 1000, dropout: Double = 0.5) {
    let isFirst = version == .v1_0
    // Where, among the eight layers, pooling stands.
    let pooled: Set<Int> = isFirst ? [3, 7] : [2, 4]
    features = Sequential {
      Conv2D(channels: isFirst ? 96 : 64, kernel: isFirst ? 7 : 3, stride: 2)
      ReLU()
      MaxPool2D(3, stride: 2, ceilMode: true)
      for (index, narrow) in [16, 16, 32, 32, 48, 48, 64, 64].enumerated() {
        if pooled.contains(index) { MaxPool2D(3, stride: 2, ceilMode: true) }
        SqueezeNet.fire(narrow, wide: 4 * narrow)
      }
    }
    classifier = Sequential {
      Dropout(dropout)
      Conv2D(channels: classes, kernel: 1, initializer: .normal(standardDeviation: 0.01))
      ReLU()
      GlobalAveragePool()
    }
  }

  @_disfavoredOverload
  public func callAsFunction(_ x: NDArray) -> NDArray { classifier(features(x)) }

  private static func fire(_ narrow: Int, wide: Int) -> Sequential {
    Sequential {
      Conv2D(channels: narrow, kernel: 1)
      ReLU()
      Branches {
        Conv2D(channels: wide, kernel: 1)
        Conv2D(channels: wide, kernel: 3, padding: 1)
      }
      ReLU()
    }
  }
}
