/// The products of the elements up to each one along an axis; `numpy.cumprod`.
///
/// Keeps the shape; integers and bool are accumulated in int64 (unsigned ones in uint64), float32
/// in double and 16-bit floats in float32, of which each result is rounded once.
/// Gradient: right also where elements are zero. (The second derivative at elements that are zero
/// is not.)
public struct CumulativeProduct: Op, Codable {
  public static let name = "cumulativeProduct"

  public static var inputCounts: ClosedRange<Int> { 1...1 }

  /// The axis along which elements are accumulated.
  public let axis: Int
  /// Whether accumulation starts at the end of the axis.
  public let reversed: Bool

  /// The operator with these attributes.
  public init(axis: Int, reversed: Bool = false) {
    (self.axis, self.reversed) = (axis, reversed)
  }

  public func outputTypes(for inputs: TensorTypes) throws(ShapeError) -> TensorTypes {
    try require((0..<inputs[0].rank).contains(axis), "no axis \(axis)", inputs)
    return TensorTypes(TensorType(inputs[0].shape, inputs[0].dtype.accumulated))
  }

  public func lower(_ inputs: TensorTypes, to lowering: inout Lowering) {
    let result = lowering.output(0)
    let source = lowering.converted(lowering.input(0), to: result.dtype)
    lowering.emit(Scan(.product, axis: axis, reversed: reversed), [result], [source])
  }

  public func gradient(
    _ inputs: Symbols, _ outputs: Symbols, _ cotangents: [Symbol?]
  ) -> [Symbol?] {
    // With S the sum from here to the other end: S(dy · y) / x before the first zero, nothing after
    // it, and at it S(dy · z), where z are the products with a one in its place.
    guard let dy = cotangents[0], dy.dtype.isFloatingPoint else { return [nil] }
    let x = inputs[0]
    let isZero = x .== 0
    let zeros: Symbol = .apply(CumulativeSum(axis: axis, reversed: reversed), isZero, at: .unknown)
    let isFirst = isZero .& (zeros .== 1)
    let wide = dy.widened
    let patched: Symbol = .apply(self, Symbol.where(isFirst, 1, x).widened, at: .unknown)
    let opposite = CumulativeSum(axis: axis, reversed: !reversed)
    let atFirst: Symbol = .apply(opposite, wide * patched, at: .unknown)
    let y = x.isNarrow ? Symbol.apply(self, x.widened, at: .unknown) : outputs[0]
    let before: Symbol = .apply(opposite, wide * y, at: .unknown)
    let elsewhere = Symbol.where(isZero, 0, before) / Symbol.where(isZero, 1, x).widened
    return [Symbol.where(isFirst, atFirst, elsewhere).cast(to: x.dtype)]
  }
}

extension ArrayExpression {
  /// The products of the elements up to each one along `axis`, from its end if `reversed`; see
  /// ``CumulativeProduct``.
  public func cumulativeProduct(
    axis: Int, reversed: Bool = false, file: StaticString = #fileID, line: UInt = #line
  ) -> Self {
    let site = CallSite(file, line)
    let axis = self.axis(axis, of: "cumulativeProduct", at: site)
    return .apply(CumulativeProduct(axis: axis, reversed: reversed), self, at: site)
  }
}
