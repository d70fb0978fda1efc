/// Where the smallest element along an axis is, as int64; `numpy.argmin`.
///
/// The first of several; the first NaN if there is one. No gradient flows.
///
/// - Throws: `ShapeError` if there are no elements to choose from.
public struct ArgMin: ReductionOp, NonDifferentiableOp {
  public static let name = "argMin"

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
    lowering.reduce(lowering.output(0, keeping: axes), [lowering.input(0)], axes: axes, by: .argMin)
  }
}

extension ArrayExpression {
  /// Where the smallest element along `axis` is; without one, its place in row-major order. See
  /// ``ArgMin``.
  public func argMin(
    axis: Int? = nil, keepDims: Bool = false, file: StaticString = #fileID, line: UInt = #line
  ) -> Self {
    let site = CallSite(file, line)
    guard let axis else {
      let flat = flattened(file: file, line: line)
      let place = Self.apply(ArgMin(axis: 0), flat, at: site)
      guard keepDims else { return place }
      return place.reshaped(Shape((0..<rank).map { _ in 1 }), file: file, line: line)
    }
    let index = self.axis(axis, of: "argMin", at: site)
    return .apply(ArgMin(axis: index, keepDims: keepDims), self, at: site)
  }
}
