import Foundation
import Tandem
import Testing

/// Short trainings against PyTorch: losses and final weights.
@Suite struct TrainingFixtureTests {
  @Test func fixtureIsThere() { #expect(TrainingCase.all.count == 7) }

  @Test("five steps from the same weights on the same batches", arguments: TrainingCase.all)
  func steps(_ expected: TrainingCase) throws {
    let model = expected.start()
    let optimizer = SGD(
      learningRate: expected.learningRate, momentum: expected.momentum,
      weightDecay: expected.weightDecay, nesterov: expected.nesterov)
    let trainer = Trainer(model, optimizer: optimizer)
    for (step, expectedLoss) in expected.losses.enumerated() {
      let (x, labels) = expected.batch(of: step)
      let loss = record { softmaxCrossEntropy(model(x), labels).mean() }
      loss.backward()
      trainer.step()
      #expect(abs(loss.item() - expectedLoss) <= 0x1p-18 * expectedLoss, "step \(step)")
    }
    #expect(trainer.stepCount == expected.losses.count)
    #expect(Set(model.parameters.map(\.path)) == Set(expected.ends.keys))
    for (path, parameter) in model.parameters {
      let end = try #require(expected.ends[path])
      let values = parameter.value.scalars(as: Double.self)
      let largest = end.sample.map(abs).max() ?? 0
      for (index, sample) in end.sample.enumerated() {
        let ours = values[index * (values.count - 1) / 7]
        #expect(abs(ours - sample) <= 0x1p-17 * largest, "\(path), sample \(index)")
      }
      let (sum, squares) = (values.reduce(0, +), values.reduce(0) { $0 + $1 * $1 })
      #expect(abs(sum - end.sum) <= 0x1p-20 * sqrt(end.squares) * Double(values.count), "\(path)")
      #expect(abs(squares - end.squares) <= 0x1p-17 * end.squares, "\(path)")
    }
  }
}
