/// How the blocks of a transformer are built.
public struct TransformerOptions: Sendable {
  /// What brings vectors to one scale.
  public enum Norm: Sendable {
    /// Mean and variance: ``LayerNorm``.
    case layer
    /// The root of the mean square: ``RMSNorm``.
    case rootMeanSquare
  }

  /// The length of a vector; a multiple of `heads`.
  public var features: Int
  /// How many heads attention has.
  public var heads: Int
  /// The width of the dense networks; four times `features` if `nil`.
  public var hidden: Int?
  /// What stands between the two matrices of a dense network.
  public var activation = FeedForward.Activation.relu
  /// The probability with which weights of attention and what is added are dropped in training.
  public var dropout = 0.0
  /// Whether norms stand in front of what is added, instead of behind the sum.
  public var isNormFirst = false
  /// What brings vectors to one scale.
  public var norm = Norm.layer
  /// Added to variances and mean squares.
  public var epsilon = 1e-5
  /// Whether there are biases.
  public var hasBias = true
  /// How many heads keys and values have; as many as queries if `nil`.
  public var keyHeads: Int?
  /// How far attention of a sequence to itself sees; everything if `nil`.
  public var window: Int?
  /// Turns queries and keys of attention of a sequence to itself by their places.
  public var rotary: RotaryEmbedding?
  /// Of the matrices.
  public var initializer = Initializer.glorotUniform

  /// Blocks as those of PyTorch's `TransformerEncoderLayer`, without dropout; the rest is set by
  /// assignment.
  public init(features: Int, heads: Int, hidden: Int? = nil) {
    (self.features, self.heads, self.hidden) = (features, heads, hidden)
  }

  func makeNorm() -> TransformerNorm { TransformerNorm(self) }

  func makeFeedForward() -> FeedForward {
    FeedForward(
      features, hidden: hidden ?? 4 * features, activation: activation, dropout: dropout,
      hasBias: hasBias, initializer: initializer)
  }

  /// Attention of a sequence to itself.
  func makeSelfAttention(isCausal: Bool) -> MultiHeadAttention {
    MultiHeadAttention(
      features, heads: heads, isCausal: isCausal, hasBias: hasBias, keyHeads: keyHeads,
      window: window, dropout: dropout, rotary: rotary, initializer: initializer)
  }

  /// Attention to another sequence.
  func makeCrossAttention() -> MultiHeadAttention {
    MultiHeadAttention(
      features, heads: heads, isFused: false, hasBias: hasBias, keyHeads: keyHeads,
      dropout: dropout, initializer: initializer)
  }

  func check(_ layer: String, at site: CallSite) {
    requirePositive(
      ["features": features, "heads": heads, "hidden": hidden ?? 1], of: layer, at: site)
    if !features.isMultiple(of: heads) {
      fail("\(layer): features must be a multiple of heads: \(features), \(heads)", at: site)
    }
    if !(0..<1).contains(dropout) {
      fail("\(layer): dropout must be in 0..<1, got \(dropout)", at: site)
    }
  }
}

/// The norm that ``TransformerOptions/norm`` names.
///
/// - Parameters: `scale`, and `bias` of a layer norm.
public struct TransformerNorm: ReportingLayer, CustomReflectable {
  private let layer: any Layer

  init(_ options: TransformerOptions) {
    switch options.norm {
    case .layer: layer = LayerNorm(features: options.features, epsilon: options.epsilon)
    case .rootMeanSquare: layer = RMSNorm(features: options.features, epsilon: options.epsilon)
    }
  }

  @_disfavoredOverload
  public func callAsFunction(_ x: NDArray) -> NDArray { layer.callAsFunction(x) }

  /// The norm's own, whose parameters keep their names.
  public var customMirror: Mirror { Mirror(reflecting: layer) }
}
