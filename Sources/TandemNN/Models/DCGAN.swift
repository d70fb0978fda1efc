/// The generator of a deep convolutional adversarial network for pictures of 64 × 64 pixels:
/// 3,576,704 parameters for 100 latent units, a width of 64 and three colours.
///
/// - Input: `[batch, latent]`, normal. Output: `[batch, colors, 64, 64]`, from −1 to 1.
/// - Reference: Radford, Metz and Chintala, *Unsupervised Representation Learning with Deep
///   Convolutional Generative Adversarial Networks*, arXiv:1511.06434.
public struct DCGANGenerator: ReportingLayer {
  /// Transposed convolutions.
  public let layers: Sequential

  /// - Parameters:
  ///   - latent: the number of latent units.
  ///   - width: the channels before the last layer.
  ///   - colors: the channels of the pictures.
  public init(latent: Int = 100, width: Int = 64, colors: Int = 3) {
    let start = Initializer.normal(standardDeviation: 0.02)
    layers = Sequential {
      Unflatten([latent, 1, 1])
      for (index, factor) in [8, 4, 2, 1].enumerated() {
        ConvTransposed2D(
          channels: factor * width, kernel: 4, stride: index == 0 ? 1 : 2,
          padding: index == 0 ? 0 : 1, hasBias: false, initializer: start)
        BatchNorm(channels: factor * width)
        ReLU()
      }
      ConvTransposed2D(
        channels: colors, kernel: 4, stride: 2, padding: 1, hasBias: false, initializer: start)
      Tanh()
    }
  }

  @_disfavoredOverload
  public func callAsFunction(_ x: NDArray) -> NDArray { layers(x) }
}

/// The discriminator of a deep convolutional adversarial network: 2,765,568 parameters for a width
/// of 64 and three colours.
///
/// - Input: `[batch, colors, 64, 64]`, from −1 to 1. Output: `[batch]`, logits, high for pictures
///   that seem real.
/// - Reference: Radford, Metz and Chintala, arXiv:1511.06434.
public struct DCGANDiscriminator: ReportingLayer {
  /// Convolutions.
  public let layers: Sequential

  /// - Parameter width: the channels behind the first layer.
  public init(width: Int = 64) {
    let start = Initializer.normal(standardDeviation: 0.02)
    layers = Sequential {
      for (index, factor) in [1, 2, 4, 8].enumerated() {
        Conv2D(
          channels: factor * width, kernel: 4, stride: 2, padding: 1, hasBias: false,
          initializer: start)
        if index > 0 { BatchNorm(channels: factor * width) }
        LeakyReLU(slope: 0.2)
      }
      Conv2D(channels: 1, kernel: 4, hasBias: false, initializer: start)
    }
  }

  @_disfavoredOverload
  public func callAsFunction(_ x: NDArray) -> NDArray { layers(x).reshaped([x.shape[0]]) }
}
