import TandemArray
import Testing

@testable import TandemNN

/// Shapes, names and sharing of parameters.
@Suite struct LayerTests {
  private let digits = NDArray.zeros([2, 1, 28, 28])

  @Test("LeNet has the published number of parameters")
  func countOfLeNet() {
    let model = LeNet(classes: 10)
    // The weights' inputs are inferred, the biases are 20, 50, 500 and 10.
    #expect(model.parameterCount == 580)
    #expect(Dense(4, inputs: 3).parameterCount == 4 * 3 + 4)
    #expect(model(digits).type == .float32([2, 10]))
    #expect(model.parameterCount == 431_080)
  }

  @Test("input sizes are inferred at the first call")
  func inferredSizes() {
    let model = LeNet(classes: 7)
    _ = model(.zeros([1, 3, 32, 36]))
    let shapes = model.parameters.map { "\($0.path) \($0.parameter.value.shape)" }
    #expect(
      shapes == [
        "features.0.weight [20, 3, 5, 5]", "features.0.bias [20]",
        "features.3.weight [50, 20, 5, 5]", "features.3.bias [50]",
        "classifier.1.weight [500, 1500]", "classifier.1.bias [500]",
        "classifier.3.weight [7, 500]", "classifier.3.bias [7]",
      ])
    #expect(Dense(3, inputs: 2).parameters.map(\.parameter.declaredShape) == [[3, 2], [3]])
    #expect(
      Conv2D(channels: 6, kernel: 3, inputs: 4, groups: 2).weight.declaredShape == [6, 2, 3, 3])
  }

  @Test("layers of a Sequential are named by their places, which nest")
  func paths() {
    let model = Sequential {
      Dense(3, inputs: 2)
      ReLU()
      Sequential { Dense(4, inputs: 3, hasBias: false) }
      for _ in 0..<2 { Dense(4, inputs: 4, hasBias: false) }
      if true { Tanh() } else { ReLU() }
      Dense(1, inputs: 4)
    }
    #expect(
      model.parameters.map(\.path)
        == ["0.weight", "0.bias", "2.0.weight", "3.weight", "4.weight", "6.weight", "6.bias"])
    #expect(Set(model.parameters.map(\.parameter.path)) == ["unbound"])
    bindParameters(of: model)
    #expect(model.parameters.map(\.path) == model.parameters.map(\.parameter.path))
  }

  @Test("copies of a layer share its parameters; a layer that is used twice is found once")
  func sharing() {
    let dense = Dense(2, inputs: 2)
    let copy = dense
    let model = Sequential([dense, ReLU(), copy])
    #expect(model.parameters.map(\.path) == ["0.weight", "0.bias"])
    copy.weight.value = NDArray([[1, 2], [3, 4]])
    #expect(dense.weight.value.scalars(as: Int.self) == [1, 2, 3, 4])
  }

  @Test("the first value follows from seed and path alone")
  func initialization() {
    func weights(_ seed: UInt64, _ model: Sequential, bindsFirst: Bool) -> [[Float]] {
      withSeed(seed) {
        if bindsFirst { bindParameters(of: model) }
        _ = model(.zeros([1, 3]))
        return model.parameters.map { $0.parameter.value.scalars(as: Float.self) }
      }
    }
    func model() -> Sequential {
      Sequential {
        Dense(3)
        Dense(3)
      }
    }
    let first = weights(1, model(), bindsFirst: true)
    #expect(first == weights(1, model(), bindsFirst: true))
    #expect(first != weights(2, model(), bindsFirst: true))
    #expect(first[0] != first[2], "two layers of the same shape start alike")
    let unbound = weights(1, model(), bindsFirst: false)
    #expect(unbound[0] != unbound[2], "two layers of a model without names start alike")
    #expect(unbound == weights(1, model(), bindsFirst: false))
  }

  @Test("weights start uniform with variance 2 / fan-in, biases at zero")
  func defaultInitializer() throws {
    let (dense, convolution) = (Dense(500), Conv2D(channels: 50, kernel: 5, groups: 2))
    _ = dense(.zeros([1, 800]))
    _ = convolution(.zeros([1, 40, 5, 5]))
    for (weight, fanIn) in [(dense.weight, 800.0), (convolution.weight, 500)] {
      let values = weight.value.scalars(as: Double.self)
      let limit = (6 / fanIn).squareRoot()
      let largest = try #require(values.map(abs).max())
      #expect(largest <= limit && largest > 0.99 * limit)
      let variance = values.reduce(0) { $0 + $1 * $1 } / Double(values.count)
      #expect(abs(variance * fanIn / 2 - 1) < 0.05)
    }
    #expect(dense.bias?.value.scalars(as: Float.self) == Array(repeating: 0, count: 500))
  }

  @Test("a batch without rows goes through")
  func emptyBatch() {
    #expect(LeNet(classes: 10)(.zeros([0, 1, 28, 28])).shape == [0, 10])
    #expect(Flatten()(.zeros([0, 2, 3])).shape == [0, 6])
  }
}
