/// The sum over some axes; `numpy.sum`.
///
/// | value | shape |
/// | --- | --- |
/// | input | any |
/// | result | without `axes`, or with them of length one if `keepDims` |
///
/// Integers and truth values are summed in int64 (unsigned ones in uint64); the sum of nothing is
/// zero.
public struct Sum: ReductionOp {
  public static let name = "sum"

  public static var acceptsComplex: Bool { true }

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
    let (result, x) = (lowering.output(0, keeping: axes), lowering.input(0))
    guard x.dtype.kind == .complex else {
      return lowering.reduce(result, [x], axes: axes, by: .sum)
    }
    lowering.reduce(result.real, [x.real], axes: axes, by: .sum)
    lowering.reduce(result.imaginary, [x.imaginary], axes: axes, by: .sum)
  }

  public func gradient(
    _ inputs: Symbols, _ outputs: Symbols, _ cotangents: [Symbol?]
  ) -> [Symbol?] {
    guard let dy = cotangents[0], inputs[0].dtype.isDifferentiable else { return [nil] }
    return [dy.spread(over: axes, of: inputs[0].shape, keptDims: keepDims)]
  }
}

extension ArrayExpression {
  /// The sum over one axis (all if `nil`); see ``Sum``.
  public func sum(
    axis: Int? = nil, keepDims: Bool = false, file: StaticString = #fileID, line: UInt = #line
  ) -> Self {
    sum(axes: axis.map { [$0] }, keepDims: keepDims, file: file, line: line)
  }

  /// The sum over several axes (all if `nil`); see ``Sum``.
  public func sum(
    axes: [Int]?, keepDims: Bool = false, file: StaticString = #fileID, line: UInt = #line
  ) -> Self {
    let site = CallSite(file, line)
    let axes = self.axes(axes, of: "sum", at: site)
    return .apply(Sum(axes: axes, keepDims: keepDims), self, at: site)
  }

  /// The sum that turns an array broadcast from `shape` back into one of `shape`: the transpose of
  /// broadcasting, which gradients need.
  public func summed(to shape: Shape) -> Self {
    if self.shape == shape { return self }
    let lead = rank - shape.rank
    let stretched = (0..<shape.rank).filter { shape[$0] == 1 && self.shape[$0 + lead] != 1 }
    var result = self
    if !stretched.isEmpty {
      result = .apply(Sum(axes: stretched.map { $0 + lead }, keepDims: true), result, at: .unknown)
    }
    if lead > 0 {
      result = .apply(Sum(axes: Array(0..<lead)), result, at: .unknown)
    }
    return result
  }
}
