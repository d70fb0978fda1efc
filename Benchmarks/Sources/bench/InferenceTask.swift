import Tandem

/// One forward pass on one batch, the same every time: what all inference workloads share.
struct InferenceTask {
  private let model: any Layer
  private let inputs: NDArray

  init(_ model: some Layer, _ inputs: NDArray) { (self.model, self.inputs) = (model, inputs) }

  /// The pass as separate operations.
  var eager: () throws -> NDArray { { model(inputs) } }

  /// The pass as one region.
  var compiled: () throws -> NDArray {
    let model = model
    let pass = compile { (inputs: NDArray) in model(inputs) }
    return { pass(inputs) }
  }
}
