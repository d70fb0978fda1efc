import Tandem

/// One training step on one batch, the same every time: what all training workloads share.
struct TrainingTask {
  private let model: any Layer
  private let trainer: Trainer
  private let inputs: NDArray
  private let labels: NDArray

  /// - Parameters:
  ///   - labels: one for each row of scores that the model gives.
  init(_ model: some Layer, _ optimizer: some Optimizer, _ inputs: NDArray, labels: NDArray) {
    (self.model, self.inputs, self.labels) = (model, inputs, labels)
    trainer = Trainer(model, optimizer: optimizer)
  }

  /// The step as separate operations; gives the loss.
  var eager: () throws -> NDArray {
    {
      let loss = record { softmaxCrossEntropy(model(inputs), labels).mean() }
      loss.backward()
      trainer.step()
      return loss
    }
  }
}
