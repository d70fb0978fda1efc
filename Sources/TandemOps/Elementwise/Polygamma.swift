/// The derivative of some order of the digamma function; `scipy.special.polygamma`.
///
/// Integers and bool give float32. At 0, −1, −2, … infinite for odd orders, NaN for even ones but
/// at zero.
/// Gradient: the next order.
///
/// - Throws: `ShapeError` for an order that is not in 0…171, of which the last is there for the
///   gradient of order 170 and has none itself.
public struct Polygamma: UnaryOp {
  public static let name = "polygamma"

  /// How often digamma is differentiated.
  public let order: Int

  /// The operator with these attributes.
  public init(order: Int) { self.order = order }

  public static func computeDType(_ promoted: DType) throws(ShapeError) -> DType {
    try ComputeRule.floating(promoted)
  }

  public func outputTypes(for inputs: TensorTypes) throws(ShapeError) -> TensorTypes {
    try require((0...171).contains(order), "order \(order) is not in 0...171", inputs)
    return try broadcastTypes(for: inputs)
  }

  public func element(_ x: LoopValue) -> LoopValue { x.polygamma(order: order) }

  public func derivative(x: Symbol, y: Symbol) -> Symbol? { x.polygamma(order: order + 1) }
}

extension ArrayExpression {
  /// The derivative of some order of digamma of each element; see ``Polygamma``.
  public func polygamma(
    order: Int, file: StaticString = #fileID, line: UInt = #line
  ) -> Self {
    .apply(Polygamma(order: order), self, at: CallSite(file, line))
  }
}
