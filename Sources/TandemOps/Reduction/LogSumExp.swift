/// The logarithm of the sum of the exponentials over some axes, `log Σ exp(x)`, without overflow;
/// `scipy.special.logsumexp`.
///
/// Integers and bool give float32; 16-bit floats are computed in float32. −∞ for no elements.
/// Gradient: `dy · exp(x − y)`, the softmax.
public struct LogSumExp: ReductionOp {
  public static let name = "logSumExp"

  /// The axes that are reduced, from the front, sorted.
  public let axes: [Int]
  /// Whether the axes stay, with length one.
  public let keepDims: Bool

  /// The operator with these attributes.
  public init(axes: [Int], keepDims: Bool = false) {
    (self.axes, self.keepDims) = (axes, keepDims)
  }

  public func outputTypes(for inputs: TensorTypes) throws(ShapeError) -> TensorTypes {
    TensorTypes(try reduced(inputs[0], as: inputs[0].dtype.floating))
  }

  public func lower(_ inputs: TensorTypes, to lowering: inout Lowering) {
    let (x, result) = (lowering.input(0), lowering.output(0, keeping: axes))
    let wide = result.dtype.accumulating
    if x.shape.elementCount == 0 {
      return lowering.fill(result, with: ScalarValue(-.infinity, result.dtype))
    }
    let type = TensorType(result.shape, wide)
    let (top, sum) = (lowering.temporary(type), lowering.temporary(type))
    // Where the largest element is infinite, x − top would be NaN; zero does as well there.
    lowering.reduce(sum, [x], axes: axes, by: .max) { $0[0].cast(to: wide) }
    lowering.map([top], [sum]) { [$0[0].isFinite.select($0[0], $0[0].constant(0))] }
    lowering.reduce(sum, [x, top.broadcast(to: x.shape)], axes: axes, by: .sum) {
      ($0[0].cast(to: wide) - $0[1]).exp()
    }
    lowering.map([result], [sum, top]) { [$0[0].log() + $0[1]] }
  }

  public func gradient(
    _ inputs: Symbols, _ outputs: Symbols, _ cotangents: [Symbol?]
  ) -> [Symbol?] {
    guard let dy = cotangents[0], dy.dtype.isFloatingPoint, inputs[0].dtype.isFloatingPoint else {
      return [nil]
    }
    // A y that is rounded to 16 bits would be off by as much as the gradient is large.
    let x = inputs[0].widened
    let y =
      inputs[0].isNarrow
      ? x.logSumExp(axes: axes, keepDims: true) : outputs[0].keeping(axes, keptDims: keepDims)
    // Where all elements are −∞, so is y, and x − y would be NaN; their exponentials are zero.
    let shift = Symbol.where(y .== -Double.infinity, 0, y)
    let wide = dy.widened.keeping(axes, keptDims: keepDims)
    return [((x - shift).exp() * wide).cast(to: inputs[0].dtype)]
  }
}

extension ArrayExpression {
  /// The logarithm of the sum of the exponentials over one axis (all if `nil`); see ``LogSumExp``.
  public func logSumExp(
    axis: Int? = nil, keepDims: Bool = false, file: StaticString = #fileID, line: UInt = #line
  ) -> Self {
    logSumExp(axes: axis.map { [$0] }, keepDims: keepDims, file: file, line: line)
  }

  /// The logarithm of the sum of the exponentials over several axes (all if `nil`); see
  /// ``LogSumExp``.
  public func logSumExp(
    axes: [Int]?, keepDims: Bool = false, file: StaticString = #fileID, line: UInt = #line
  ) -> Self {
    let site = CallSite(file, line)
    let axes = self.axes(axes, of: "logSumExp", at: site)
    return .apply(LogSumExp(axes: axes, keepDims: keepDims), self, at: site)
  }
}
