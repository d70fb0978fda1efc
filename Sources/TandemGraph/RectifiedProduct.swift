/// A matrix product, or an affine map, with a ``ReLU`` behind it in one kernel: what
/// ``RectifyProducts`` makes of the two.
struct RectifiedProduct: NonDifferentiableOp {
  static let name = "rectified"

  /// Whether the product is a ``Linear``, else it is a ``MatMul``.
  let isLinear: Bool

  func outputTypes(for inputs: TensorTypes) throws(ShapeError) -> TensorTypes {
    isLinear ? try Linear().outputTypes(for: inputs) : try MatMul().outputTypes(for: inputs)
  }

  func lower(_ inputs: TensorTypes, to lowering: inout Lowering) {
    if isLinear {
      Linear().lower(inputs, to: &lowering, rectifies: true)
    } else {
      MatMul().lower(inputs, to: &lowering, rectifies: true)
    }
  }
}
