/// The product over some axes; `numpy.prod`.
///
/// Integers and bool are multiplied in int64 (unsigned ones in uint64); the product of nothing is
/// one.
/// Gradient: `dy` times the product of all other elements, right also where elements are zero.
/// (The second derivative at elements that are zero is not.) It is made by division: where the
/// product overflows or is denormal, or elements are not finite, the gradient is no better.
public struct Product: ReductionOp {
  public static let name = "product"

  /// The axes that are reduced, from the front, sorted.
  public let axes: [Int]
  /// Whether the axes stay, with length one.
  public let keepDims: Bool

  /// The operator with these attributes.
  public init(axes: [Int], keepDims: Bool = false) {
    (self.axes, self.keepDims) = (axes, keepDims)
  }

  public func outputTypes(for inputs: TensorTypes) throws(ShapeError) -> TensorTypes {
    TensorTypes(try reduced(inputs[0], as: inputs[0].dtype.accumulated))
  }

  public func lower(_ inputs: TensorTypes, to lowering: inout Lowering) {
    lowering.reduce(
      lowering.output(0, keeping: axes), [lowering.input(0)], axes: axes, by: .product)
  }

  public func gradient(
    _ inputs: Symbols, _ outputs: Symbols, _ cotangents: [Symbol?]
  ) -> [Symbol?] {
    guard let dy = cotangents[0], dy.dtype.isFloatingPoint, inputs[0].dtype.isFloatingPoint else {
      return [nil]
    }
    // With one zero among the elements only that one has a gradient; with two, none has.
    let x = inputs[0]
    let isZero = x .== 0
    let zeros = isZero.sum(axes: axes, keepDims: true)
    let nonzero = Symbol.where(isZero, 1, x).widened
    let product = nonzero.product(axes: axes, keepDims: true)
    let others = Symbol.where(
      isZero, .where(zeros .== 1, product, 0), .where(zeros .== 0, product, 0) / nonzero)
    let wide = dy.widened.keeping(axes, keptDims: keepDims)
    return [(wide * others).cast(to: x.dtype)]
  }
}

extension ArrayExpression {
  /// The product over one axis (all if `nil`); see ``Product``.
  public func product(
    axis: Int? = nil, keepDims: Bool = false, file: StaticString = #fileID, line: UInt = #line
  ) -> Self {
    product(axes: axis.map { [$0] }, keepDims: keepDims, file: file, line: line)
  }

  /// The product over several axes (all if `nil`); see ``Product``.
  public func product(
    axes: [Int]?, keepDims: Bool = false, file: StaticString = #fileID, line: UInt = #line
  ) -> Self {
    let site = CallSite(file, line)
    let axes = self.axes(axes, of: "product", at: site)
    return .apply(Product(axes: axes, keepDims: keepDims), self, at: site)
  }
}
