/// A layer whose weight, as a matrix of outputs and all else, is divided by its largest singular
/// value, as far as power iteration knows it.
///
/// - Input and output: those of the layer.
/// - Parameters: those of the layer.
/// - State: `left` and `right`, the singular vectors; each call in training makes them better.
/// - Reference: Miyato, Kataoka, Koyama and Yoshida, *Spectral Normalization for Generative
///   Adversarial Networks*, arXiv:1802.05957.
public struct SpectralNorm<Base: WeightedLayer>: ReportingLayer {
  /// The layer, whose own weight is not divided.
  public let layer: Base
  /// The left singular vector, one number for each output.
  public let left: StateCell
  /// The right singular vector.
  public let right: StateCell
  /// How many steps of power iteration a call in training makes.
  public let iterations: Int
  /// Added to the lengths of vectors.
  public let epsilon: Double

  /// - Parameters:
  ///   - layer: what the weight belongs to.
  ///   - iterations: how many steps of power iteration a call in training makes.
  ///   - epsilon: the least length that vectors are divided by.
  public init(
    _ layer: Base, iterations: Int = 1, epsilon: Double = 1e-12, file: StaticString = #fileID,
    line: UInt = #line
  ) {
    let site = CallSite(file, line)
    requirePositive(["iterations": iterations], of: "SpectralNorm", at: site)
    requireEpsilon(epsilon, of: "SpectralNorm", at: site)
    (self.layer, self.iterations, self.epsilon) = (layer, iterations, epsilon)
    (left, right) = (StateCell("left", NDArray(0.0)), StateCell("right", NDArray(0.0)))
  }

  /// The weight that the layer uses, by the singular vectors as they are.
  public var weight: NDArray {
    let own = layer.weight.value
    let matrix = rows(own)
    let sigma = (left.value.detached() * right.value.detached().linear(matrix)).sum()
    return own / sigma
  }

  private func rows(_ weight: NDArray) -> NDArray {
    weight.reshaped([weight.shape[0], weight.count / max(weight.shape[0], 1)])
  }

  private func unit(_ vector: NDArray) -> NDArray { vector / vector.norm().maximum(epsilon) }

  @_disfavoredOverload
  public func callAsFunction(_ x: NDArray) -> NDArray {
    layer.inferLengths(from: x)
    if left.value.rank == 0 { withoutTracing { start() } }
    if isTraining { iterate(iterations) }
    return layer.weight.withValue(weight) { layer(x) }
  }

  /// Vectors of random numbers, and what fifteen steps make of them.
  private func start() {
    let shape = layer.weight.value.shape
    let key = RandomKey(seed: 0, stream: 0x7370_6563_7472_616C, tick: 0)
    withDevice(layer.weight.value.device) {
      left.value = unit(.random.normal([shape[0]], key: key))
      right.value = .zeros([shape.elementCount / max(shape[0], 1)])
    }
    iterate(15)
  }

  private func iterate(_ steps: Int) {
    let matrix = rows(layer.weight.value.detached())
    var (u, v) = (left.value, right.value)
    for _ in 0..<steps {
      v = unit(u.linear(matrix.matrixTransposed()))
      u = unit(v.linear(matrix))
    }
    (left.value, right.value) = (u, v)
  }
}
