/// Residual networks for pictures of 32 × 32 pixels: three stages of 16, 32 and 64 channels,
/// without parameters in the shortcuts.
///
/// | depth | parameters for 10 classes |
/// | --- | --- |
/// | 20 | 269,722 |
/// | 32 | 464,154 |
/// | 44 | 658,586 |
/// | 56 | 853,018 |
/// | 110 | 1,727,962 |
///
/// - Input: `[batch, channels, height, width]`. Output: `[batch, classes]`, scores.
/// - Reference: He, Zhang, Ren and Sun, *Deep Residual Learning for Image Recognition*, section
///   4.2, arXiv:1512.03385.
public struct CIFARResNet: ReportingLayer {
  /// From the picture to 16 channels.
  public let stem: Sequential
  /// The three stages.
  public let stages: [Sequential]
  /// From the last channels to scores.
  public let head: Sequential

  /// - Parameters:
  ///   - depth: how many layers have weights: six times the blocks of a stage, and two.
  ///   - classes: the number of scores.
  public init(
    depth: Int = 20, classes: Int = 10, file: StaticString = #fileID, line: UInt = #line
  ) {
    guard depth >= 8, depth % 6 == 2 else {
      fail("CIFARResNet: depth must be 6 n + 2, got \(depth)", at: CallSite(file, line))
    }
    stem = Sequential {
      CIFARResNet.convolution(16)
      BatchNorm(channels: 16)
      ReLU()
    }
    stages = [16, 32, 64].map { width in
      Sequential {
        for index in 0..<(depth - 2) / 6 {
          CIFARResNet.block(width, widens: index == 0 && width > 16)
          ReLU()
        }
      }
    }
    head = Sequential {
      GlobalAveragePool()
      Dense(classes)
    }
  }

  @_disfavoredOverload
  public func callAsFunction(_ x: NDArray) -> NDArray { head(stages.reduce(stem(x)) { $1($0) }) }

  private static func convolution(_ channels: Int, stride: Int = 1) -> Conv2D {
    Conv2D(
      channels: channels, kernel: 3, stride: stride, padding: 1, hasBias: false,
      initializer: .heNormal)
  }

  private static func block(_ width: Int, widens: Bool) -> Residual {
    Residual {
      convolution(width, stride: widens ? 2 : 1)
      BatchNorm(channels: width)
      ReLU()
      convolution(width)
      BatchNorm(channels: width)
    } shortcut: {
      if widens { HalvedWithZeros() }
    }
  }
}

/// Every other pixel of both axes, with zeros for as many further channels: the shortcut without
/// parameters.
struct HalvedWithZeros: ReportingLayer {
  @_disfavoredOverload
  func callAsFunction(_ x: NDArray) -> NDArray {
    let small = x.sliced(axis: 2, by: 2).sliced(axis: 3, by: 2)
    let channels = x.shape[1]
    return small.padded([(0, 0), (channels / 2, channels - channels / 2), (0, 0), (0, 0)])
  }
}
