/// Residual networks for pictures, version 1.5: the stride is in the 3 × 3 convolution of a block.
///
/// | network | blocks of the four stages | parameters for 1000 classes |
/// | --- | --- | --- |
/// | `resNet18` | 2, 2, 2, 2, plain | 11,689,512 |
/// | `resNet34` | 3, 4, 6, 3, plain | 21,797,672 |
/// | `resNet50` | 3, 4, 6, 3, bottleneck | 25,557,032 |
/// | `resNet101` | 3, 4, 23, 3, bottleneck | 44,549,160 |
/// | `resNet152` | 3, 8, 36, 3, bottleneck | 60,192,808 |
///
/// - Input: `[batch, channels, height, width]`. Output: `[batch, classes]`, scores.
/// - Reference: He, Zhang, Ren and Sun, *Deep Residual Learning for Image Recognition*,
///   arXiv:1512.03385.
public struct ResNet: ReportingLayer {
  /// What a block is made of.
  public enum Block: Sendable {
    /// Two 3 × 3 convolutions.
    case plain
    /// 1 × 1, 3 × 3 and 1 × 1, the last with four times the channels.
    case bottleneck
  }

  /// From the picture to 64 channels at a quarter of its size.
  public let stem: Sequential
  /// The four stages, each of half the size and twice the channels of the one before.
  public let stages: [Sequential]
  /// From the last channels to scores.
  public let head: Sequential

  /// - Parameters:
  ///   - block: what a block is made of.
  ///   - counts: how many blocks each stage has.
  ///   - classes: the number of scores.
  public init(_ block: Block, counts: [Int], classes: Int) {
    stem = Sequential {
      ResNet.convolution(64, kernel: 7, stride: 2)
      BatchNorm(channels: 64)
      ReLU()
      MaxPool2D(3, stride: 2, padding: 1)
    }
    var inputs = 64
    var stages: [Sequential] = []
    for (stage, count) in counts.enumerated() {
      var blocks: [any Layer] = []
      for index in 0..<count {
        let stride = index == 0 && stage > 0 ? 2 : 1
        blocks.append(ResNet.block(block, width: 64 << stage, stride: stride, inputs: &inputs))
        blocks.append(ReLU())
      }
      stages.append(Sequential(blocks))
    }
    self.stages = stages
    head = Sequential {
      GlobalAveragePool()
      Dense(classes)
    }
  }

  /// The network with 18 layers.
  public static func resNet18(classes: Int = 1000) -> ResNet {
    ResNet(.plain, counts: [2, 2, 2, 2], classes: classes)
  }

  /// The network with 34 layers.
  public static func resNet34(classes: Int = 1000) -> ResNet {
    ResNet(.plain, counts: [3, 4, 6, 3], classes: classes)
  }

  /// The network with 50 layers.
  public static func resNet50(classes: Int = 1000) -> ResNet {
    ResNet(.bottleneck, counts: [3, 4, 6, 3], classes: classes)
  }

  /// The network with 101 layers.
  public static func resNet101(classes: Int = 1000) -> ResNet {
    ResNet(.bottleneck, counts: [3, 4, 23, 3], classes: classes)
  }

  /// The network with 152 layers.
  public static func resNet152(classes: Int = 1000) -> ResNet {
    ResNet(.bottleneck, counts: [3, 8, 36, 3], classes: classes)
  }

  @_disfavoredOverload
  public func callAsFunction(_ x: NDArray) -> NDArray {
    head(stages.reduce(stem(x)) { $1($0) })
  }

  private static func convolution(_ channels: Int, kernel: Int, stride: Int = 1) -> Conv2D {
    Conv2D(
      channels: channels, kernel: kernel, stride: stride, padding: kernel / 2, hasBias: false,
      initializer: .heNormal)
  }

  private static func block(
    _ block: Block, width: Int, stride: Int, inputs: inout Int
  ) -> Residual {
    let outputs = block == .plain ? width : 4 * width
    let isSame = stride == 1 && inputs == outputs
    inputs = outputs
    return Residual {
      if block == .bottleneck {
        convolution(width, kernel: 1)
        BatchNorm(channels: width)
        ReLU()
      }
      convolution(width, kernel: 3, stride: stride)
      BatchNorm(channels: width)
      ReLU()
      convolution(outputs, kernel: block == .plain ? 3 : 1)
      BatchNorm(channels: outputs)
    } shortcut: {
      if !isSame {
        convolution(outputs, kernel: 1, stride: stride)
        BatchNorm(channels: outputs)
      }
    }
  }
}
