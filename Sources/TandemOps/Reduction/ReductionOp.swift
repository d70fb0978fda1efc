/// An operator that makes one element of all elements along some axes.
public protocol ReductionOp: Op, Codable {
  /// The axes that are reduced, from the front, sorted.
  var axes: [Int] { get }
  /// Whether the axes stay, with length one.
  var keepDims: Bool { get }
}

extension ReductionOp {
  public static var inputCounts: ClosedRange<Int> { 1...1 }

  /// The type of the result for an input, with elements of a dtype.
  ///
  /// - Throws: `ShapeError` if the input lacks one of the axes.
  func reduced(_ input: TensorType, as dtype: DType) throws(ShapeError) -> TensorType {
    for axis in axes where !(0..<input.rank).contains(axis) {
      throw ShapeError("no axis \(axis): \(input)")
    }
    try requireAscending(axes, TensorTypes(input))
    return TensorType(input.shape.reduced(over: axes, keepDims: keepDims), dtype)
  }

  /// How many elements of the input make one of the result.
  func count(in input: TensorType) -> Int { axes.reduce(1) { $0 * input.shape[$1] } }

  /// Refuses to choose an element where there is none.
  func requireElements(_ inputs: TensorTypes) throws(ShapeError) {
    let type = inputs[0]
    for axis in axes where (0..<type.rank).contains(axis) {
      try require(type.shape[axis] > 0, "no elements along axis \(axis)", inputs)
    }
  }
}

/// Throws unless axes are sorted and each is there once.
func requireAscending(_ axes: [Int], _ inputs: TensorTypes) throws(ShapeError) {
  for (axis, next) in zip(axes, axes.dropFirst()) where axis >= next {
    throw ShapeError("axes \(axes) are not in ascending order: \(inputs)")
  }
}

extension DType {
  /// The dtype in which sums are accumulated: float32 for 16-bit floats.
  package var accumulating: DType { self == .float16 || self == .bfloat16 ? .float32 : self }
}

extension ArrayExpression {
  /// A reduced array with its reduced axes put back, of length one.
  func keeping(_ axes: [Int], keptDims: Bool) -> Self {
    keptDims ? self : axes.reduce(self) { $0.expandingDims(at: $1) }
  }
}
