import TandemArray
import Testing

@testable import TandemNN

/// Attention with masks, caches and positions, against itself.
@Suite struct AttentionTests {
  private func close(
    _ a: NDArray, _ b: NDArray, _ what: String, sourceLocation: SourceLocation = #_sourceLocation
  ) {
    expectClose(a, b.scalars(as: Double.self), what, sourceLocation: sourceLocation)
  }

  private let x = NDArray.random.normal([2, 9, 16], seed: 5)

  private static let layers: [(name: String, make: @Sendable () -> MultiHeadAttention)] = [
    ("fused", { MultiHeadAttention(16, heads: 4, isCausal: true) }),
    ("grouped", { MultiHeadAttention(16, heads: 4, isCausal: true, keyHeads: 2) }),
    (
      "rotary, one key head",
      { MultiHeadAttention(16, heads: 4, isCausal: true, keyHeads: 1, rotary: RotaryEmbedding()) }
    ),
    ("window", { MultiHeadAttention(16, heads: 2, isCausal: true, window: 3) }),
    ("distance", { MultiHeadAttention(16, heads: 2, isCausal: true, penalizesDistance: true) }),
  ]

  @Test("step by step with a cache is the whole at once", arguments: layers.map(\.name))
  func caches(name: String) throws {
    let layer = try #require(AttentionTests.layers.first { $0.name == name }).make()
    let whole = layer(x)
    for pieces in [[1, 1, 1, 1, 1, 1, 1, 1, 1], [4, 3, 2], [9], [5, 1, 3]] {
      var (cache, place, results) = (KeyValueCache(), 0, [NDArray]())
      for length in pieces {
        results.append(layer(x[.all, place..<place + length], cache: &cache))
        place += length
      }
      #expect(cache.count == 9)
      close(.concatenated(results, axis: 1), whole, "\(pieces)")
    }
  }

  @Test(
    "a bounded cache is a window", arguments: [[1, 1, 1, 1, 1, 1, 1, 1, 1], [4, 5], [2, 6, 1]])
  func bounded(pieces: [Int]) {
    let layer = MultiHeadAttention(
      16, heads: 2, isCausal: true, window: 3, rotary: RotaryEmbedding())
    let whole = layer(x)
    var (cache, place, results) = (KeyValueCache(capacity: 3), 0, [NDArray]())
    for length in pieces {
      results.append(layer(x[.all, place..<place + length], cache: &cache))
      place += length
      #expect((cache.keys?.shape[2] ?? 0) <= 3)
    }
    close(.concatenated(results, axis: 1), whole, "\(pieces)")
  }

  @Test("rules that hide the same give the same; who sees nothing gets zeros")
  func masks() {
    let (q, k, v) = (
      x.reshaped([2, 2, 9, 8]), x.reshaped([2, 2, 9, 8]) * 0.5, x.reshaped([2, 2, 9, 8])
    )
    let causal = NDArray.tri(9, columns: 9).cast(to: .bool)
    func attend(_ options: AttentionOptions) -> NDArray {
      scaledDotProductAttention(q, k, v, options: options)
    }
    let plain = attend(AttentionOptions(isCausal: true))
    close(attend(AttentionOptions(mask: causal)), plain, "bool")
    let added = NDArray.where(causal, NDArray.zeros([9, 9]), -Double.infinity)
    close(attend(AttentionOptions(mask: added)), plain, "minus infinity")
    close(attend(AttentionOptions(isCausal: true, window: 9)), plain, "window")
    close(
      attend(AttentionOptions(lengths: NDArray([9, 9] as [Int64]))), attend(AttentionOptions()),
      "lengths")
    let none = attend(AttentionOptions(lengths: NDArray([0, 9] as [Int64])))
    #expect(none[0].scalars(as: Float.self).allSatisfy { $0 == 0 })
    let slope = gradient(of: { q in
      scaledDotProductAttention(
        q, k, v, options: AttentionOptions(lengths: NDArray([0, 9] as [Int64]))
      ).sum()
    })(q)
    #expect(slope.scalars(as: Float.self).allSatisfy { $0.isFinite })
  }

  @Test("weights are dropped in training alone, and their mean stays")
  func dropout() {
    let q = NDArray.zeros([1, 1, 200, 4])
    let v = NDArray.ones([1, 1, 500, 4])
    let options = AttentionOptions(dropout: 0.5)
    let k = NDArray.zeros([1, 1, 500, 4])
    close(
      scaledDotProductAttention(q, k, v, options: options), NDArray.ones([1, 1, 200, 4]), "plain")
    let dropped = withSeed(1) {
      withTraining(true) { scaledDotProductAttention(q, k, v, options: options) }
    }
    #expect(abs(dropped.mean().item() - 1) < 0.02)
    #expect(dropped.standardDeviation().item() > 0.01)
  }

  @Test("rotation keeps lengths, and products depend on distances alone")
  func rotation() {
    for pairing in [RotaryEmbedding.Pairing.halves, .interleaved] {
      let rotary = RotaryEmbedding(pairing: pairing)
      let turned = rotary(x)
      close(turned.squared().sum(axis: -1), x.squared().sum(axis: -1), "lengths")
      func products(_ offset: Int) -> NDArray {
        rotary(x, offset: offset).matmul(rotary(x, offset: offset).matrixTransposed())
      }
      let (near, far) = (products(0).scalars(as: Double.self), products(7).scalars(as: Double.self))
      #expect(zip(near, far).allSatisfy { abs($0 - $1) < 1e-4 })
      close(rotary(x, places: NDArray.arange(3, 12)), rotary(x, offset: 3), "places")
    }
  }

  /// Numbers of `T5Attention._relative_position_bucket` of Hugging Face, by its formula: 32 buckets
  /// of 128 places in both directions.
  @Test("distances share buckets as in T5")
  func buckets() {
    let bias = RelativePositionBias(heads: 2)
    let distances = [0, -1, -7, -8, -12, -20, -64, -127, -128, -500, 1, 8, 127, 500]
    #expect(
      distances.map { bias.bucket($0, of: 32) }
        == [0, 1, 7, 8, 9, 10, 14, 15, 15, 15, 17, 24, 31, 31])
    #expect(bias(queries: 3, keys: 5).shape == [2, 3, 5])
    let causal = RelativePositionBias(heads: 1, isBidirectional: false)
    #expect([3, 0, -15, -16, -200].map { causal.bucket($0, of: 32) } == [0, 0, 15, 16, 31])
  }

  @Test("refusals")
  func refusals() async throws {
    let results = [
      await #expect(processExitsWith: .failure, observing: [\.standardErrorContent]) {
        _ = MultiHeadAttention(8, heads: 4, keyHeads: 3)
      },
      await #expect(processExitsWith: .failure, observing: [\.standardErrorContent]) {
        _ = RotaryEmbedding(dimensions: 3)
      },
      await #expect(processExitsWith: .failure, observing: [\.standardErrorContent]) {
        _ = scaledDotProductAttention(
          .zeros([1, 3, 2, 4]), .zeros([1, 2, 2, 4]), .zeros([1, 2, 2, 4]),
          options: AttentionOptions())
      },
      await #expect(processExitsWith: .failure, observing: [\.standardErrorContent]) {
        _ = scaledDotProductAttention(
          .zeros([1, 2, 2, 4]), .zeros([1, 2, 2, 4]), .zeros([1, 2, 2, 4]),
          options: AttentionOptions(window: 0))
      },
      await #expect(processExitsWith: .failure, observing: [\.standardErrorContent]) {
        let layer = MultiHeadAttention(8, heads: 2)
        _ = layer(.zeros([1, 2, 8]), mask: nil, lengths: NDArray([1, 2] as [Int64]))
      },
      await #expect(processExitsWith: .failure, observing: [\.standardErrorContent]) {
        _ = LearnedPositions(3, features: 4)(NDArray.zeros([2, 4, 4]))
      },
      await #expect(processExitsWith: .failure, observing: [\.standardErrorContent]) {
        _ = SinusoidalPositionalEncoding()(NDArray.zeros([2, 4, 3]))
      },
      await #expect(processExitsWith: .failure, observing: [\.standardErrorContent]) {
        _ = TransformerEncoderLayer(TransformerOptions(features: 6, heads: 4))
      },
      await #expect(processExitsWith: .failure, observing: [\.standardErrorContent]) {
        _ = Embedding(4, features: 2, paddingIndex: 4)
      },
      await #expect(processExitsWith: .failure, observing: [\.standardErrorContent]) {
        _ = EmbeddingBag(4, features: 2)(NDArray([[1, 2]], dtype: .int64), weights: .ones([1, 2]))
      },
    ]
    let texts = [
      "MultiHeadAttention: heads must be a multiple of keyHeads: 4, 3",
      "RotaryEmbedding: dimensions must be even, got 3",
      "scaledDotProductAttention: heads must be a multiple of the keys' heads: "
        + "float32[1, 3, 2, 4], float32[1, 2, 2, 4], float32[1, 2, 2, 4]",
      "scaledDotProductAttention: window must be positive, got 0",
      "scaledDotProductAttention: needs a whole number of keys for each of 1 sequences: int64[2], "
        + "in MultiHeadAttention",
      "learnedPositions: needs [..., time, features] with at most 3 steps, from 0 on: "
        + "float32[2, 4, 4], in LearnedPositions",
      "sinusoidalPositionalEncoding: features must be even: 3, in SinusoidalPositionalEncoding",
      "TransformerEncoderLayer: features must be a multiple of heads: 6, 4",
      "Embedding: paddingIndex must be in 0..<4, got 4",
      "embeddingBag: weights go with sums, one for each index: mean, int64[1, 2], float32[1, 2], "
        + "in EmbeddingBag",
    ]
    for (result, text) in zip(results, texts) {
      let errors = String(decoding: try #require(result).standardErrorContent, as: UTF8.self)
      #expect(errors.contains("\(text) (AttentionTests.swift:"), "\(errors)")
    }
  }
}
