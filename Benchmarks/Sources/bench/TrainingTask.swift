import Tandem

/// One training step on one batch, the same every time: what all training workloads share.
struct TrainingTask {
  private let model: any Layer
  private let optimizer: any Optimizer
  private let inputs: NDArray
  private let labels: NDArray

  /// - Parameters:
  ///   - labels: one for each row of scores that the model gives.
  init(_ model: some Layer, _ optimizer: some Optimizer, _ inputs: NDArray, labels: NDArray) {
    (self.model, self.inputs, self.labels) = (model, inputs, labels)
    self.optimizer = optimizer
  }

  /// The step as separate operations; gives the loss.
  var eager: () throws -> NDArray {
    let trainer = Trainer(model, optimizer: optimizer)
    return {
      let loss = record { softmaxCrossEntropy(model(inputs), labels).mean() }
      loss.backward()
      trainer.step()
      return loss
    }
  }

  /// The same step as one region: forward, backward and the update.
  var compiled: () throws -> NDArray {
    let (model, optimizer) = (model, optimizer)
    let step = compile(mutating: model, optimizer) { (inputs: NDArray, labels: NDArray) in
      let (loss, gradients) = valueAndGradient(of: model) {
        softmaxCrossEntropy(model(inputs), labels).mean()
      }
      optimizer.update(model, with: gradients)
      return loss
    }
    return { step(inputs, labels) }
  }
}
