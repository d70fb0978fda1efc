import TandemArray
import Testing

@testable import TandemNN

/// Models of sequences: published numbers of parameters, writing, and sampling.
@Suite struct SequenceModelTests {
  /// `BertModel` of bert-base-uncased (Hugging Face), `vit_b_16` of torchvision, and `GPT2Model`
  /// of gpt2.
  @Test("models have the published numbers of parameters")
  func counts() {
    #expect(BERT().parameterCount == 109_482_240)
    #expect(VisionTransformer().parameterCount == 86_567_656)
    #expect(GPT.gpt2().parameterCount == 124_439_808)
    var base = TransformerOptions(features: 512, heads: 8)
    base.hidden = 2048
    // Six blocks of each kind, as `torch.nn.Transformer(512)` without its two last norms has.
    let blocks = Transformer(base, vocabulary: 10)
    #expect(blocks.encoder.parameterCount + blocks.decoder.parameterCount == 44_138_496)
  }

  @Test("the language model, tied, has one table")
  func tied() {
    let model = LSTMLanguageModel(vocabulary: 50, hidden: 6, isTied: true)
    #expect(model.parameterCount == 50 * 6 + 2 * (2 * 24 * 6 + 24) + 50)
    #expect(model.parameters.map(\.path).contains("scores.bias"))
    let x = NDArray([[1, 2], [3, 49]], dtype: .int64)
    record { model(x).squared().sum() }.backward()
    let gradient = model.tokens.weight.gradient?.scalars(as: Float.self) ?? []
    #expect(
      gradient[0..<6].contains { $0 != 0 }, "the scores' part reaches rows that were not read")
    let (_, states) = model(x, from: nil)
    #expect(states.count == 2)
  }

  private static let models: [(name: String, make: @Sendable () -> GPT)] = [
    ("learned", { GPT(vocabulary: 7, context: 12, features: 8, heads: 2, blockCount: 2) }),
    (
      "rotary, grouped",
      {
        GPT(
          vocabulary: 7, context: 12, features: 16, heads: 4, blockCount: 2, keyHeads: 2,
          rotary: RotaryEmbedding(), hasBias: true)
      }
    ),
  ]

  @Test("token by token is the whole at once", arguments: models.map(\.name))
  func caches(name: String) throws {
    let model = try #require(SequenceModelTests.models.first { $0.name == name }).make()
    let x = NDArray.random.integers(in: 0..<7, [2, 12], seed: 1)
    let whole = model(x)
    var (caches, results) = (model.caches(), [NDArray]())
    results.append(model(x[.all, 0..<5], caches: &caches))
    for place in 5..<12 { results.append(model(x[.all, place..<place + 1], caches: &caches)) }
    expectClose(.concatenated(results, axis: 1), whole.scalars(as: Double.self), "scores")
  }

  @Test("greedy writing takes the best token each time", arguments: models.map(\.name))
  func greedy(name: String) throws {
    let model = try #require(SequenceModelTests.models.first { $0.name == name }).make()
    let written = model.continued([1, 2], count: 8, sampling: .best)
    var tokens: [Int64] = [1, 2]
    for _ in 0..<8 {
      let scores = model(NDArray(tokens, shape: [1, tokens.count]))
      tokens.append(Int64(scores[0, tokens.count - 1].argMax().item()))
    }
    #expect(written == tokens.map(Int.init))
  }

  @Test("writing goes on beyond the context; a seed gives the same", arguments: models.map(\.name))
  func long(name: String) throws {
    let model = try #require(SequenceModelTests.models.first { $0.name == name }).make()
    bindParameters(of: model, seed: 1)
    func write(_ seed: UInt64) -> [Int] {
      withSeed(seed) {
        model.continued([1], count: 40, sampling: Sampling(temperature: 2, topK: 5))
      }
    }
    let first = write(3)
    #expect(first.count == 41)
    #expect(first == write(3))
    #expect(first != write(4))
    let end = first[5]
    let stopped = withSeed(3) {
      model.continued([1], count: 40, sampling: Sampling(temperature: 2, topK: 5), end: end)
    }
    #expect(stopped.last == end && stopped.count <= 6)
  }

  @Test("limits leave the best, and draws follow what is left")
  func sampling() {
    let scores = NDArray([0.5, 0.3, 0.15, 0.05]).log()
    func left(_ sampling: Sampling) -> [Bool] {
      sampling.limited(scores).scalars(as: Double.self).map { $0 > -1e30 }
    }
    #expect(left(Sampling(topK: 2)) == [true, true, false, false])
    #expect(left(Sampling(topP: 0.4)) == [true, false, false, false])
    #expect(left(Sampling(topP: 0.7)) == [true, true, false, false])
    #expect(left(Sampling(topP: 0.9)) == [true, true, true, false])
    #expect(left(Sampling(topK: 9, topP: 1)) == [true, true, true, true])
    let many = scores.broadcast(to: [20_000, 4])
    let drawn = withSeed(5) { Sampling()(many).scalars(as: Int.self) }
    for (token, wanted) in [0.5, 0.3, 0.15, 0.05].enumerated() {
      let share = Double(drawn.count { $0 == token }) / 20_000
      #expect(abs(share - wanted) < 0.015, "\(token): \(share)")
    }
    let sharp = withSeed(5) { Sampling(temperature: 0.5, topK: 2)(many).scalars(as: Int.self) }
    let share = Double(sharp.count { $0 == 0 }) / 20_000
    #expect(abs(share - 0.25 / 0.34) < 0.015, "\(share)")
    #expect(Sampling.best(many).scalars(as: Int.self).allSatisfy { $0 == 0 })
  }

  @Test("what is written greedily is what teacher forcing scores best")
  func translations() {
    let x = NDArray([[3, 1, 6, 0], [2, 5, 4, 4]], dtype: .int64)
    let lengths = NDArray([4, 2] as [Int64])
    let recurrent = Seq2Seq(vocabulary: 7, targetVocabulary: 6, features: 5, hidden: 6)
    var options = TransformerOptions(features: 8, heads: 2)
    options.isNormFirst = true
    let transformer = Transformer(options, vocabulary: 7, targetVocabulary: 6, layerCount: 2)
    let written = [
      recurrent.written(for: x, lengths: lengths, start: 1, count: 5),
      transformer.written(for: x, lengths: lengths, start: 1, count: 5),
    ]
    for (index, tokens) in written.enumerated() {
      #expect(tokens.shape == [2, 5])
      let given = NDArray.concatenated(
        [.full([2, 1], 1, dtype: .int64), tokens[.all, 0..<4]], axis: 1)
      let scores =
        index == 0
        ? recurrent(x, target: given, lengths: lengths)
        : transformer(x, target: given, lengths: lengths)
      #expect(scores.argMax(axis: -1).scalars(as: Int.self) == tokens.scalars(as: Int.self))
    }
  }

  @Test("sparse embeddings train rows that were read; padding reads as zeros")
  func embeddings() {
    let table = Embedding(6, features: 2, isSparse: true, paddingIndex: 0)
    let x = NDArray([[0, 2], [5, 2]], dtype: .int64)
    #expect(table(x)[0, 0].scalars(as: Float.self) == [0, 0])
    let (_, gradients) = valueAndGradient(of: table) { table(x).sum() }
    #expect(gradients.rowSparse.count == 1)
    let bag = EmbeddingBag(6, features: 2, mode: .sum, isSparse: true)
    let (_, others) = valueAndGradient(of: bag) { bag(x).sum() }
    #expect(others.rowSparse.count == 1)
    let scores = table.scores(NDArray.ones([3, 2]))
    #expect(scores.shape == [3, 6])
  }

  @Test("refusals")
  func refusals() async throws {
    let results = [
      await #expect(processExitsWith: .failure, observing: [\.standardErrorContent]) {
        _ = Sampling(temperature: -1)
      },
      await #expect(processExitsWith: .failure, observing: [\.standardErrorContent]) {
        _ = Sampling(topP: 0)
      },
      await #expect(processExitsWith: .failure, observing: [\.standardErrorContent]) {
        let model = GPT(vocabulary: 7, context: 4, features: 8, heads: 2, blockCount: 1)
        var caches = model.caches()
        let x = NDArray.zeros([1, 3], dtype: .int64)
        _ = model(x, caches: &caches)
        _ = model(x, caches: &caches)
      },
      await #expect(processExitsWith: .failure, observing: [\.standardErrorContent]) {
        _ = VisionTransformer(side: 10, patch: 3)
      },
      await #expect(processExitsWith: .failure, observing: [\.standardErrorContent]) {
        let model = GPT(vocabulary: 7, context: 4, features: 8, heads: 2, blockCount: 1)
        _ = model.continued([], count: 3)
      },
    ]
    let texts = [
      "Sampling: temperature must not be negative, got -1.0",
      "Sampling: topP must be above 0 and at most 1, got 0.0",
      "gpt: needs [batch, time] with at most 4 steps, from 3 on: int64[1, 3], in GPT",
      "VisionTransformer: side must be a multiple of patch: 10, 3",
      "gpt: needs a token to start from and a count: 0, 3",
    ]
    for (result, text) in zip(results, texts) {
      let errors = String(decoding: try #require(result).standardErrorContent, as: UTF8.self)
      #expect(errors.contains("\(text) (SequenceModelTests.swift:"), "\(errors)")
    }
  }
}
