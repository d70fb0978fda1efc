import TandemArray
import TandemOps
import Testing

@testable import TandemNN

/// What users read when they give a layer wrong arguments or inputs.
@Suite struct LayerMessageTests {
  /// Whether the process ended with this line.
  private func expect(
    _ result: ExitTest.Result?, _ line: String, sourceLocation: SourceLocation = #_sourceLocation
  ) throws {
    let errors = String(decoding: try #require(result).standardErrorContent, as: UTF8.self)
    #expect(
      errors.contains("\(line) (LayerMessageTests.swift:"), "\(errors)",
      sourceLocation: sourceLocation)
  }

  @Test func dense() async throws {
    try expect(
      await #expect(processExitsWith: .failure, observing: [\.standardErrorContent]) {
        _ = Dense(0)
      }, "Dense: outputs must be positive, got 0")
    try expect(
      await #expect(processExitsWith: .failure, observing: [\.standardErrorContent]) {
        _ = Dense(2, inputs: 0)
      }, "Dense: inputs must be positive, got 0")
  }

  @Test func conv2D() async throws {
    try expect(
      await #expect(processExitsWith: .failure, observing: [\.standardErrorContent]) {
        _ = Conv2D(channels: 4, kernel: 3, stride: 0)
      }, "Conv2D: stride must be positive, got 0")
    try expect(
      await #expect(processExitsWith: .failure, observing: [\.standardErrorContent]) {
        _ = Conv2D(channels: 4, kernel: 3, padding: -1)
      }, "Conv2D: padding must not be negative, got -1")
    try expect(
      await #expect(processExitsWith: .failure, observing: [\.standardErrorContent]) {
        _ = Conv2D(channels: 4, kernel: 3, groups: 3)
      }, "Conv2D: channels must be a multiple of groups: 4, 3")
    try expect(
      await #expect(processExitsWith: .failure, observing: [\.standardErrorContent]) {
        _ = Conv2D(channels: 4, kernel: 3, inputs: 3, groups: 2)
      }, "Conv2D: inputs must be a multiple of groups: 3, 2")
  }

  @Test func maxPool2D() async throws {
    try expect(
      await #expect(processExitsWith: .failure, observing: [\.standardErrorContent]) {
        _ = MaxPool2D(0)
      }, "MaxPool2D: window must be positive, got 0")
    try expect(
      await #expect(processExitsWith: .failure, observing: [\.standardErrorContent]) {
        _ = MaxPool2D(2, stride: -2)
      }, "MaxPool2D: stride must be positive, got -2")
    try expect(
      await #expect(processExitsWith: .failure, observing: [\.standardErrorContent]) {
        _ = MaxPool2D(2, padding: -1)
      }, "MaxPool2D: padding must not be negative, got -1")
  }

  @Test("what layers ask of their numbers")
  func arguments() async throws {
    let results = [
      await #expect(processExitsWith: .failure, observing: [\.standardErrorContent]) {
        _ = BatchNorm(epsilon: 0)
      },
      await #expect(processExitsWith: .failure, observing: [\.standardErrorContent]) {
        _ = BatchNorm(momentum: 2)
      },
      await #expect(processExitsWith: .failure, observing: [\.standardErrorContent]) {
        _ = LayerNorm(epsilon: -1)
      },
      await #expect(processExitsWith: .failure, observing: [\.standardErrorContent]) {
        _ = Dropout(1)
      },
      await #expect(processExitsWith: .failure, observing: [\.standardErrorContent]) {
        _ = Embedding(0, features: 3)
      },
      await #expect(processExitsWith: .failure, observing: [\.standardErrorContent]) {
        _ = MultiHeadAttention(9, heads: 2)
      },
      await #expect(processExitsWith: .failure, observing: [\.standardErrorContent]) {
        _ = LSTM(4, layerCount: 0)
      },
    ]
    let texts = [
      "BatchNorm: epsilon must be positive, got 0.0",
      "BatchNorm: momentum must be in 0...1, got 2.0",
      "LayerNorm: epsilon must be positive, got -1.0",
      "Dropout: probability must be in 0..<1, got 1.0", "Embedding: count must be positive, got 0",
      "MultiHeadAttention: features must be a multiple of heads: 9, 2",
      "LSTM: layerCount must be positive, got 0",
    ]
    for (result, text) in zip(results, texts) { try expect(result, text) }
  }

  @Test("inputs that do not fit name the layer that was called")
  func inputs() async throws {
    let results = [
      await #expect(processExitsWith: .failure, observing: [\.standardErrorContent]) {
        _ = BatchNorm(axis: 2)(NDArray.zeros([3, 4]))
      },
      await #expect(processExitsWith: .failure, observing: [\.standardErrorContent]) {
        _ = LayerNorm(features: 3)(NDArray.zeros([3, 4]))
      },
      await #expect(processExitsWith: .failure, observing: [\.standardErrorContent]) {
        _ = LSTM(4)(NDArray.zeros([3, 4]))
      },
      await #expect(processExitsWith: .failure, observing: [\.standardErrorContent]) {
        _ = MultiHeadAttention(4, heads: 2)(NDArray.zeros([3, 4]))
      },
      await #expect(processExitsWith: .failure, observing: [\.standardErrorContent]) {
        _ = MLP(hidden: [4], outputs: 2, inputs: 5)(NDArray.zeros([3, 4]))
      },
    ]
    let texts = [
      "batchNormalization: no axis 2: float32[3, 4], in BatchNorm",
      "layerNormalization: scale and bias need the last axis's length: float32[3, 4], float32[3], "
        + "float32[3], in LayerNorm",
      "lstm: needs [time, batch, inputs]: float32[3, 4], in LSTM",
      "attention: needs [batch, time, features]: float32[3, 4], in MultiHeadAttention",
      "linear: inner axes differ: float32[3, 4], float32[4, 5], float32[4], in layers.0.Dense",
    ]
    for (result, text) in zip(results, texts) { try expect(result, text) }
  }

  @Test("what only the data shows names the layer that queued it, eager and compiled")
  func queued() throws {
    let embedding = Embedding(3, features: 2)
    let model = Sequential {
      Dense(3, inputs: 2)
      Sequential { embedding }
    }
    let region = compile { (tokens: NDArray) in embedding(tokens) }
    let tokens = NDArray([0, 7], dtype: .int64)
    bindParameters(of: model)
    for run in [{ embedding($0) }, { region($0) }] as [(NDArray) -> NDArray] {
      let result = run(tokens)
      let error = try #require(throws: EngineError.self) { try result.wait() }
      #expect(error.modulePath == "1.0.Embedding")
      #expect("\(error)".contains("queued at LayerMessageTests.swift:"))
      #expect("\(error)".hasSuffix("(1.0.Embedding)"))
    }
  }

  /// A layer that changes its parameter by something that may fail, whose error would name the
  /// layer.
  private struct Halving: ReportingLayer {
    let weight = Parameter(NDArray([[4, 2], [8, 6]]))

    @_disfavoredOverload
    func callAsFunction(_ x: NDArray) -> NDArray {
      weight.update { $0 = $0.take(NDArray([1, 0], dtype: .int64), axis: 0) / 2 }
      return x.matmul(weight.value)
    }
  }

  @Test("a layer may queue what may fail while it changes its parameter")
  func changesItself() {
    let layer = Halving()
    #expect(layer(NDArray([[1, 0]])).scalars(as: Int.self) == [4, 3])
  }
}
