import Foundation
import Tandem
import Testing

/// Short trainings against PyTorch: losses and final weights.
@Suite struct TrainingFixtureTests {
  @Test func fixtureIsThere() { #expect(TrainingCase.all.count == 16) }

  @Test("steps from the same weights on the same batches", arguments: TrainingCase.all)
  func steps(_ expected: TrainingCase) throws {
    let model = expected.start()
    let trainer = Trainer(model, optimizer: try expected.rule())
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
    try checkStatistics(of: model, expected)
  }

  /// The running statistics of the first batch normalisation and of those in the first residual.
  private func checkStatistics(of model: any Layer, _ expected: TrainingCase) throws {
    guard !expected.states.isEmpty else { return }
    let layers = try #require(model as? Sequential).layers
    let residual = try #require(layers[3] as? Residual)
    let norms: [(String, any Layer)] = [
      ("1", layers[1]), ("3.main.1", residual.main.layers[1]),
      ("3.main.4", residual.main.layers[4]), ("3.shortcut.1", residual.shortcut.layers[1]),
    ]
    for (path, layer) in norms {
      let norm = try #require(layer as? BatchNorm)
      for (name, cell) in [
        ("running_mean", norm.runningMean), ("running_var", norm.runningVariance),
      ] {
        let wanted = try #require(expected.states["\(path).\(name)"])
        for (ours, theirs) in zip(cell.value.scalars(as: Double.self), wanted) {
          #expect(abs(ours - theirs) <= 0x1p-18 * max(abs(theirs), 0.1), "\(path).\(name)")
        }
      }
    }
  }
}
