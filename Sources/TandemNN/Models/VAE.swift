/// A variational autoencoder of dense layers: 652,824 parameters for 784 inputs, 400 hidden units
/// and 20 latent ones.
///
/// - Input: `[batch, inputs]`, from zero to one. Output: `[batch, inputs]`, the logits of what a
///   latent vector that is drawn around the input's, in training, makes of itself.
/// - Reference: Kingma and Welling, *Auto-Encoding Variational Bayes*, arXiv:1312.6114.
public struct VAE: ReportingLayer {
  /// From the input to hidden units.
  public let encoder: Sequential
  /// From these to the latent vector's mean.
  public let mean: Dense
  /// From these to the logarithm of its variance.
  public let logVariance: Dense
  /// From a latent vector to logits.
  public let decoder: Sequential
  /// The number of latent units.
  public let latent: Int

  /// - Parameters:
  ///   - inputs: the number of features that go in and come out.
  ///   - hidden: the number of units between these and the latent ones.
  ///   - latent: the number of latent units.
  public init(inputs: Int = 784, hidden: Int = 400, latent: Int = 20) {
    encoder = Sequential {
      Dense(hidden, inputs: inputs)
      ReLU()
    }
    (mean, logVariance) = (Dense(latent, inputs: hidden), Dense(latent, inputs: hidden))
    decoder = Sequential {
      Dense(hidden, inputs: latent)
      ReLU()
      Dense(inputs, inputs: hidden)
    }
    self.latent = latent
  }

  @_disfavoredOverload
  public func callAsFunction(_ x: NDArray) -> NDArray { reconstruction(x).logits }

  /// The logits of the output, and mean and logarithm of the variance of the latent vectors, of
  /// which one is drawn in training; else it is the mean.
  public func reconstruction(
    _ x: NDArray
  ) -> (logits: NDArray, mean: NDArray, logVariance: NDArray) {
    let hidden = encoder(x)
    let (center, spread) = (mean(hidden), logVariance(hidden))
    guard isTraining else { return (decoder(center), center, spread) }
    let noise = withDevice(x.device) { NDArray.random.normal(center.shape, dtype: center.dtype) }
    return (decoder(center + (spread * 0.5).exp() * noise), center, spread)
  }

  /// The negative evidence lower bound of each example, `[batch]`, in nats: what the logits say
  /// against the input, and the divergence of the latent vectors from the normal distribution.
  public func loss(_ x: NDArray) -> NDArray {
    let (logits, center, spread) = reconstruction(x)
    // −x log σ(l) − (1 − x) log σ(−l) = softplus(l) − x l
    let against = (logits.softplus() - x * logits).sum(axis: -1)
    let divergence = (spread.exp() + center.squared() - 1 - spread).sum(axis: -1) * 0.5
    return against + divergence
  }
}
