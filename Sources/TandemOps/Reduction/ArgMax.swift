/// Where the largest element along an axis is, as int64; `numpy.argmax`.
///
/// The first of several; the first NaN if there is one. No gradient flows.
///
/// - Throws: `ShapeError` if there are no elements to choose from.
public struct ArgMax: ReductionOp, NonDifferentiableOp {
  public static let name = "argMax"

  /// The axis along which to look.
  public let axis: Int
  /// Whether the axes stay, with length one.
  public let keepDims: Bool

  /// The operator with these attributes.
  public init(axis: Int, keepDims: Bool = false) {
    (self.axis, self.keepDims) = (axis, keepDims)
  }

  /// The axes that are reduced, from the front, sorted.
  public var axes: [Int] { [axis] }

  public func outputTypes(for inputs: TensorTypes) throws(ShapeError) -> TensorTypes {
    try requireElements(inputs)
    return TensorTypes(try reduced(inputs[0], as: .int64))
  }

  public func lower(_ inputs: TensorTypes, to lowering: inout Lowering) {
    lowering.reduce(lowering.output(0, keeping: axes), [lowering.input(0)], axes: axes, by: .argMax)
  }
}

extension ArrayExpression {
  /// Where the largest element along `axis` is; without one, its place in row-major order. See
  /// ``ArgMax``.
  public func argMax(
    axis: Int? = nil, keepDims: Bool = false, file: StaticString = #fileID, line: UInt = #line
  ) -> Self {
    let site = CallSite(file, line)
    guard let axis else {
      let flat = flattened(file: file, line: line)
      let place = Self.apply(ArgMax(axis: 0), flat, at: site)
      guard keepDims else { return place }
      return place.reshaped(Shape((0..<rank).map { _ in 1 }), file: file, line: line)
    }
    let index = self.axis(axis, of: "argMax", at: site)
    return .apply(ArgMax(axis: index, keepDims: keepDims), self, at: site)
  }
}
