import Foundation
import Tandem
import Testing

/// One case of `Tests/Fixtures/training.json`: five steps of PyTorch in float64.
struct TrainingCase: Decodable, Sendable, CustomTestStringConvertible {
  struct End: Decodable, Sendable {
    let sum: Double
    let squares: Double
    let sample: [Double]
  }

  let model: String
  let batch: [Int]
  let optimizer: String
  let numbers: [String: Double]
  let vocabulary: Int
  let losses: [Double]
  let ends: [String: End]
  let states: [String: [Double]]

  var testDescription: String { "\(model) \(optimizer) \(numbers.sorted { $0.key < $1.key })" }

  /// The cases that the fixture script wrote.
  static let all: [TrainingCase] = {
    let path = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
      .appendingPathComponent("../Fixtures/training.json")
    guard let data = try? Data(contentsOf: path),
      let cases = try? JSONDecoder().decode([TrainingCase].self, from: data)
    else { return [] }
    return cases
  }()

  /// The rule, with the numbers of the fixture script.
  func rule() throws -> any Optimizer {
    func number(_ name: String) throws -> Double { try #require(numbers[name]) }
    let (rate, decay) = (try number("learningRate"), numbers["weightDecay"] ?? 0)
    switch optimizer {
    case "sgd":
      return SGD(
        learningRate: rate, momentum: numbers["momentum"] ?? 0, weightDecay: decay,
        nesterov: numbers["nesterov"] == 1)
    case "adam":
      return Adam(
        learningRate: rate, beta1: try number("beta1"), beta2: try number("beta2"),
        epsilon: try number("epsilon"), weightDecay: decay)
    case "adamW":
      return AdamW(
        learningRate: rate, beta1: try number("beta1"), beta2: try number("beta2"),
        epsilon: try number("epsilon"), weightDecay: decay)
    case "rmsProp":
      return RMSProp(
        learningRate: rate, decay: try number("decay"), epsilon: try number("epsilon"),
        weightDecay: decay)
    default:
      return AdaGrad(learningRate: rate, epsilon: try number("epsilon"), weightDecay: decay)
    }
  }

  /// The model, with the weights of the fixture script.
  func start() -> any Layer {
    let layers = layers
    _ = layers(batch(of: 0).x)
    let sorted = layers.parameters.sorted { $0.path < $1.path }
    for (index, (_, parameter)) in sorted.enumerated() {
      let shape = parameter.value.shape
      let inputs = shape.rank > 1 ? shape.array.dropFirst().reduce(1, *) : 16
      let exponent = -(log2(Double(inputs)) / 2).rounded(.toNearestOrEven)
      parameter.value = TrainingCase.sequence(shape, seed: index + 1, scale: exp2(exponent))
    }
    return layers
  }

  private var layers: any Layer {
    switch model {
    case "mlp":
      Sequential {
        Dense(8, inputs: 6)
        Tanh()
        Dense(4, inputs: 8)
      }
    case "gpt": GPT(vocabulary: 11, context: 6, features: 8, heads: 2, blockCount: 2)
    case "lstm": LSTMLanguageModel(vocabulary: 13, hidden: 6)
    case "residual": TrainingCase.residual
    default:
      Sequential {
        Conv2D(channels: 20, kernel: 5)
        ReLU()
        MaxPool2D(2)
        Conv2D(channels: 50, kernel: 5)
        ReLU()
        MaxPool2D(2)
        Flatten()
        Dense(500)
        ReLU()
        Dense(10)
      }
    }
  }

  private static var residual: Sequential {
    func convolution(_ channels: Int, _ kernel: Int, stride: Int = 1) -> Conv2D {
      Conv2D(
        channels: channels, kernel: kernel, stride: stride, padding: kernel / 2, hasBias: false)
    }
    return Sequential {
      convolution(4, 3)
      BatchNorm()
      ReLU()
      Residual {
        convolution(3, 1)
        BatchNorm()
        ReLU()
        convolution(6, 3, stride: 2)
        BatchNorm()
      } shortcut: {
        convolution(6, 1, stride: 2)
        BatchNorm()
      }
      ReLU()
      GlobalAveragePool()
      Dense(4)
    }
  }

  /// The inputs and labels of a step.
  func batch(of step: Int) -> (x: NDArray, labels: NDArray) {
    guard vocabulary > 0 else {
      let x = TrainingCase.sequence(Shape(batch), seed: 100 + step, scale: 1)
      return (x, NDArray((0..<batch[0]).map { (7 * $0 + 3 * step) % 4 }))
    }
    let places = 0..<batch[0] * batch[1]
    let x = NDArray(places.map { ($0 * $0 + 5 * $0 + 3 * step) % vocabulary })
    let labels = NDArray(places.map { (7 * $0 + 3 * step) % vocabulary })
    return (x.reshaped(Shape(batch)), labels.reshaped(Shape(batch)))
  }

  /// The numbers that the fixture script computes by the same formula, exact in float32.
  static func sequence(_ shape: Shape, seed: Int, scale: Double) -> NDArray {
    let numbers = (0..<shape.elementCount).map { i in
      Float((i * i % 65_537 * 31 + i * 40_503 + seed * 9973) % 65_537 - 32_768)
    }
    return (NDArray(numbers) * (scale / 32_768)).reshaped(shape)
  }
}
