import Tandem
import TandemThreads
import Testing

/// What a trainer updates, in place, and what it refuses.
@Suite struct TrainerTests {
  private struct TwoHeads: Layer {
    let first = Dense(1, inputs: 2)
    let second = Dense(1, inputs: 2)

    func callAsFunction(_ x: NDArray) -> NDArray { first(x) }
  }

  @Test("binds paths, updates what is trainable, and forgets the gradients")
  func step() {
    let model = TwoHeads()
    let trainer = Trainer(model, optimizer: SGD(learningRate: 1))
    #expect(
      trainer.parameters.map(\.path)
        == ["first.weight", "first.bias", "second.weight", "second.bias"])
    #expect(trainer.parameters.map(\.parameter.path) == trainer.parameters.map(\.path))
    model.first.weight.value = NDArray([[1, 2]])
    model.first.bias?.isTrainable = false
    record { model(NDArray([[3, 4]])).sum() }.backward()
    trainer.step(ignoringMissing: true)
    #expect(model.first.weight.value.scalars(as: Int.self) == [-2, -2])
    #expect(model.first.bias?.value.scalars(as: Int.self) == [0])
    #expect(model.first.weight.gradient == nil)
    #expect(trainer.stepCount == 1)
    trainer.step(ignoringMissing: true)
    #expect(model.first.weight.value.scalars(as: Int.self) == [-2, -2])
  }

  @Test("gradients of several backward passes add up where that is asked for")
  func accumulation() {
    let dense = Dense(1, inputs: 1, hasBias: false)
    dense.weight.accumulatesGradient = true
    dense.weight.value = NDArray([[10]])
    let trainer = Trainer(dense, optimizer: SGD(learningRate: 1))
    for x in [1, 2] { record { dense(NDArray([[x]]).cast(to: .float32)).sum() }.backward() }
    trainer.step()
    #expect(dense.weight.value.item() == 7)
    record { dense(NDArray([[5]])).sum() }.backward()
    trainer.step()
    #expect(dense.weight.value.item() == 2)
  }

  @Test("an update that fails names the step's line and the parameter")
  func updatesThatFail() async throws {
    let result = await #expect(processExitsWith: .failure, observing: [\.standardErrorContent]) {
      let model = TwoHeads()
      let trainer = Trainer(model, optimizer: SGD(learningRate: 1))
      model.second.weight.gradient = NDArray([1, 2, 3])
      trainer.step(ignoringMissing: true, file: "user.swift", line: 7)
    }
    let errors = String(decoding: try #require(result).standardErrorContent, as: UTF8.self)
    #expect(
      errors.contains("the gradient has another shape: float32[1, 2], float32[3]"), "\(errors)")
    #expect(errors.contains(", in parameter second.weight (user.swift:7)"), "\(errors)")
  }

  @Test("models whose trainers are given different seeds start differently")
  func seeds() {
    func start(_ seed: UInt64?) -> [Float] {
      let model = TwoHeads()
      _ = Trainer(model, optimizer: SGD(learningRate: 1), seed: seed)
      return model.first.weight.value.scalars(as: Float.self)
    }
    withSeed(1) {
      #expect(start(nil) == start(nil) && start(nil) == start(1))
      #expect(start(2) != start(1) && start(2) == start(2))
    }
  }

  @Test("a learning rate that is set between two steps counts from the next")
  func learningRate() {
    let dense = Dense(1, inputs: 1, hasBias: false)
    dense.weight.value = NDArray([[0]])
    let trainer = Trainer(dense, optimizer: SGD(learningRate: 1))
    for rate in [1, 0.5, 0.25] {
      trainer.optimizer.learningRate.number = rate
      record { dense(NDArray([[1]])).sum() }.backward()
      trainer.step()
    }
    #expect(dense.weight.value.item() == -1.75)
  }

  @Test("steps happen in place; memory stays flat over many")
  func memory() async {
    // In a process of its own, where no other test takes memory from the pool.
    await #expect(processExitsWith: .success) {
      let model = Sequential {
        Dense(32, inputs: 16)
        ReLU()
        Dense(4, inputs: 32)
      }
      let trainer = Trainer(model, optimizer: SGD(learningRate: 0.01, momentum: 0.9))
      let x = NDArray.random.normal([8, 16], seed: 1)
      let labels = NDArray([0, 1, 2, 3, 0, 1, 2, 3], dtype: .int64)
      func step() {
        record { softmaxCrossEntropy(model(x), labels).mean() }.backward()
        trainer.step()
      }
      func addresses() throws -> [UnsafeRawPointer?] {
        let cells = trainer.optimizer.memory.all.map(\.cell.value)
        return try (trainer.parameters.map(\.parameter.value) + cells)
          .map { try $0.withUnsafeBytes { $0.baseAddress } }
      }
      for _ in 1...20 { step() }
      let before = (try addresses(), BufferPool.shared.counters)
      for _ in 1...500 { step() }
      let after = (try addresses(), BufferPool.shared.counters)
      #expect(before.0 == after.0, "a step gave a parameter or a velocity other storage")
      #expect(before.1.liveBytes == after.1.liveBytes)
      #expect(before.1.systemBytes == after.1.systemBytes)
    }
  }

  @Test("someone who holds the value keeps what he holds")
  func heldValue() {
    let dense = Dense(1, inputs: 1, hasBias: false)
    dense.weight.value = NDArray([[1]])
    let trainer = Trainer(dense, optimizer: SGD(learningRate: 1))
    let held = dense.weight.value
    record { dense(NDArray([[1]])).sum() }.backward()
    trainer.step()
    #expect(held.item() == 1)
    #expect(dense.weight.value.item() == 0)
  }

  @Test func messages() async throws {
    let results = [
      await #expect(processExitsWith: .failure, observing: [\.standardErrorContent]) {
        _ = Trainer(Sequential { ReLU() }, optimizer: SGD(learningRate: 1))
      },
      await #expect(processExitsWith: .failure, observing: [\.standardErrorContent]) {
        let trainer = Trainer(TwoHeads(), optimizer: SGD(learningRate: 1))
        trainer.step()
      },
      await #expect(processExitsWith: .failure, observing: [\.standardErrorContent]) {
        let model = TwoHeads()
        let trainer = Trainer(model, optimizer: SGD(learningRate: 1))
        record { model(NDArray([[3, 4]])).sum() }.backward()
        trainer.step()
      },
    ]
    let cure = "; call backward first, or pass ignoringMissing: true"
    let texts = [
      "trainer: the model has no parameters: Sequential",
      "step: no gradient since the last step: first.weight and 3 more\(cure)",
      "step: no gradient since the last step: second.weight and 1 more\(cure)",
    ]
    for (result, text) in zip(results, texts) {
      let errors = String(decoding: try #require(result).standardErrorContent, as: UTF8.self)
      #expect(errors.contains("\(text) (TrainerTests.swift:"), "\(errors)")
    }
  }
}
