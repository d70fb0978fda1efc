/// Networks that a search found: 5,483,032 parameters for 1000 classes in the large one, 2,542,856
/// in the small one.
///
/// - Input: `[batch, 3, 224, 224]`, or any size. Output: `[batch, classes]`, scores.
/// - Reference: Howard et al., *Searching for MobileNetV3*, arXiv:1905.02244.
public struct MobileNetV3: ReportingLayer {
  /// Which of the two networks.
  public enum Size: Sendable, CaseIterable {
    case small
    case large
  }

  /// A block: the kernel, the channels in the middle and at the end, whether channels are weighted,
  /// whether the function is hard swish, and the stride.
  private struct Block {
    let kernel: Int
    let width: Int
    let outputs: Int
    let isWeighted: Bool
    let isSwish: Bool
    let stride: Int

    init(
      _ kernel: Int, _ width: Int, _ outputs: Int, _ isWeighted: Bool, _ isSwish: Bool,
      _ stride: Int
    ) {
      (self.kernel, self.width, self.outputs) = (kernel, width, outputs)
      (self.isWeighted, self.isSwish, self.stride) = (isWeighted, isSwish, stride)
    }
  }

  /// Convolutions.
  public let features: Sequential
  /// From what the features are to scores.
  public let classifier: Sequential

  /// - Parameters:
  ///   - size: which of the two networks.
  ///   - classes: the number of scores.
  ///   - dropout: the probability with which an input of the last layer becomes zero.
  public init(_ size: Size, classes: Int = 1000, dropout: Double = 0.2) {
    var inputs = 16
    var layers = MobileNetV3.unit(
      Conv2D(channels: 16, kernel: 3, stride: 2, padding: 1, hasBias: false), 16, HardSwish())
    for block in size == .large ? MobileNetV3.large : MobileNetV3.small {
      layers.append(MobileNetV3.layer(block, inputs))
      inputs = block.outputs
    }
    layers += MobileNetV3.unit(
      Conv2D(channels: 6 * inputs, kernel: 1, hasBias: false), 6 * inputs, HardSwish())
    features = Sequential(layers)
    classifier = Sequential {
      GlobalAveragePool()
      Dense(size == .large ? 1280 : 1024)
      HardSwish()
      Dropout(dropout)
      Dense(classes)
    }
  }

  @_disfavoredOverload
  public func callAsFunction(_ x: NDArray) -> NDArray { classifier(features(x)) }

  private static func unit(
    _ convolution: some Layer, _ channels: Int, _ function: (any Layer)?
  ) -> [any Layer] {
    [convolution, BatchNorm(channels: channels, epsilon: 1e-3, momentum: 0.99)]
      + (function.map { [$0] } ?? [])
  }

  private static func layer(_ block: Block, _ inputs: Int) -> any Layer {
    let function: any Layer = block.isSwish ? HardSwish() : ReLU()
    var layers: [any Layer] = []
    if block.width != inputs {
      layers += unit(
        Conv2D(channels: block.width, kernel: 1, hasBias: false), block.width, function)
    }
    layers += unit(
      DepthwiseConv2D(
        kernel: block.kernel, inputs: block.width, stride: block.stride,
        padding: block.kernel / 2, hasBias: false), block.width, function)
    if block.isWeighted {
      layers.append(
        SqueezeExcitation(
          channels: block.width, squeezed: multipleOfEight(Double(block.width) / 4), isHard: true))
    }
    layers += unit(
      Conv2D(channels: block.outputs, kernel: 1, hasBias: false), block.outputs, nil)
    let main = Sequential(layers)
    return block.stride == 1 && inputs == block.outputs ? Residual { main } : main
  }

  private static let large = [
    Block(3, 16, 16, false, false, 1), Block(3, 64, 24, false, false, 2),
    Block(3, 72, 24, false, false, 1), Block(5, 72, 40, true, false, 2),
    Block(5, 120, 40, true, false, 1), Block(5, 120, 40, true, false, 1),
    Block(3, 240, 80, false, true, 2), Block(3, 200, 80, false, true, 1),
    Block(3, 184, 80, false, true, 1), Block(3, 184, 80, false, true, 1),
    Block(3, 480, 112, true, true, 1), Block(3, 672, 112, true, true, 1),
    Block(5, 672, 160, true, true, 2), Block(5, 960, 160, true, true, 1),
    Block(5, 960, 160, true, true, 1),
  ]

  private static let small = [
    Block(3, 16, 16, true, false, 2), Block(3, 72, 24, false, false, 2),
    Block(3, 88, 24, false, false, 1), Block(5, 96, 40, true, true, 2),
    Block(5, 240, 40, true, true, 1), Block(5, 240, 40, true, true, 1),
    Block(5, 120, 48, true, true, 1), Block(5, 144, 48, true, true, 1),
    Block(5, 288, 96, true, true, 2), Block(5, 576, 96, true, true, 1),
    Block(5, 576, 96, true, true, 1),
  ]
}
