/// The Gaussian error linear unit, `x · Φ(x)` with the normal distribution function Φ.
///
/// Without approximation `x/2 · (1 + erf(x/√2))`; with `.tanh`
/// `x/2 · (1 + tanh(√(2/π) (x + 0.044715 x³)))`; with `.sigmoid` `x · sigmoid(1.702 x)`. Integers
/// and bool give float32.
/// Gradient: `(Φ(x) + x Φ′(x)) · dy`, of the chosen form.
///
/// - Reference: Hendrycks and Gimpel, *Gaussian Error Linear Units*, 2016, arXiv:1606.08415.
public struct GELU: UnaryOp {
  /// How the normal distribution function is computed.
  public enum Approximation: String, Hashable, Sendable, Codable {
    /// By the error function.
    case none
    /// By a hyperbolic tangent, as GPT-2 and BERT were trained.
    case tanh
    /// By a logistic function, as CLIP was trained.
    case sigmoid
  }

  public static let name = "gelu"

  /// How the normal distribution function is computed.
  public let approximation: Approximation

  /// The operator with these attributes.
  public init(approximation: Approximation = .none) { self.approximation = approximation }

  public static func computeDType(_ promoted: DType) throws(ShapeError) -> DType {
    try ComputeRule.floating(promoted)
  }

  public func element(_ x: LoopValue) -> LoopValue {
    switch approximation {
    case .none: x.gelu()
    case .tanh: x.geluTanh()
    case .sigmoid: (x * GELUGradient.logistic).sigmoid() * x
    }
  }

  public func pullback(x: Symbol, y: Symbol, dy: Symbol) -> Symbol? {
    .apply(GELUGradient(approximation: approximation), dy, x, at: .unknown)
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
