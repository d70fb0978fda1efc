import Tandem
import Testing

/// Training steps as regions: the same bits as the loop that is written out.
@Suite struct CompiledTrainingTests {
  struct Setup: Sendable, CustomTestStringConvertible {
    let name: String
    let input: Shape
    let steps: Int
    let momentum: Double
    let model: @Sendable () -> Sequential

    var testDescription: String { name }
  }

  private static let setups = [
    Setup(name: "mlp", input: [32, 20], steps: 20, momentum: 0.9) {
      Sequential {
        Dense(64)
        ReLU()
        Dense(48)
        Tanh()
        Dense(10)
      }
    },
    Setup(name: "lenet", input: [8, 1, 28, 28], steps: 20, momentum: 0) {
      let net = LeNet(classes: 10)
      return Sequential([net.features, net.classifier])
    },
  ]

  private func batch(_ setup: Setup, _ step: Int) -> (NDArray, NDArray) {
    (
      .random.normal(setup.input, seed: UInt64(step)),
      .random.integers(in: 0..<10, [setup.input[0]], seed: UInt64(100 + step))
    )
  }

  /// Losses and the bits of all weights at the end.
  private func eager(_ setup: Setup) -> [String] {
    let model = setup.model()
    let trainer = Trainer(model, optimizer: SGD(learningRate: 0.05, momentum: setup.momentum))
    return (0..<setup.steps).map { step in
      let (x, labels) = batch(setup, step)
      let loss = record { softmaxCrossEntropy(model(x), labels).mean() }
      loss.backward()
      trainer.step()
      return "\(loss.item())"
    } + [model.fingerprint()]
  }

  @Test("twenty steps, compiled and eager", arguments: setups)
  func steps(_ setup: Setup) throws {
    let model = setup.model()
    let optimizer = SGD(learningRate: 0.05, momentum: setup.momentum)
    let step = compile(mutating: model, optimizer) { (x: NDArray, labels: NDArray) in
      let (loss, gradients) = valueAndGradient(of: model) {
        softmaxCrossEntropy(model(x), labels).mean()
      }
      optimizer.update(model, with: gradients)
      return loss
    }
    let compiled = (0..<setup.steps).map { index in
      let (x, labels) = batch(setup, index)
      return "\(step(x, labels).item())"
    } + [model.fingerprint()]
    #expect(compiled == eager(setup))
    #expect(step.statistics.traces == 1, "\(step.statistics)")
    let report = try #require(step.report)
    #expect(report.kernelsAfter < report.kernelsBefore, "\(report)")
    #expect(report.compilation.refusedDonations.isEmpty, "\(report)")
  }

  @Test("the forward pass as a region, recorded from outside", arguments: setups)
  func recordedFromOutside(_ setup: Setup) {
    let model = setup.model()
    let trainer = Trainer(model, optimizer: SGD(learningRate: 0.05, momentum: setup.momentum))
    let forward = compile { (x: NDArray, labels: NDArray) in
      softmaxCrossEntropy(model(x), labels).mean()
    }
    let compiled = (0..<setup.steps).map { step in
      let (x, labels) = batch(setup, step)
      let loss = record { forward(x, labels) }
      loss.backward()
      trainer.step()
      return "\(loss.item())"
    } + [model.fingerprint()]
    #expect(compiled == eager(setup))
    #expect(forward.statistics.traces == 1)
  }

  @Test("another learning rate takes effect without another trace")
  func learningRate() {
    let weight = Parameter(NDArray([1, 2]))
    let optimizer = SGD(learningRate: 1)
    let step = compile(mutating: weight, optimizer) { (x: NDArray) in
      let (loss, gradients) = valueAndGradient(of: weight) { (weight.value * x).sum() }
      optimizer.update(weight, with: gradients)
      return loss
    }
    _ = step(NDArray([1, 1]))
    #expect(weight.value.scalars(as: Float.self) == [0, 1])
    optimizer.learningRate.number = 0.5
    _ = step(NDArray([1, 1]))
    #expect(weight.value.scalars(as: Float.self) == [-0.5, 0.5])
    #expect(step.statistics.traces == 1)
  }
}

