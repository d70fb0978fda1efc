/// The product over some axes; `numpy.prod`.
///
/// Integers and bool are multiplied in int64 (unsigned ones in uint64); the product of nothing is
/// one.
/// Gradient: `dy` times the product of all other elements, right also where elements are zero or
/// not finite: the product of those before times that of those after, which are made in float64.
/// (The third derivative at elements that are zero is not right.)
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
    let (x, wide) = (inputs[0], dy.cast(to: .float64).keeping(axes, keptDims: keepDims))
    if x.count == 0 { return [x] }
    return [(wide * Product.others(x.cast(to: .float64), over: axes)).cast(to: x.dtype)]
  }

  /// For each element the product of all others over some axes, at least one element.
  private static func others(_ x: Symbol, over axes: [Int]) -> Symbol {
    // The axes go to the end, as one, along which a one before each row or after it makes room.
    let order = (0..<x.rank).filter { !axes.contains($0) } + axes
    let moved = x.transposed(order)
    let length = axes.reduce(1) { $0 * x.shape[$1] }
    let rows = moved.reshaped([x.count / length, length])
    let before = rows.sliced(axis: 1, to: length - 1).padded([(0, 0), (1, 0)], value: 1)
    let after = rows.sliced(axis: 1, from: 1).padded([(0, 0), (0, 1)], value: 1)
    let products =
      before.cumulativeProduct(axis: 1) * after.cumulativeProduct(axis: 1, reversed: true)
    let back = order.indices.sorted { order[$0] < order[$1] }
    return products.reshaped(moved.shape.array).transposed(back)
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
