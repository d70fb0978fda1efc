/// Networks of blocks that widen, look at each channel by itself, and narrow: 3,504,872 parameters
/// for 1000 classes.
///
/// - Input: `[batch, 3, 224, 224]`, or any size. Output: `[batch, classes]`, scores.
/// - Reference: Sandler, Howard, Zhu, Zhmoginov and Chen, *MobileNetV2: Inverted Residuals and
///   Linear Bottlenecks*, arXiv:1801.04381.
public struct MobileNetV2: ReportingLayer {
  /// Convolutions.
  public let features: Sequential
  /// From what the features are to scores.
  public let classifier: Sequential

  /// - Parameters:
  ///   - multiplier: of the numbers of channels, which are then rounded to multiples of eight;
  ///     positive.
  ///   - classes: the number of scores.
  ///   - dropout: the probability with which an input of the dense layer becomes zero.
  public init(multiplier: Double = 1, classes: Int = 1000, dropout: Double = 0.2) {
    // Expansion, channels, blocks and stride of each stage.
    let stages = [
      (1, 16, 1, 1), (6, 24, 2, 2), (6, 32, 3, 2), (6, 64, 4, 2), (6, 96, 3, 1), (6, 160, 3, 2),
      (6, 320, 1, 1),
    ]
    var inputs = multipleOfEight(32 * multiplier)
    var layers: [any Layer] = MobileNetV2.unit(
      Conv2D(channels: inputs, kernel: 3, stride: 2, padding: 1, hasBias: false), inputs)
    for (expansion, channels, count, stride) in stages {
      let outputs = multipleOfEight(Double(channels) * multiplier)
      for index in 0..<count {
        layers.append(
          MobileNetV2.block(
            inputs, outputs, expansion: expansion, stride: index == 0 ? stride : 1))
        inputs = outputs
      }
    }
    let last = multipleOfEight(1280 * max(1, multiplier))
    layers += MobileNetV2.unit(Conv2D(channels: last, kernel: 1, hasBias: false), last)
    features = Sequential(layers)
    classifier = Sequential {
      GlobalAveragePool()
      Dropout(dropout)
      Dense(classes)
    }
  }

  @_disfavoredOverload
  public func callAsFunction(_ x: NDArray) -> NDArray { classifier(features(x)) }

  private static func unit(_ convolution: some Layer, _ channels: Int) -> [any Layer] {
    [convolution, BatchNorm(channels: channels), ReLU6()]
  }

  private static func block(
    _ inputs: Int, _ outputs: Int, expansion: Int, stride: Int
  ) -> any Layer {
    let width = inputs * expansion
    var layers: [any Layer] = []
    if expansion > 1 {
      layers += unit(Conv2D(channels: width, kernel: 1, hasBias: false), width)
    }
    layers += unit(
      DepthwiseConv2D(kernel: 3, inputs: width, stride: stride, padding: 1, hasBias: false), width)
    layers.append(Conv2D(channels: outputs, kernel: 1, hasBias: false))
    layers.append(BatchNorm(channels: outputs))
    let main = Sequential(layers)
    return stride == 1 && inputs == outputs ? Residual { main } : main
  }
}

/// The multiple of eight that is nearest to a number of channels, not less than nine tenths of it.
func multipleOfEight(_ channels: Double) -> Int {
  let rounded = max(8, Int(channels + 4) / 8 * 8)
  return Double(rounded) < 0.9 * channels ? rounded + 8 : rounded
}
