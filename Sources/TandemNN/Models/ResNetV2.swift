/// Residual networks for pictures, version 2: normalisation and ReLU stand before the convolutions,
/// and what a block adds to is never rectified.
///
/// | network | blocks of the four stages | parameters for 1000 classes |
/// | --- | --- | --- |
/// | `resNet18` | 2, 2, 2, 2, plain | 11,687,848 |
/// | `resNet34` | 3, 4, 6, 3, plain | 21,796,008 |
/// | `resNet50` | 3, 4, 6, 3, bottleneck | 25,549,480 |
/// | `resNet101` | 3, 4, 23, 3, bottleneck | 44,541,608 |
/// | `resNet152` | 3, 8, 36, 3, bottleneck | 60,185,256 |
///
/// - Input: `[batch, channels, height, width]`. Output: `[batch, classes]`, scores.
/// - Reference: He, Zhang, Ren and Sun, *Identity Mappings in Deep Residual Networks*,
///   arXiv:1603.05027; the layers are those of Gluon's `resnet*_v2`.
public struct ResNetV2: ReportingLayer {
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
  public init(_ block: ResNet.Block, counts: [Int], classes: Int) {
    stem = Sequential {
      BatchNorm(hasScale: false, hasBias: false)
      Conv2D(
        channels: 64, kernel: 7, stride: 2, padding: 3, hasBias: false, initializer: .heNormal)
      BatchNorm(channels: 64)
      ReLU()
      MaxPool2D(3, stride: 2, padding: 1)
    }
    var inputs = 64
    stages = counts.enumerated().map { stage, count in
      Sequential(
        (0..<count).map { index -> any Layer in
          let outputs = (block == .plain ? 64 : 256) << stage
          defer { inputs = outputs }
          return PreActivationBlock(
            block, inputs: inputs, outputs: outputs, stride: index == 0 && stage > 0 ? 2 : 1)
        })
    }
    head = Sequential {
      BatchNorm(channels: inputs)
      ReLU()
      GlobalAveragePool()
      Dense(classes)
    }
  }

  /// The network with 18 layers.
  public static func resNet18(classes: Int = 1000) -> ResNetV2 {
    ResNetV2(.plain, counts: [2, 2, 2, 2], classes: classes)
  }

  /// The network with 34 layers.
  public static func resNet34(classes: Int = 1000) -> ResNetV2 {
    ResNetV2(.plain, counts: [3, 4, 6, 3], classes: classes)
  }

  /// The network with 50 layers.
  public static func resNet50(classes: Int = 1000) -> ResNetV2 {
    ResNetV2(.bottleneck, counts: [3, 4, 6, 3], classes: classes)
  }

  /// The network with 101 layers.
  public static func resNet101(classes: Int = 1000) -> ResNetV2 {
    ResNetV2(.bottleneck, counts: [3, 4, 23, 3], classes: classes)
  }

  /// The network with 152 layers.
  public static func resNet152(classes: Int = 1000) -> ResNetV2 {
    ResNetV2(.bottleneck, counts: [3, 8, 36, 3], classes: classes)
  }

  @_disfavoredOverload
  public func callAsFunction(_ x: NDArray) -> NDArray {
    head(stages.reduce(stem(x)) { $1($0) })
  }
}

/// A block of ``ResNetV2``: both branches read what is normalised and rectified, unless the input
/// is handed on as it is.
struct PreActivationBlock: ReportingLayer {
  let activation: Sequential
  let main: Sequential
  let shortcut: Conv2D?

  init(_ block: ResNet.Block, inputs: Int, outputs: Int, stride: Int) {
    func convolution(_ channels: Int, _ kernel: Int, _ stride: Int = 1) -> Conv2D {
      Conv2D(
        channels: channels, kernel: kernel, stride: stride, padding: kernel / 2, hasBias: false,
        initializer: .heNormal)
    }
    let width = block == .plain ? outputs : outputs / 4
    activation = Sequential {
      BatchNorm(channels: inputs)
      ReLU()
    }
    main = Sequential {
      if block == .bottleneck {
        convolution(width, 1)
        BatchNorm(channels: width)
        ReLU()
      }
      convolution(width, 3, stride)
      BatchNorm(channels: width)
      ReLU()
      convolution(outputs, block == .plain ? 3 : 1)
    }
    shortcut = inputs == outputs && stride == 1 ? nil : convolution(outputs, 1, stride)
  }

  @_disfavoredOverload
  func callAsFunction(_ x: NDArray) -> NDArray {
    let active = activation(x)
    return main(active) + (shortcut.map { $0(active) } ?? x)
  }
}
