import Foundation
import TandemArray
import Testing

@testable import TandemNN

/// One case of `Tests/Fixtures/sequences.json`: what PyTorch computes of recurrent layers,
/// attention and transformers in float64.
struct SequenceCase: Decodable, Sendable, CustomTestStringConvertible {
  /// An array, and its gradient or, of an output, its cotangent; integers have none.
  struct Values: Decodable, Sendable {
    let shape: [Int]
    let value: [Double]
    let gradient: [Double]?

    var array: NDArray {
      let isInteger = gradient == nil
      return NDArray(value, shape: Shape(shape), dtype: isInteger ? .int64 : .float32)
    }

    var cotangent: NDArray {
      NDArray(gradient ?? [], shape: Shape(shape), dtype: .float32)
    }
  }

  let name: String
  let options: [String: Int]
  let inputs: [String: Values]
  let outputs: [Values]
  let parameters: [String: Values]

  var testDescription: String {
    "\(name) \(options.sorted { $0.key < $1.key }) \(inputs.keys.sorted())"
  }

  static let all: [SequenceCase] = {
    let path = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
      .appendingPathComponent("../Fixtures/sequences.json")
    guard let data = try? Data(contentsOf: path),
      let cases = try? JSONDecoder().decode([SequenceCase].self, from: data)
    else { return [] }
    return cases
  }()

  func option(_ name: String) -> Int { options[name] ?? 0 }
  func flag(_ name: String) -> Bool { options[name] == 1 }

  /// Names of the inputs that gradients flow to, in order.
  var floats: [String] { inputs.filter { $0.value.gradient != nil }.keys.sorted() }
  var integers: [String] { inputs.filter { $0.value.gradient == nil }.keys.sorted() }
}

/// A layer of ours, and how a case calls it.
struct SequenceModel: Sendable {
  /// Whose parameters have the names of the case.
  let model: any Sendable
  let call: @Sendable ([String: NDArray]) -> [NDArray]
}

extension SequenceCase {
  /// The layer that the case is about.
  func make() throws -> SequenceModel {
    switch name {
    case "rnn", "rnn relu", "gru", "lstm": return recurrent()
    case "rnnCell", "gruCell", "lstmCell", "lstm clipped": return cell()
    case "sdpa", "sdpa bool", "cross": return attention()
    case "rope", "sinusoidal", "alibi": return position()
    case "encoderLayer", "decoderLayer", "feedForward": return block()
    case "bert", "vit", "transformer", "seq2seq": return wholeModel()
    case "embedding", "bag": return embedding()
    case "self scores", "self values", "cross scores", "cross values": return interleaved()
    case "window scores", "window context", "window mask": return window()
    default: throw UnknownCase(name: name)
    }
  }

  private struct UnknownCase: Error { let name: String }

  private func recurrent() -> SequenceModel {
    let (hidden, count) = (option("hidden"), option("layers"))
    let (both, major) = (flag("both"), flag("major"))
    @Sendable func states(_ x: [String: NDArray]) -> [NDArray]? {
      x["h"].map { h in (0..<h.shape[0]).map { h[$0] } }
    }
    if name == "lstm" {
      let projection = option("projection")
      let layer = LSTM(
        hidden, layerCount: count, isBidirectional: both, isBatchMajor: major,
        projection: projection == 0 ? nil : projection)
      return SequenceModel(model: layer) { x in
        let start = states(x)?.enumerated().map {
          LSTM.State(output: $1, cell: x["c"]?[$0] ?? $1)
        }
        let (outputs, after) = layer(x["x"] ?? 0, from: start, lengths: x["lengths"])
        return [outputs, .stacked(after.map(\.output)), .stacked(after.map(\.cell))]
      }
    }
    if name == "gru" {
      let layer = GRU(hidden, layerCount: count, isBidirectional: both, isBatchMajor: major)
      return SequenceModel(model: layer) { x in
        let (outputs, after) = layer(x["x"] ?? 0, from: states(x), lengths: x["lengths"])
        return [outputs, .stacked(after)]
      }
    }
    let layer = RNN(
      hidden, activation: name == "rnn" ? .tanh : .relu, layerCount: count, isBidirectional: both,
      isBatchMajor: major)
    return SequenceModel(model: layer) { x in
      let (outputs, after) = layer(x["x"] ?? 0, from: states(x), lengths: x["lengths"])
      return [outputs, .stacked(after)]
    }
  }

  private func cell() -> SequenceModel {
    let hidden = option("hidden")
    if name == "lstm clipped" {
      let cell = LSTMCell(hidden, cellClip: 0.5)
      return SequenceModel(model: cell) { x in
        let (outputs, state) = cell.run(x["x"] ?? 0)
        return [outputs, state[1]]
      }
    }
    let cells: [String: any RecurrentCell] = [
      "rnnCell": RNNCell(hidden), "gruCell": GRUCell(hidden), "lstmCell": LSTMCell(hidden),
    ]
    let cell = cells[name] ?? RNNCell(hidden)
    return SequenceModel(model: cell) { x in
      cell(x["x"] ?? 0, from: [x["h"], x["c"]].compactMap { $0 }).state
    }
  }

  private func attention() -> SequenceModel {
    let (isCausal, window) = (flag("causal"), options["window"])
    if name == "cross" {
      let layer = MultiHeadAttention(
        option("features"), heads: option("heads"), isCausal: isCausal, isFused: false,
        keyFeatures: option("keys"), valueFeatures: option("values"))
      return SequenceModel(model: layer) { x in
        [layer(x["x"] ?? 0, keys: x["keys"] ?? 0, values: x["values"] ?? 0, lengths: x["lengths"])]
      }
    }
    let (isBool, scale) = (name == "sdpa bool", flag("scale4") ? 0.25 : nil)
    return SequenceModel(model: 0) { x in
      let options = AttentionOptions(
        isCausal: isCausal, window: window,
        mask: x["mask"].map { isBool ? $0.cast(to: .bool) : $0 },
        lengths: x["lengths"], scale: scale)
      return [scaledDotProductAttention(x["q"] ?? 0, x["k"] ?? 0, x["v"] ?? 0, options: options)]
    }
  }

  private func position() -> SequenceModel {
    let offset = option("offset")
    if name == "alibi" {
      let penalty = ALiBi(heads: option("heads"))
      return SequenceModel(model: 0) { x in [(x["x"] ?? 0) + penalty(queries: 3, keys: 5)] }
    }
    if name == "sinusoidal" {
      let encoding = SinusoidalPositionalEncoding(isInterleaved: flag("interleaved"))
      return SequenceModel(model: encoding) { x in [encoding(x["x"] ?? 0, offset: offset)] }
    }
    let scalings: [RotaryEmbedding.Scaling] = [
      .none, .linear(factor: 4), .base(factor: 2), .llama3(factor: 8, low: 1, high: 4, context: 64),
    ]
    let rotary = RotaryEmbedding(
      dimensions: option("dimensions"), pairing: flag("interleaved") ? .interleaved : .halves,
      scaling: scalings[option("scaling")])
    return SequenceModel(model: rotary) { x in [rotary(x["x"] ?? 0, offset: offset)] }
  }

  private func block() -> SequenceModel {
    let (features, hidden) = (option("features"), option("hidden"))
    if name == "feedForward" {
      let layer = FeedForward(
        features, hidden: hidden, activation: option("kind") == 0 ? .swiGLU : .geGLU)
      return SequenceModel(model: layer) { x in [layer(x["x"] ?? 0)] }
    }
    var options = TransformerOptions(features: features, heads: option("heads"), hidden: hidden)
    options.activation = flag("gelu") ? .gelu : .relu
    options.isNormFirst = flag("first")
    if name == "encoderLayer" {
      let layer = TransformerEncoderLayer(options)
      return SequenceModel(model: layer) { x in
        [layer(x["x"] ?? 0, mask: nil, lengths: x["lengths"])]
      }
    }
    let layer = TransformerDecoderLayer(options)
    return SequenceModel(model: layer) { x in
      [layer(x["x"] ?? 0, memory: x["memory"] ?? 0, memoryLengths: x["lengths"])]
    }
  }

  private func wholeModel() -> SequenceModel {
    switch name {
    case "bert":
      let model = BERT(vocabulary: 11, context: 6, features: 8, heads: 2, blockCount: 2)
      return SequenceModel(model: model) { x in
        let (sequence, pooled) = model(
          x["tokens"] ?? 0, kinds: x["kinds_"], lengths: x["lengths"])
        return [sequence, pooled]
      }
    case "vit":
      let model = VisionTransformer(
        classes: 5, side: 6, patch: 3, channels: 2, features: 8, heads: 2, blockCount: 2)
      return SequenceModel(model: model) { x in [model(x["x"] ?? 0)] }
    case "transformer":
      var options = TransformerOptions(features: 8, heads: 2)
      options.isNormFirst = true
      let model = Transformer(options, vocabulary: 11, layerCount: 2)
      return SequenceModel(model: model) { x in
        [model(x["tokens"] ?? 0, target: x["target"] ?? 0, lengths: x["lengths"])]
      }
    default:
      let model = Seq2Seq(vocabulary: 7, targetVocabulary: 6, features: 3, hidden: 4)
      return SequenceModel(model: model) { x in
        [model(x["tokens"] ?? 0, target: x["written"] ?? 0, lengths: x["lengths"])]
      }
    }
  }

  private func embedding() -> SequenceModel {
    if name == "embedding" {
      let layer = Embedding(6, features: 3, paddingIndex: option("padding"))
      return SequenceModel(model: layer) { x in [layer(x["indices"] ?? 0)] }
    }
    let modes: [EmbeddingBag.Mode] = [.sum, .mean, .max]
    let layer = EmbeddingBag(
      6, features: 3, mode: modes[option("mode")], paddingIndex: options["padding"])
    return SequenceModel(model: layer) { x in
      guard let weights = x["weights"] else { return [layer(x["indices"] ?? 0)] }
      return [layer(x["indices"] ?? 0, weights: weights)]
    }
  }

  private func interleaved() -> SequenceModel {
    let (name, heads) = (name, option("heads"))
    return SequenceModel(model: 0) { inputs in
      let x = inputs["x"] ?? 0
      switch name {
      case "self scores": return [x.interleavedSelfAttentionScores(heads: heads)]
      case "self values":
        return [x.interleavedSelfAttentionValues(weights: inputs["weights"] ?? 0, heads: heads)]
      case "cross scores":
        return [
          x.interleavedCrossAttentionScores(keysAndValues: inputs["pair"] ?? 0, heads: heads)
        ]
      default:
        return [x.interleavedCrossAttentionValues(weights: inputs["weights"] ?? 0, heads: heads)]
      }
    }
  }

  private func window() -> SequenceModel {
    let (name, isSymmetric) = (name, flag("symmetric"))
    return SequenceModel(model: 0) { x in
      switch name {
      case "window scores":
        let (q, k) = (x["q"] ?? 0, x["k"] ?? 0)
        return [
          q.windowAttentionScores(keys: k, reach: 2, dilations: [1, 2], isSymmetric: isSymmetric)
        ]
      case "window context":
        let (weights, v) = (x["weights"] ?? 0, x["v"] ?? 0)
        return [
          weights.windowAttentionContext(
            values: v, reach: 2, dilations: [1, 2], isSymmetric: isSymmetric)
        ]
      default:
        let scores = x["scores"] ?? 0
        let mask = scores.windowAttentionMask(
          lengths: NDArray([6, 4] as [Int64]), reach: 2, dilations: [1, 2],
          isSymmetric: isSymmetric)
        return [scores * mask]
      }
    }
  }
}
