import Glibc
import TandemArray
import Testing

@testable import TandemOptim

/// What Adam remembers, its one pass over memory and its refusals; its values are compared in
/// `TandemTrainingTests`.
@Suite struct AdamTests {
  @Test("steps, numbers and moments are state cells with names")
  func cells() {
    let parameter = Parameter(NDArray([1.0, 2.0]))
    parameter.bind(path: "weight")
    let optimizer = AdamW(learningRate: 0.5, beta1: 0.5, beta2: 0.75, weightDecay: 0)
    for _ in 1...2 {
      optimizer.beginStep()
      optimizer.update(parameter, with: NDArray([1.0, -1.0]))
    }
    #expect(
      optimizer.numbers.map(\.name) == [
        "learningRate", "beta1", "beta2", "epsilon", "weightDecay", "stepCount",
        "firstCorrection", "secondCorrection",
      ])
    #expect(optimizer.numbers.map(\.number).suffix(3) == [2, 0.75, 0.4375])
    #expect(optimizer.memory.all.map(\.name) == ["weight.firstMoment", "weight.secondMoment"])
    #expect(optimizer.memory.all[0].cell.value.scalars(as: Double.self) == [0.75, -0.75])
    // Both corrections make the gradient's sign of it: two steps of the learning rate.
    for (value, expected) in zip(parameter.value.scalars(as: Double.self), [0.0, 3.0]) {
      #expect(abs(value - expected) < 1e-6)
    }
    optimizer.learningRate.number = 0
    let before = parameter.value.scalars(as: Float.self)
    optimizer.beginStep()
    optimizer.update(parameter, with: NDArray([5.0, 5.0]))
    #expect(parameter.value.scalars(as: Float.self) == before)
  }

  @Test("a parameter on another device is updated there")
  func devices() async {
    await #expect(processExitsWith: .success) {
      setenv("TANDEM_NUM_THREADS", "2", 1)
      Device.configure(threads: [1, 1])
      func steps(_ device: Device) -> [Double] {
        let parameter = Parameter(NDArray([1.0, 2.0]).to(device))
        let optimizer = Adam(learningRate: 0.5)
        for _ in 1...3 {
          optimizer.beginStep()
          optimizer.update(parameter, with: NDArray([1.0, -3.0]).to(device))
        }
        #expect(parameter.value.device == device)
        return parameter.value.scalars()
      }
      #expect(steps(.cpu(1)) == steps(.cpu(0)))
    }
  }

  @Test("arrays in another order of axes, and 16-bit ones, take the loop and agree with the kernel")
  func loops() {
    let start = NDArray.random.normal([6, 5], seed: 1)
    let slope = NDArray.random.normal([6, 5], seed: 2)
    func moved(_ gradient: NDArray) -> [Float] {
      let parameter = Parameter(start + 0)
      let optimizer = Adam(learningRate: 0.1, weightDecay: 0.5)
      for _ in 1...3 {
        optimizer.beginStep()
        optimizer.update(parameter, with: gradient)
      }
      return parameter.value.scalars(as: Float.self)
    }
    let strided = (slope.transposed([1, 0]) + 0).transposed([1, 0])
    #expect(moved(strided) == moved(slope))
    let narrow = Parameter(NDArray([1.0, 2.0], dtype: .bfloat16))
    let optimizer = Adam(learningRate: 0.5)
    optimizer.beginStep()
    optimizer.update(narrow, with: NDArray([1.0, -1.0], dtype: .bfloat16))
    #expect(narrow.value.scalars(as: Float.self) == [0.5, 2.5])
  }

  /// After one step on a gradient of one the second moment is `1 − beta2` and the step, corrected,
  /// the learning rate; float32 keeps two digits of `1 − 0.99999` if it subtracts.
  @Test(
    "what is left of a rate near one is exact", arguments: [DType.float32, .float64, .bfloat16])
  func complements(dtype: DType) {
    for (beta2, left) in [(0.999, 0.001), (0.99999, 0.00001)] {
      for isAcross in [false, true] {
        let shape: Shape = isAcross ? [3, 2] : [6]
        let parameter = Parameter(.zeros(shape, dtype: dtype))
        let optimizer = Adam(learningRate: 1, beta2: beta2)
        optimizer.beginStep()
        let gradient = NDArray.ones(isAcross ? [2, 3] : [6], dtype: dtype)
        optimizer.update(parameter, with: isAcross ? gradient.transposed([1, 0]) : gradient)
        let moments = optimizer.memory.cells(of: parameter).map { $0.value }
        let tolerance = dtype == .bfloat16 ? 4e-3 : dtype == .float32 ? 1.2e-7 : 1e-11
        #expect(abs(moments[1].reshaped([6])[0].item() / left - 1) < tolerance, "\(beta2)")
        for value in parameter.value.scalars(as: Double.self) {
          #expect(abs(value + 1) < (dtype == .float64 ? 1e-7 : 3e-7), "\(beta2)")
        }
      }
    }
  }

  @Test("RMSProp keeps what is left of a rate near one, too")
  func complementOfRMSProp() {
    let parameter = Parameter(NDArray([0, 0]))
    let optimizer = RMSProp(decay: 0.99999)
    optimizer.update(parameter, with: NDArray([1, 1]))
    let square = optimizer.memory.cells(of: parameter)[0].value[0].item()
    #expect(abs(square / 0.00001 - 1) < 1.2e-7)
  }

  @Test("a number that is set keeps float64")
  func numberTypes() {
    let optimizer = Adam(learningRate: 0.5)
    optimizer.learningRate.number = 0.1
    #expect(optimizer.learningRate.value.dtype == .float64)
    #expect(optimizer.learningRate.number == 0.1)
  }

  @Test func messages() async throws {
    let results = [
      await #expect(processExitsWith: .failure, observing: [\.standardErrorContent]) {
        _ = AdamW(learningRate: -1)
      },
      await #expect(processExitsWith: .failure, observing: [\.standardErrorContent]) {
        _ = Adam(beta2: 1)
      },
      await #expect(processExitsWith: .failure, observing: [\.standardErrorContent]) {
        _ = Adam(epsilon: 0)
      },
      await #expect(processExitsWith: .failure, observing: [\.standardErrorContent]) {
        _ = RMSProp(decay: -0.5)
      },
      await #expect(processExitsWith: .failure, observing: [\.standardErrorContent]) {
        _ = AdaGrad(learningRate: .infinity)
      },
      await #expect(processExitsWith: .failure, observing: [\.standardErrorContent]) {
        _ = NAG(learningRate: 0.1, momentum: 0)
      },
    ]
    let texts = [
      "AdamW: learningRate must be finite and not negative, got -1.0",
      "Adam: beta2 must be in 0..<1, got 1.0", "Adam: epsilon must be positive, got 0.0",
      "RMSProp: decay must be in 0..<1, got -0.5",
      "AdaGrad: learningRate must be finite and not negative, got inf",
      "SGD: nesterov needs momentum",
    ]
    for (result, text) in zip(results, texts) {
      let errors = String(decoding: try #require(result).standardErrorContent, as: UTF8.self)
      #expect(errors.contains("\(text) (AdamTests.swift:"), "\(errors)")
    }
  }
}
