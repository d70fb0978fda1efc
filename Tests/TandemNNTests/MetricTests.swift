import Foundation
import TandemArray
import TandemNN
import Testing

/// Data and values of `Tests/Fixtures/metrics.json`, by scikit-learn, SciPy and NLTK.
private struct MetricFixture: Decodable, Sendable {
  let scores: [Double]
  let labels: [Int]
  let binaryScores: [Double]
  let binary: [Int]
  let x: [Double]
  let y: [Double]
  let candidates: [[Int]]
  let references: [[[Int]]]
  let classes: Int
  let confusion: [[Int]]
  let values: [String: Double]

  static let all: MetricFixture? = {
    let path = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
      .appendingPathComponent("../Fixtures/metrics.json")
    return (try? Data(contentsOf: path)).flatMap {
      try? JSONDecoder().decode(MetricFixture.self, from: $0)
    }
  }()

  var count: Int { labels.count }

  /// Predictions and targets of a kind of metric, some samples of them.
  func samples(_ kind: Kind, _ range: Range<Int>) -> (NDArray, NDArray) {
    switch kind {
    case .classes:
      return (
        NDArray(scores, shape: [count, classes])[range],
        NDArray(labels, shape: [count])[range]
      )
    case .binary:
      return (
        NDArray(binaryScores, shape: [count])[range], NDArray(binary, shape: [count])[range]
      )
    case .numbers:
      return (NDArray(x, shape: [count, 4])[range], NDArray(y, shape: [count, 4])[range])
    }
  }

  enum Kind { case classes, binary, numbers }
}

/// Metrics against other libraries, whole and merged from parts.
@Suite struct MetricTests {
  private func metrics(_ c: Int) -> [(String, MetricFixture.Kind, any PairMetric)] {
    [
      ("accuracy", .classes, Accuracy()), ("top2", .classes, TopKAccuracy(2)),
      ("accuracy", .classes, ConfusionMatrix(classes: c)), ("perplexity", .classes, Perplexity()),
      ("pcc", .classes, MatthewsCorrelation(classes: c)), ("iou", .classes, MeanIoU(classes: c)),
      ("precision macro", .classes, Precision(classes: c)),
      ("precision micro", .classes, Precision(classes: c, average: .micro)),
      ("precision weighted", .classes, Precision(classes: c, average: .weighted)),
      ("recall macro", .classes, Recall(classes: c)),
      ("recall micro", .classes, Recall(classes: c, average: .micro)),
      ("recall weighted", .classes, Recall(classes: c, average: .weighted)),
      ("f1 macro", .classes, FScore(classes: c)),
      ("f1 micro", .classes, FScore(classes: c, average: .micro)),
      ("f1 weighted", .classes, FScore(classes: c, average: .weighted)),
      ("binaryAccuracy", .binary, BinaryAccuracy()), ("precision", .binary, Precision()),
      ("recall", .binary, Recall()), ("f1", .binary, FScore()), ("f2", .binary, FScore(beta: 2)),
      ("mcc", .binary, MatthewsCorrelation()), ("auc", .binary, ROCAUC()),
      ("averagePrecision", .binary, AveragePrecision()), ("mae", .numbers, MeanAbsoluteError()),
      ("mse", .numbers, MeanSquaredError()), ("rmse", .numbers, RootMeanSquaredError()),
      ("distance", .numbers, MeanPairwiseDistance()),
      ("distance3", .numbers, MeanPairwiseDistance(power: 3)),
      ("cosine", .numbers, MeanCosineSimilarity()), ("pearson", .numbers, PearsonCorrelation()),
      ("r2", .numbers, R2Score()),
      ("mae", .numbers, CustomMetric { ($0 - $1).abs() }),
      ("mse", .numbers, CompositeMetric(["mse": MeanSquaredError(), "mae": MeanAbsoluteError()])),
    ]
  }

  private func take(
    _ metric: inout some PairMetric, _ fixture: MetricFixture, _ kind: MetricFixture.Kind,
    _ range: Range<Int>
  ) {
    let (a, b) = fixture.samples(kind, range)
    metric.update(a, b)
  }

  private func check(
    _ name: String, _ kind: MetricFixture.Kind, _ metric: some PairMetric,
    _ fixture: MetricFixture
  ) throws {
    let expected = try #require(fixture.values[name], "\(name)")
    var (whole, parts) = (metric, (metric, metric))
    for start in stride(from: 0, to: 60, by: 20) {
      take(&whole, fixture, kind, start..<(start + 20))
    }
    #expect(abs(whole.value - expected) < 1e-6, "\(name) \(whole.value) \(expected)")
    take(&parts.0, fixture, kind, 0..<23)
    take(&parts.1, fixture, kind, 23..<60)
    parts.0.merge(parts.1)
    #expect(abs(parts.0.value - whole.value) < 1e-7, "\(name) merged")
    parts.0.reset()
    take(&parts.0, fixture, kind, 0..<60)
    #expect(abs(parts.0.value - whole.value) < 1e-7, "\(name) after a reset")
  }

  @Test("values as other libraries', of batches and of merged parts")
  func values() throws {
    let fixture = try #require(MetricFixture.all)
    for (name, kind, metric) in metrics(fixture.classes) { try check(name, kind, metric, fixture) }
  }

  @Test("counts of classes, and labels that are left out")
  func confusion() throws {
    let fixture = try #require(MetricFixture.all)
    var matrix = ConfusionMatrix(classes: fixture.classes)
    take(&matrix, fixture, .classes, 0..<60)
    #expect(matrix.counts == fixture.confusion)
    matrix.reset()
    matrix.update(NDArray([1, 0, 2], dtype: .int64), NDArray([1, -1, 255], dtype: .int64))
    #expect(matrix.counts.flatMap { $0 }.reduce(0, +) == 1 && matrix.counts[1][1] == 1)
  }

  @Test("probabilities, losses, perplexity of padded texts")
  func entropies() throws {
    let fixture = try #require(MetricFixture.all)
    let (scores, labels) = fixture.samples(.classes, 0..<60)
    var (entropy, mean) = (CrossEntropyMetric(), MeanLoss())
    entropy.update(scores.softmax(axis: -1), labels)
    mean.update(softmaxCrossEntropy(scores, labels))
    let expected = try #require(fixture.values["crossEntropy"])
    #expect(abs(entropy.value - expected) < 1e-6 && abs(mean.value - expected) < 1e-6)
    var (padded, plain) = (Perplexity(ignoring: 0), Perplexity())
    let kept = labels.scalars(as: Int.self).indices.filter { fixture.labels[$0] != 0 }
    let places = NDArray(kept, shape: [kept.count])
    padded.update(scores, labels)
    plain.update(scores.take(places, axis: 0), labels.take(places, axis: 0))
    #expect(abs(padded.value - plain.value) < 1e-6)
  }

  @Test("texts")
  func texts() throws {
    let fixture = try #require(MetricFixture.all)
    var (bleu, rouge, half) = (BLEU(), ROUGEL(), BLEU())
    for (index, candidate) in fixture.candidates.enumerated() {
      rouge.update(candidate, references: fixture.references[index])
      if index == 0 {
        half.update(candidate, references: fixture.references[index])
      } else {
        bleu.update(candidate, references: fixture.references[index])
      }
    }
    bleu.merge(half)
    #expect(abs(bleu.value - (fixture.values["bleu"] ?? 0)) < 1e-12)
    #expect(abs(rouge.value - (fixture.values["rougeL"] ?? 0)) < 1e-12)
  }

  @Test("items per second")
  func throughput() {
    var (one, other) = (Throughput(), Throughput())
    one.update(items: 100, seconds: 2)
    one.update(items: 100, seconds: 2)
    other.update(items: 300, seconds: 5)
    #expect(one.value == 50)
    one.merge(other)
    #expect(one.value == 100)
  }

  @Test func messages() async throws {
    let results = [
      await #expect(processExitsWith: .failure, observing: [\.standardErrorContent]) {
        var matrix = ConfusionMatrix(classes: 3)
        matrix.update(NDArray([0.5, 0.5]), NDArray([1, 0], dtype: .int64))
      },
      await #expect(processExitsWith: .failure, observing: [\.standardErrorContent]) {
        _ = ConfusionMatrix(classes: 1)
      },
      await #expect(processExitsWith: .failure, observing: [\.standardErrorContent]) {
        var error = MeanSquaredError()
        error.update(NDArray([0.5, 0.5]), NDArray([1.0]))
      },
      await #expect(processExitsWith: .failure, observing: [\.standardErrorContent]) {
        var accuracy = Accuracy()
        accuracy.merge(state: [NDArray(1.0)])
      },
    ]
    let texts = [
      "confusionMatrix: needs [..., 3] and [...]: float32[2], int64[2]",
      "confusionMatrix: needs two classes at least, got 1",
      "meanSquaredError: shapes differ: float32[2], float32[1]",
      "metric: another kind of state: [int64[], int64[]], [float32[]]",
    ]
    for (result, text) in zip(results, texts) {
      let errors = String(decoding: try #require(result).standardErrorContent, as: UTF8.self)
      #expect(errors.contains(text), "\(errors)")
    }
  }
}
