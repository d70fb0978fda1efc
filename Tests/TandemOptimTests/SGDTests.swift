import TandemArray
import Testing

@testable import TandemOptim

/// The memory of SGD, its numbers and its refusals; its values are compared in
/// `TandemTrainingTests`.
@Suite struct SGDTests {
  @Test("what is remembered is named after the parameter and starts at zero")
  func memory() {
    let (weight, bias) = (Parameter(NDArray([[1, 2]])), Parameter(NDArray([3.0, 4.0])))
    weight.bind(path: "0.weight")
    bias.bind(path: "0.bias")
    let optimizer = SGD(learningRate: 0.5, momentum: 0.5)
    #expect(SGD.name == "sgd")
    #expect(optimizer.memory.all.isEmpty)
    for _ in 1...2 {
      optimizer.update(weight, with: NDArray([[1, 1]]))
      optimizer.update(bias, with: NDArray([2, 2]))
    }
    #expect(optimizer.memory.all.map(\.name) == ["0.bias.velocity", "0.weight.velocity"])
    let velocities = optimizer.memory.all.map { $0.cell.value.scalars(as: Double.self) }
    #expect(velocities == [[3, 3], [1.5, 1.5]])
    #expect(optimizer.memory.cells(of: bias).map(\.name) == ["0.bias.velocity"])
    #expect(weight.value.scalars(as: Double.self) == [-0.25, 0.75])
    let copy = optimizer
    copy.update(bias, with: NDArray([0, 0]))
    #expect(optimizer.memory.all[0].cell.value.scalars(as: Double.self) == [1.5, 1.5])
  }

  @Test("without momentum nothing is remembered")
  func plain() {
    let parameter = Parameter(NDArray([1.0]))
    let optimizer = SGD(learningRate: 0.5)
    optimizer.update(parameter, with: NDArray([1]))
    #expect(optimizer.memory.all.isEmpty)
    #expect(parameter.value.scalars(as: Double.self) == [0.5])
  }

  @Test("a changed number takes effect at the next step")
  func numbers() {
    let parameter = Parameter(NDArray([1.0]))
    let optimizer = SGD(learningRate: 0.5)
    #expect(optimizer.numbers.map(\.name) == ["learningRate", "weightDecay"])
    #expect(optimizer.numbers.map(\.number) == [0.5, 0])
    optimizer.update(parameter, with: NDArray([1]))
    optimizer.learningRate.number = 0.25
    optimizer.update(parameter, with: NDArray([1]))
    #expect(parameter.value.item() == 0.25)
    optimizer.weightDecay.number = 2
    optimizer.update(parameter, with: NDArray([0]))
    #expect(parameter.value.item() == 0.125)
    let erased: any Optimizer = optimizer
    erased.learningRate.number = 1
    #expect(optimizer.learningRate.number == 1)
  }

  @Test("errors name the parameter and the line of the caller")
  func places() async throws {
    let results = [
      await #expect(processExitsWith: .failure, observing: [\.standardErrorContent]) {
        let parameter = Parameter(NDArray([1.0, 2.0]))
        parameter.bind(path: "0.weight")
        SGD(learningRate: 1).update(
          parameter, with: NDArray([1, 2, 3]), file: "user.swift", line: 3)
      },
      await #expect(processExitsWith: .failure, observing: [\.standardErrorContent]) {
        let parameter = Parameter(NDArray([1.0, 2.0]))
        let (_, gradients) = valueAndGradient(of: ["0": parameter]) { parameter.value.sum() }
        parameter.update { $0 = NDArray([1, 2, 3]) }
        Adam().update(parameter, with: gradients, file: "user.swift", line: 4)
      },
      await #expect(processExitsWith: .failure, observing: [\.standardErrorContent]) {
        let optimizer: any Optimizer = SGD(learningRate: 1)
        let parameter = Parameter(NDArray([1.0, 2.0]))
        parameter.bind(path: "1.weight")
        optimizer.update(parameter, with: NDArray([1, 2, 3]))
      },
    ]
    let texts = [
      "parameter update: sgdUpdate: the gradient has another shape: float32[2], float32[3], "
        + "float32[], float32[], in parameter 0.weight (user.swift:3)",
      "in parameter 0 (user.swift:4)",
      "in parameter 1.weight (",
    ]
    for (result, text) in zip(results, texts) {
      let errors = String(decoding: try #require(result).standardErrorContent, as: UTF8.self)
      #expect(errors.contains(text), "\(errors)")
    }
  }

  @Test("momentum counts from the next step; a rule made without it has none to set")
  func momentum() {
    let parameter = Parameter(NDArray([0.0]))
    let optimizer = SGD(learningRate: 1, momentum: 0.5)
    #expect(optimizer.numbers.map(\.name) == ["learningRate", "momentum", "weightDecay"])
    for momentum in [0.5, 0.25] {
      optimizer.momentum?.number = momentum
      optimizer.update(parameter, with: NDArray([1]))
    }
    #expect(parameter.value.item() == -2.25)
    #expect(SGD(learningRate: 1).momentum == nil)
  }

  @Test("bfloat16 parameters are updated in float32 and rounded once")
  func narrow() {
    let parameter = Parameter(NDArray([1.0, 256], dtype: .bfloat16))
    let optimizer = SGD(learningRate: 0.5, momentum: 0.5)
    optimizer.update(parameter, with: NDArray([1.0, 1], dtype: .bfloat16))
    #expect(parameter.value.type == .init([2], .bfloat16))
    #expect(parameter.value.scalars(as: Double.self) == [0.5, 256])
  }

  @Test func messages() async throws {
    let results = [
      await #expect(processExitsWith: .failure, observing: [\.standardErrorContent]) {
        _ = SGD(learningRate: -1)
      },
      await #expect(processExitsWith: .failure, observing: [\.standardErrorContent]) {
        _ = SGD(learningRate: 0.1, momentum: 1)
      },
      await #expect(processExitsWith: .failure, observing: [\.standardErrorContent]) {
        _ = SGD(learningRate: 0.1, momentum: 0.9, weightDecay: -0.5)
      },
      await #expect(processExitsWith: .failure, observing: [\.standardErrorContent]) {
        _ = SGD(learningRate: 0.1, nesterov: true)
      },
      await #expect(processExitsWith: .failure, observing: [\.standardErrorContent]) {
        _ = SGD(learningRate: .nan)
      },
    ]
    let texts = [
      "SGD: learningRate must be finite and not negative, got -1.0",
      "SGD: momentum must be in 0..<1, got 1.0",
      "SGD: weightDecay must be finite and not negative, got -0.5",
      "SGD: nesterov needs momentum",
      "SGD: learningRate must be finite and not negative, got nan",
    ]
    for (result, text) in zip(results, texts) {
      let errors = String(decoding: try #require(result).standardErrorContent, as: UTF8.self)
      #expect(errors.contains("\(text) (SGDTests.swift:"), "\(errors)")
    }
  }
}
