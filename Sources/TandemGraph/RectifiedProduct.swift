/// A matrix product, an affine map or a convolution with a ``ReLU`` behind it in one kernel: what
/// ``RectifyProducts`` makes of the two.
struct RectifiedProduct: NonDifferentiableOp {
  static let name = "rectified"

  /// What is rectified.
  enum Product: Hashable, Sendable {
    case matMul
    case linear
    case convolution(Convolution)
  }

  let product: Product

  private var op: any Op {
    switch product {
    case .matMul: MatMul()
    case .linear: Linear()
    case .convolution(let op): op
    }
  }

  func outputTypes(for inputs: TensorTypes) throws(ShapeError) -> TensorTypes {
    try op.outputTypes(for: inputs)
  }

  func outputLayout(for type: TensorType, at index: Int, inputs: [Layout]) -> Layout {
    op.outputLayout(for: type, at: index, inputs: inputs)
  }

  func lower(_ inputs: TensorTypes, to lowering: inout Lowering) {
    switch product {
    case .matMul: MatMul().lower(inputs, to: &lowering, rectifies: true)
    case .linear: Linear().lower(inputs, to: &lowering, rectifies: true)
    case .convolution(let op): op.lower(inputs, to: &lowering, rectifies: true)
    }
  }
}

extension RectifiedProduct: CustomReflectable {
  /// What printed graphs show of it.
  var customMirror: Mirror { Mirror(self, children: ["of": "\(type(of: op).name)+relu"]) }
}
