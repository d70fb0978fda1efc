/// Networks of depthwise separable convolutions.
///
/// | multiplier | parameters for 1000 classes |
/// | --- | --- |
/// | 1.0 | 4,231,976 |
/// | 0.75 | 2,585,560 |
/// | 0.5 | 1,331,592 |
/// | 0.25 | 470,072 |
///
/// - Input: `[batch, 3, 224, 224]`, or any size. Output: `[batch, classes]`, scores.
/// - Reference: Howard et al., *MobileNets: Efficient Convolutional Neural Networks for Mobile
///   Vision Applications*, arXiv:1704.04861.
public struct MobileNetV1: ReportingLayer {
  /// Convolutions.
  public let features: Sequential
  /// From what the features are to scores.
  public let classifier: Sequential

  /// - Parameters:
  ///   - multiplier: of the numbers of channels; positive.
  ///   - classes: the number of scores.
  public init(multiplier: Double = 1, classes: Int = 1000) {
    let stages = [
      (64, 1), (128, 2), (128, 1), (256, 2), (256, 1), (512, 2), (512, 1), (512, 1), (512, 1),
      (512, 1), (512, 1), (1024, 2), (1024, 1),
    ]
    func scaled(_ channels: Int) -> Int { max(1, Int(Double(channels) * multiplier)) }
    features = Sequential {
      Conv2D(channels: scaled(32), kernel: 3, stride: 2, padding: 1, hasBias: false)
      BatchNorm(channels: scaled(32))
      ReLU()
      for (channels, stride) in stages {
        DepthwiseConv2D(kernel: 3, stride: stride, padding: 1, hasBias: false)
        BatchNorm()
        ReLU()
        Conv2D(channels: scaled(channels), kernel: 1, hasBias: false)
        BatchNorm(channels: scaled(channels))
        ReLU()
      }
    }
    classifier = Sequential {
      GlobalAveragePool()
      Dense(classes)
    }
  }

  @_disfavoredOverload
  public func callAsFunction(_ x: NDArray) -> NDArray { classifier(features(x)) }
}
