import Tandem
import Testing

@testable import TandemTraining

/// The loop for those who write none, the table of a model, and the watch for NaN.
@Suite(.serialized) struct FitTests {
  private func line() -> ArraySet {
    let inputs = (0..<64).map { Float($0) / 32 - 1 }
    return ArraySet(
      NDArray(inputs, shape: [64, 1]), NDArray(inputs.map { 3 * $0 - 1 }, shape: [64, 1]))
  }

  @Test("fit learns, logs, follows a schedule and stops early")
  func fitting() throws {
    try withSeed(1) {
      let model = Dense(1, inputs: 1)
      let trainer = Trainer(model, optimizer: SGD(learningRate: 0.5))
      var options = FitOptions(epochs: 40, batchSize: 16)
      options.showsProgress = false
      var lines: [String] = []
      let early = EarlyStopping(patience: 2, smallest: 1e-4)
      let outcome = try trainer.fit(
        model, on: line(), options: options,
        callbacks: [
          ScheduledRate(.linear(from: 0.5, to: 0.1, steps: 100)), early,
          EpochLog { lines.append($0) },
        ], validation: { abs(model.weight.value.item() - 3) }
      ) { (model($0.input) - $0.target).squared().mean() }
      #expect(outcome == .stopped)
      #expect(lines.count > 3 && lines.count < 40 && (early.best ?? 1) < 0.01)
      #expect(lines[0].hasPrefix("epoch 1: loss "), "\(lines)")
      #expect(abs(model.weight.value.item() - 3) < 0.01)
      #expect(trainer.optimizer.learningRate.number < 0.5)
    }
  }

  @Test("fit gives the bits of the loop that it stands for")
  func sameAsLoop() throws {
    func prints(_ body: (Sequential, Trainer) throws -> Void) rethrows -> String {
      try withSeed(2) {
        let model = Sequential {
          Dense(8, inputs: 1)
          Dropout(0.2)
          Dense(1)
        }
        try body(model, Trainer(model, optimizer: Adam()))
        return model.fingerprint()
      }
    }
    let fitted = try prints { model, trainer in
      var options = FitOptions(epochs: 2, batchSize: 10)
      options.showsProgress = false
      try trainer.fit(model, on: line(), options: options) {
        (model($0.input) - $0.target).squared().mean()
      }
    }
    let written = prints { model, trainer in
      let set = line()
      for _ in 0..<2 {
        for batch in set.batches(of: 10, shuffled: true) {
          record { (model(batch.input) - batch.target).squared().mean() }.backward()
          trainer.step()
        }
      }
    }
    #expect(fitted == written)
  }

  @Test("a summary has each part with its output, and computes nothing")
  func summary() {
    let model = Sequential {
      Conv2D(channels: 4, kernel: 3)
      ReLU()
      Flatten()
      Dense(10)
    }
    let trainer = Trainer(model, optimizer: SGD(learningRate: 1))
    _ = trainer
    #expect(
      model.summary(.float32([2, 1, 8, 8])) == """
        path  holds         output               parameters  trainable
        0     weight, bias  float32[2, 4, 6, 6]          40         40
        3     weight, bias  float32[2, 10]             1450       1450
        all                 float32[2, 10]             1490       1490
        """)
  }

  @Test("the first operator that is not finite is named, with its line and layer")
  func finite() throws {
    let x = NDArray([1, 0, -1] as [Float], shape: [3])
    let watch = FiniteWatch()
    watch.run {
      _ = (x + 1).log(file: "user.swift", line: 9).exp()
      _ = x.sqrt()
    }
    let finding = try #require(watch.finding)
    #expect(finding.name == "log" && !finding.hasBadInput && !finding.isNaN)
    #expect("\(finding)" == "log: gives inf: float32[3] from finite float32[3] (user.swift:9)")
    // In the backward pass: the derivative of the root at zero.
    let weight = Parameter(NDArray([0, 4] as [Float], shape: [2]))
    let backward = FiniteWatch()
    backward.run { record { weight.value.sqrt().sum() }.backward() }
    #expect(backward.finding != nil)
    let dense = Sequential { Dense(2, inputs: 3) }
    _ = dense(x.reshaped([1, 3]))
    let bad = FiniteWatch()
    bad.run {
      _ = dense(NDArray([.nan, 0, 0] as [Float], shape: [1, 3]), file: "user.swift", line: 4)
    }
    let found = try #require(bad.finding)
    #expect(found.hasBadInput && found.isNaN && found.place == "0.Dense", "\(found)")
    #expect("\(found.site)" == "user.swift:4")
    let fine = FiniteWatch()
    fine.run { _ = x.exp().sum() }
    #expect(fine.finding == nil)
  }
}
