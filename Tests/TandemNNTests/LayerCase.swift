import Foundation
import TandemArray
import Testing

@testable import TandemNN

/// One case of `Tests/Fixtures/layers.json`: what PyTorch computes of a layer in float64.
struct LayerCase: Decodable, Sendable, CustomTestStringConvertible {
  struct Values: Decodable, Sendable {
    let shape: [Int]
    let value: [Float]
    let gradient: [Double]
  }

  let layer: String
  let options: [String: Int]
  let inputShape: [Int]
  let input: [Float]
  let outputShape: [Int]
  let output: [Double]
  let cotangent: [Float]
  let inputGradient: [Double]
  let parameters: [String: Values]

  var testDescription: String { "\(layer) \(options.sorted { $0.key < $1.key }) \(inputShape)" }

  /// The cases that the fixture script wrote.
  static let all: [LayerCase] = {
    let path = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
      .appendingPathComponent("../Fixtures/layers.json")
    guard let data = try? Data(contentsOf: path),
      let cases = try? JSONDecoder().decode([LayerCase].self, from: data)
    else { return [] }
    return cases
  }()

  /// The layer of ours that the case is about; the loss counts as one.
  func make() throws -> any Layer {
    let biased = options["bias"] == 1
    return switch layer {
    case "dense": Dense(try option("outputs"), hasBias: biased)
    case "conv2D":
      Conv2D(
        channels: try option("channels"), kernel: try option("kernel"),
        stride: try option("stride"), padding: try option("padding"),
        dilation: try option("dilation"), groups: try option("groups"), hasBias: biased)
    case "maxPool2D":
      MaxPool2D(try option("window"), stride: try option("stride"), padding: try option("padding"))
    case "flatten": Flatten()
    case "batchNorm": BatchNorm()
    case "layerNorm": LayerNorm()
    case "rmsNorm": RMSNorm()
    case "averagePool2D":
      AveragePool2D(
        try option("window"), stride: try option("stride"), padding: try option("padding"),
        countsPadding: try option("counts") == 1)
    case "globalAveragePool": GlobalAveragePool()
    case "lstm":
      LSTM(
        try option("hidden"), layerCount: try option("layers"),
        isBatchMajor: try option("major") == 1)
    case "attention":
      MultiHeadAttention(
        try option("features"), heads: try option("heads"), isCausal: try option("causal") == 1,
        hasBias: biased)
    case "relu": ReLU()
    case "sigmoid": Sigmoid()
    case "tanh": Tanh()
    case "gelu": GELU()
    case "gelu tanh": GELU(approximation: .tanh)
    case "silu": SiLU()
    case "softplus": Softplus()
    case "softmaxCrossEntropy":
      Loss(labels: NDArray(try (0..<options.count).map { try option("label\($0)") }))
    default: throw UnknownLayer(name: layer)
    }
  }

  /// Runs `body` as the case does: in training or not.
  func inMode<T>(_ body: () -> T) -> T { withTraining(options["training"] == 1, body) }

  private func option(_ name: String) throws -> Int { try #require(options[name]) }

  private struct UnknownLayer: Error { let name: String }

  private struct Loss: Layer {
    let labels: NDArray

    func callAsFunction(_ x: NDArray) -> NDArray { softmaxCrossEntropy(x, labels) }
  }
}

/// Whether all elements are what float64 gives, up to rounding in float32: 2⁻¹⁷ of the largest.
func expectClose(
  _ ours: NDArray, _ expected: [Double], _ what: String,
  sourceLocation: SourceLocation = #_sourceLocation
) {
  let values = ours.scalars(as: Double.self)
  let scale = expected.map(abs).max() ?? 0
  let bound = max(scale, 1) * 0x1p-17
  let worst = zip(values, expected).map { abs($0 - $1) }.max() ?? 0
  #expect(values.count == expected.count, "\(what)", sourceLocation: sourceLocation)
  #expect(worst <= bound, "\(what): off by \(worst)", sourceLocation: sourceLocation)
}
