/// The gradient of ``GELU`` in one pass: the first input times the slope of GELU at the second.
///
/// `Φ(x) + x Φ′(x)`, of the chosen form of Φ.
public struct GELUGradient: BinaryOp {
  public static let name = "geluGradient"

  /// How the normal distribution function is computed.
  public let approximation: GELU.Approximation

  /// The operator with these attributes.
  public init(approximation: GELU.Approximation = .none) { self.approximation = approximation }

  public static func computeDType(_ promoted: DType) throws(ShapeError) -> DType {
    try ComputeRule.floating(promoted)
  }

  private static let inverseRootTwo = 0.707_106_781_186_547_52
  private static let inverseRootTwoPi = 0.398_942_280_401_432_68
  private static let rootTwoOverPi = 0.797_884_560_802_865_36
  private static let cubic = 0.044_715
  static let logistic = 1.702

  public func element(_ dy: LoopValue, _ x: LoopValue) -> LoopValue {
    let square = x * x
    let (one, half) = (x.constant(1), x.constant(0.5))
    switch approximation {
    case .none:
      let density = (square * x.constant(-0.5)).exp() * x.constant(Self.inverseRootTwoPi)
      return dy
        * (((x * x.constant(Self.inverseRootTwo)).erf() + one) * half + x * density)
    case .tanh:
      let inner = (square * x.constant(Self.cubic) + one) * x * x.constant(Self.rootTwoOverPi)
      let t = inner.tanh()
      let slope = (square * x.constant(3 * Self.cubic) + one) * x.constant(Self.rootTwoOverPi)
      return dy * ((t + one) * half + x * half * (one - t * t) * slope)
    case .sigmoid:
      let s = (x * Self.logistic).sigmoid()
      return dy * (s + x * Self.logistic * s * (one - s))
    }
  }

  public func gradients(
    _ a: Symbol, _ b: Symbol, _ y: Symbol, _ dy: Symbol
  ) -> (Symbol?, Symbol?) {
    let c = dy.widened
    let (x, wide) = (b.cast(to: c.dtype), a.cast(to: c.dtype))
    let square = x * x
    let curvature: Symbol
    switch approximation {
    case .none:
      // (Φ + x φ)′ = 2 φ - x² φ
      curvature = (square * -0.5).exp() * Self.inverseRootTwoPi * (2 - square)
    case .tanh:
      let t = ((square * Self.cubic + 1) * x * Self.rootTwoOverPi).tanh()
      let slope = (square * (3 * Self.cubic) + 1) * Self.rootTwoOverPi
      let rest = 1 - t * t
      curvature =
        rest * slope + x * 0.5 * rest * (x * (6 * Self.cubic * Self.rootTwoOverPi))
        - x * t * rest * slope * slope
    case .sigmoid:
      let s = (x * Self.logistic).sigmoid()
      let slope = s * (1 - s) * Self.logistic
      curvature = slope * 2 + x * Self.logistic * slope * (1 - 2 * s)
    }
    return (.apply(self, c, x, at: .unknown), c * wide * curvature)
  }
}
