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
  let learningRate: Double
  let momentum: Double
  let nesterov: Bool
  let weightDecay: Double
  let losses: [Double]
  let ends: [String: End]

  var testDescription: String {
    "\(model) momentum \(momentum) nesterov \(nesterov) decay \(weightDecay)"
  }

  /// The cases that the fixture script wrote.
  static let all: [TrainingCase] = {
    let path = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
      .appendingPathComponent("../Fixtures/training.json")
    guard let data = try? Data(contentsOf: path),
      let cases = try? JSONDecoder().decode([TrainingCase].self, from: data)
    else { return [] }
    return cases
  }()

  /// The model, with the weights of the fixture script.
  func start() -> Sequential {
    let layers =
      model == "mlp"
      ? Sequential {
        Dense(8, inputs: 6)
        Tanh()
        Dense(4, inputs: 8)
      }
      : Sequential {
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
    _ = layers(.zeros(Shape(batch)))
    for (index, (_, parameter)) in layers.parameters.enumerated() {
      let shape = parameter.value.shape
      let inputs = shape.rank > 1 ? shape.array.dropFirst().reduce(1, *) : 16
      let exponent = -(log2(Double(inputs)) / 2).rounded(.toNearestOrEven)
      parameter.value = TrainingCase.sequence(shape, seed: index + 1, scale: exp2(exponent))
    }
    return layers
  }

  /// The images and labels of a step.
  func batch(of step: Int) -> (x: NDArray, labels: NDArray) {
    let x = TrainingCase.sequence(Shape(batch), seed: 100 + step, scale: 1)
    return (x, NDArray((0..<batch[0]).map { (7 * $0 + 3 * step) % 4 }))
  }

  /// The numbers that the fixture script computes by the same formula, exact in float32.
  static func sequence(_ shape: Shape, seed: Int, scale: Double) -> NDArray {
    let numbers = (0..<shape.elementCount).map { i in
      Float((i * i % 65_537 * 31 + i * 40_503 + seed * 9973) % 65_537 - 32_768)
    }
    return (NDArray(numbers) * (scale / 32_768)).reshaped(shape)
  }
}
