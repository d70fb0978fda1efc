/// Networks whose layers see the outputs of all layers before them.
///
/// | network | layers of the four blocks | growth | parameters for 1000 classes |
/// | --- | --- | --- | --- |
/// | `denseNet121` | 6, 12, 24, 16 | 32 | 7,978,856 |
/// | `denseNet161` | 6, 12, 36, 24 | 48 | 28,681,000 |
/// | `denseNet169` | 6, 12, 32, 32 | 32 | 14,149,480 |
/// | `denseNet201` | 6, 12, 48, 32 | 32 | 20,013,928 |
///
/// - Input: `[batch, 3, 224, 224]`, or any size from 29 up. Output: `[batch, classes]`, scores.
/// - Reference: Huang, Liu, van der Maaten and Weinberger, *Densely Connected Convolutional
///   Networks*, arXiv:1608.06993.
public struct DenseNet: ReportingLayer {
  /// From the picture to the first channels at a quarter of its size.
  public let stem: Sequential
  /// The four blocks, with what halves size and channels between them.
  public let blocks: Sequential
  /// From the last channels to scores.
  public let head: Sequential

  /// - Parameters:
  ///   - counts: how many layers each block has.
  ///   - growth: how many channels each layer adds.
  ///   - inputs: how many channels the stem gives.
  ///   - classes: the number of scores.
  public init(counts: [Int], growth: Int = 32, inputs: Int = 64, classes: Int = 1000) {
    stem = Sequential {
      Conv2D(channels: inputs, kernel: 7, stride: 2, padding: 3, hasBias: false)
      BatchNorm(channels: inputs)
      ReLU()
      MaxPool2D(3, stride: 2, padding: 1)
    }
    var channels = inputs
    var parts: [any Layer] = []
    for (index, count) in counts.enumerated() {
      for _ in 0..<count {
        parts.append(DenseNet.layer(channels, growth: growth))
        channels += growth
      }
      guard index + 1 < counts.count else { break }
      parts.append(DenseNet.transition(channels))
      channels /= 2
    }
    blocks = Sequential(parts)
    head = Sequential {
      BatchNorm(channels: channels)
      ReLU()
      GlobalAveragePool()
      Dense(classes)
    }
  }

  /// The network with 121 layers.
  public static func denseNet121(classes: Int = 1000) -> DenseNet {
    DenseNet(counts: [6, 12, 24, 16], classes: classes)
  }

  /// The network with 161 layers.
  public static func denseNet161(classes: Int = 1000) -> DenseNet {
    DenseNet(counts: [6, 12, 36, 24], growth: 48, inputs: 96, classes: classes)
  }

  /// The network with 169 layers.
  public static func denseNet169(classes: Int = 1000) -> DenseNet {
    DenseNet(counts: [6, 12, 32, 32], classes: classes)
  }

  /// The network with 201 layers.
  public static func denseNet201(classes: Int = 1000) -> DenseNet {
    DenseNet(counts: [6, 12, 48, 32], classes: classes)
  }

  @_disfavoredOverload
  public func callAsFunction(_ x: NDArray) -> NDArray { head(blocks(stem(x))) }

  private static func layer(_ inputs: Int, growth: Int) -> Branches {
    Branches {
      Identity()
      Sequential {
        BatchNorm(channels: inputs)
        ReLU()
        Conv2D(channels: 4 * growth, kernel: 1, hasBias: false)
        BatchNorm(channels: 4 * growth)
        ReLU()
        Conv2D(channels: growth, kernel: 3, padding: 1, hasBias: false)
      }
    }
  }

  private static func transition(_ inputs: Int) -> Sequential {
    Sequential {
      BatchNorm(channels: inputs)
      ReLU()
      Conv2D(channels: inputs / 2, kernel: 1, hasBias: false)
      AveragePool2D(2)
    }
  }
}
