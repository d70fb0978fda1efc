/// The dense network of a transformer's block: to `hidden` features, through an activation, and
/// back.
///
/// - Input: `[..., features]`. Output: the same.
/// - Parameters: `expand` and `contract`; with a gate also `gate`, of the shape of `expand`.
public struct FeedForward: ReportingLayer {
  /// What stands between the two matrices.
  public enum Activation: Sendable {
    case relu
    /// By the error function, as in BERT and PyTorch.
    case gelu
    /// By the hyperbolic tangent, as in GPT-2.
    case geluTanh
    case silu
    /// `silu(gate(x)) · expand(x)`: Shazeer, *GLU Variants Improve Transformer*, arXiv:2002.05202.
    case swiGLU
    /// `gelu(gate(x)) · expand(x)`.
    case geGLU

    var hasGate: Bool { self == .swiGLU || self == .geGLU }

    func callAsFunction(_ x: NDArray) -> NDArray {
      switch self {
      case .relu: x.relu()
      case .gelu, .geGLU: x.gelu()
      case .geluTanh: x.gelu(approximation: .tanh)
      case .silu, .swiGLU: x.silu()
      }
    }
  }

  public let expand: Dense
  public let gate: Dense?
  public let contract: Dense
  /// What stands between the two matrices.
  public let activation: Activation
  /// Of what the activation gives, in training.
  public let dropout: Dropout

  /// - Parameters:
  ///   - features: of input and output.
  ///   - hidden: of the layer between.
  ///   - activation: what stands between the two matrices.
  ///   - dropout: the probability with which what the activation gives is dropped.
  ///   - hasBias: whether there are biases.
  ///   - initializer: of the weights.
  public init(
    _ features: Int, hidden: Int, activation: Activation = .gelu, dropout: Double = 0,
    hasBias: Bool = true, initializer: Initializer = .glorotUniform,
    file: StaticString = #fileID, line: UInt = #line
  ) {
    requirePositive(
      ["features": features, "hidden": hidden], of: "FeedForward", at: CallSite(file, line))
    func dense(_ outputs: Int, _ inputs: Int) -> Dense {
      Dense(outputs, inputs: inputs, hasBias: hasBias, initializer: initializer)
    }
    expand = dense(hidden, features)
    gate = activation.hasGate ? dense(hidden, features) : nil
    contract = dense(features, hidden)
    self.activation = activation
    self.dropout = Dropout(dropout, file: file, line: line)
  }

  @_disfavoredOverload
  public func callAsFunction(_ x: NDArray) -> NDArray {
    let wide = gate.map { activation($0(x)) * expand(x) } ?? activation(expand(x))
    return contract(dropout(wide))
  }
}
