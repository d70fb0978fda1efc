/// Integers, ranges, strides and new axes as indices, all at once: a view. `x[0, 1..., .newAxis]`
/// for users, basic indexing in NumPy.
public struct BasicIndex: ViewOp {
  public static let name = "index"

  /// What happens to each axis.
  public let plan: IndexPlan

  /// The operator with these attributes.
  public init(_ plan: IndexPlan) { self.plan = plan }

  public func outputTypes(for inputs: TensorTypes) throws(ShapeError) -> TensorTypes {
    do throws(ShapeError) {
      return TensorTypes(TensorType(try plan.shape(of: inputs[0].shape), inputs[0].dtype))
    } catch {
      throw ShapeError("\(error.message): \(inputs)")
    }
  }

  public func view(of input: Layout) -> Layout? { plan.layout(of: input) }

  public func gradient(
    _ inputs: Symbols, _ outputs: Symbols, _ cotangents: [Symbol?]
  ) -> [Symbol?] {
    guard let dy = cotangents[0] else { return [nil] }
    let zeros: Symbol = .apply(
      Full(shape: inputs[0].shape), dy.constant(ScalarValue(0, dy.dtype)), at: .unknown)
    return [.apply(AssignIndex(plan), zeros, dy, at: .unknown)]
  }
}
