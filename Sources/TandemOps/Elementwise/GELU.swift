/// The Gaussian error linear unit, `x · Φ(x)` with the normal distribution function Φ.
///
/// Without approximation `x/2 · (1 + erf(x/√2))`; with `.tanh`
/// `x/2 · (1 + tanh(√(2/π) (x + 0.044715 x³)))`. Integers and bool give float32.
/// Gradient: `(Φ(x) + x Φ′(x)) · dy`, of the chosen form.
///
/// - Reference: Hendrycks and Gimpel, *Gaussian Error Linear Units*, 2016, arXiv:1606.08415.
public struct GELU: UnaryOp {
  /// How the normal distribution function is computed.
  public enum Approximation: String, Hashable, Sendable {
    /// By the error function.
    case none
    /// By a hyperbolic tangent, as GPT-2 and BERT were trained.
    case tanh
  }

  public static let name = "gelu"

  /// How the normal distribution function is computed.
  public let approximation: Approximation

  /// The operator with these attributes.
  public init(approximation: Approximation = .none) { self.approximation = approximation }

  public static func computeDType(_ promoted: DType) throws(ShapeError) -> DType {
    try ComputeRule.floating(promoted)
  }

  private static let inverseRootTwo = 0.707_106_781_186_547_52
  private static let inverseRootTwoPi = 0.398_942_280_401_432_68
  private static let rootTwoOverPi = 0.797_884_560_802_865_36
  private static let cubic = 0.044_715

  public func element(_ x: LoopValue) -> LoopValue {
    switch approximation {
    case .none: x.gelu()
    case .tanh: x.geluTanh()
    }
  }

  public func derivative(x: Symbol, y: Symbol) -> Symbol? {
    let square = x * x
    switch approximation {
    case .none:
      let density = (square * -0.5).exp() * Self.inverseRootTwoPi
      return ((x * Self.inverseRootTwo).erf() + 1) * 0.5 + x * density
    case .tanh:
      let t = ((square * Self.cubic + 1) * x * Self.rootTwoOverPi).tanh()
      let inner = (square * (3 * Self.cubic) + 1) * Self.rootTwoOverPi
      return (t + 1) * 0.5 + x * 0.5 * (1 - t * t) * inner
    }
  }
}

extension ArrayExpression {
  /// The Gaussian error linear unit of each element; see ``GELU``.
  public func gelu(
    approximation: GELU.Approximation = .none, file: StaticString = #fileID, line: UInt = #line
  ) -> Self {
    .apply(GELU(approximation: approximation), self, at: CallSite(file, line))
  }
}
