import TandemOps

/// `exp(−x² / (2 σ²))`, a bell of height one.
///
/// Integers and bool give float32.
/// Gradient: `−x / σ² · y · dy`.
public struct Gaussian: UnaryOp {
  public static let name = "example.gaussian"

  /// Where the bell falls most steeply.
  public let deviation: Double

  /// The operator with these attributes.
  public init(deviation: Double = 1) { self.deviation = deviation }

  public static func computeDType(_ promoted: DType) throws(ShapeError) -> DType {
    promoted.floating
  }

  public func element(_ x: LoopValue) -> LoopValue {
    ((x * (1 / deviation)).square() * -0.5).exp()
  }

  public func derivative(x: Symbol, y: Symbol) -> Symbol? {
    x * y * (-1 / (deviation * deviation))
  }
}

extension ArrayExpression {
  /// The height of a bell at each element; see ``Gaussian``.
  public func gaussian(
    deviation: Double = 1, file: StaticString = #fileID, line: UInt = #line
  ) -> Self {
    .apply(Gaussian(deviation: deviation), self, at: CallSite(file, line))
  }
}
