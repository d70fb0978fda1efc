import Foundation
import TandemArray
import TandemNN
import Testing

/// One case of `Tests/Fixtures/losses.json`: a loss and its gradients by PyTorch in float64.
struct LossCase: Decodable, Sendable, CustomTestStringConvertible {
  struct Input: Decodable, Sendable {
    let shape: [Int]
    let isFloat: Bool
    let values: [Double]
  }

  let loss: String
  let options: [String: Double]
  let inputs: [Input]
  let losses: [Double]
  let leaves: [Int]
  let gradients: [[Double]]

  var testDescription: String { "\(loss) \(options.sorted { $0.key < $1.key })" }

  static let all: [LossCase] = {
    let path = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
      .appendingPathComponent("../Fixtures/losses.json")
    return (try? Data(contentsOf: path)).flatMap {
      try? JSONDecoder().decode([LossCase].self, from: $0)
    } ?? []
  }()

  /// The inputs as arrays.
  func arrays(_ dtype: DType) -> [NDArray] {
    inputs.map { input in
      NDArray(input.values, shape: Shape(input.shape)).cast(to: input.isFloat ? dtype : .int64)
    }
  }

  /// The loss of its inputs.
  func function() -> (@Sendable ([NDArray]) -> NDArray)? {
    pairs() ?? vectors() ?? labels()
  }

  private func pairs() -> (@Sendable ([NDArray]) -> NDArray)? {
    let o = options
    switch loss {
    case "l1Loss": return { l1Loss($0[0], $0[1]) }
    case "l2Loss": return { l2Loss($0[0], $0[1]) }
    case "huberLoss": return { huberLoss($0[0], $0[1], delta: o["delta"] ?? 1) }
    case "smoothL1Loss": return { smoothL1Loss($0[0], $0[1], beta: o["beta"] ?? 1) }
    case "logCoshLoss": return { logCoshLoss($0[0], $0[1]) }
    case "sigmoidCrossEntropy":
      return { sigmoidCrossEntropy($0[0], $0[1], positiveWeight: $0.count > 2 ? $0[2] : nil) }
    case "binaryCrossEntropy": return { binaryCrossEntropy($0[0], $0[1]) }
    case "klDivergenceLoss": return { klDivergenceLoss($0[0], $0[1]) }
    case "hingeLoss": return { hingeLoss($0[0], $0[1]) }
    case "squaredHingeLoss": return { squaredHingeLoss($0[0], $0[1]) }
    case "logisticLoss": return { logisticLoss($0[0], $0[1]) }
    case "perceptronLoss": return { perceptronLoss($0[0], $0[1]) }
    case "poissonLoss": return { poissonLoss($0[0], $0[1], isLogarithm: o["logarithm"] != 0) }
    case "gaussianLoss": return { gaussianLoss($0[0], $0[1], variance: $0[2]) }
    case "focalLoss":
      return { focalLoss($0[0], $0[1], gamma: o["gamma"] ?? 2, alpha: o["alpha"] ?? 0.25) }
    default: return nil
    }
  }

  private func vectors() -> (@Sendable ([NDArray]) -> NDArray)? {
    let o = options
    switch loss {
    case "tripletLoss": return { tripletLoss($0[0], $0[1], $0[2]) }
    case "cosineEmbeddingLoss":
      return { cosineEmbeddingLoss($0[0], $0[1], $0[2], margin: o["margin"] ?? 0) }
    case "marginRankingLoss":
      return { marginRankingLoss($0[0], $0[1], $0[2], margin: o["margin"] ?? 0) }
    case "tverskyLoss":
      return { tverskyLoss($0[0], $0[1], alpha: o["alpha"] ?? 0, beta: o["beta"] ?? 0) }
    case "diceLoss": return { diceLoss($0[0], $0[1]) }
    case "infoNCELoss":
      return { infoNCELoss($0[0], $0[1], temperature: o["temperature"] ?? 0) }
    case "sdmlLoss": return { sdmlLoss($0[0], $0[1]) }
    default: return nil
    }
  }

  private func labels() -> (@Sendable ([NDArray]) -> NDArray)? {
    let o = options
    switch loss {
    case "negativeLogLikelihood":
      return { negativeLogLikelihood($0[0], $0[1], weights: $0.count > 2 ? $0[2] : nil) }
    case "softmaxCrossEntropy":
      return {
        softmaxCrossEntropy(
          $0[0], $0[1], weights: $0.count > 2 ? $0[2] : nil, smoothing: o["smoothing"] ?? 0,
          ignoring: o["ignoring"].map { Int($0) })
      }
    case "softmaxCrossEntropyProbabilities":
      return { softmaxCrossEntropy($0[0], probabilities: $0[1]) }
    case "multiMarginLoss":
      return {
        multiMarginLoss($0[0], $0[1], margin: o["margin"] ?? 1, isSquared: o["squared"] == 1)
      }
    case "multiLabelMarginLoss": return { multiLabelMarginLoss($0[0], $0[1]) }
    case "multiLabelSoftMarginLoss": return { multiLabelSoftMarginLoss($0[0], $0[1]) }
    case "sparsemaxLoss": return { sparsemaxLoss($0[0], $0[1]) }
    case "ctcLoss":
      return {
        ctcLoss(
          $0[0], $0[1], inputLengths: $0[2], labelLengths: $0[3],
          blank: o["blank"].map { Int($0) })
      }
    default: return nil
    }
  }
}

/// Losses against PyTorch, values and gradients; compiled; and what they refuse.
@Suite struct LossTests {
  /// Losses and the gradients of their weighted sum with respect to the leaves.
  private func run(_ item: LossCase, _ dtype: DType) throws -> (NDArray, [NDArray]) {
    let (function, arrays) = (try #require(item.function()), item.arrays(dtype))
    let gradients = valueAndGradients(
      of: { leaves in
        var all = arrays
        for (place, leaf) in zip(item.leaves, leaves) { all[place] = leaf }
        return weighted(function(all))
      }, at: item.leaves.map { arrays[$0] }
    ).gradients
    return (function(arrays), gradients)
  }

  private func weighted(_ losses: NDArray) -> NDArray {
    let weights = (NDArray.arange(losses.count) + 1).cast(to: losses.dtype)
    return (losses * weights.reshaped(losses.shape)).sum()
  }

  @Test("values and gradients as PyTorch's", arguments: LossCase.all)
  func values(_ item: LossCase) throws {
    for (dtype, tolerance) in [(DType.float64, 1e-9), (.float32, 2e-4)] {
      let (losses, gradients) = try run(item, dtype)
      #expect(losses.dtype == dtype)
      expectClose(losses, item.losses, tolerance)
      for (ours, theirs) in zip(gradients, item.gradients) { expectClose(ours, theirs, tolerance) }
    }
  }

  private func expectClose(_ ours: NDArray, _ theirs: [Double], _ tolerance: Double) {
    let found = ours.scalars(as: Double.self)
    #expect(found.count == theirs.count)
    for (a, b) in zip(found, theirs) {
      #expect(abs(a - b) <= tolerance * max(1, abs(b)), "\(found) \(theirs)")
    }
  }

  @Test("compiled losses have the eager bits", arguments: LossCase.all)
  func compiled(_ item: LossCase) throws {
    let function = try #require(item.function())
    let arrays = item.arrays(.float32)
    let region = compile { (x: [NDArray]) in function(x) }
    #expect(
      region(arrays).scalars(as: Float.self) == function(arrays).scalars(as: Float.self))
    let leaves = item.leaves
    let slope = compile { (x: [NDArray]) in
      valueAndGradients(
        of: { changed in
          var all = x
          for (place, leaf) in zip(leaves, changed) { all[place] = leaf }
          return function(all).sum()
        }, at: leaves.map { x[$0] }
      ).gradients
    }
    let eager = valueAndGradients(
      of: { changed in
        var all = arrays
        for (place, leaf) in zip(leaves, changed) { all[place] = leaf }
        return function(all).sum()
      }, at: leaves.map { arrays[$0] }
    ).gradients
    for (a, b) in zip(slope(arrays), eager) {
      #expect(a.scalars(as: Float.self) == b.scalars(as: Float.self))
    }
  }

  @Test("a case for each loss")
  func coverage() { #expect(Set(LossCase.all.map(\.loss)).count == 30) }

  @Test("sparsemax is the nearest point of the simplex")
  func sparse() {
    let found = sparsemax(NDArray([[0.1, 1.1, 0.2], [3, 0, 0], [0.5, 0.5, 0.5]]))
    let expected: [Float] = [0, 0.95, 0.05, 1, 0, 0, 1 / 3, 1 / 3, 1 / 3]
    for (a, b) in zip(found.scalars(as: Float.self), expected) { #expect(abs(a - b) < 1e-6) }
  }

  @Test func messages() async throws {
    let results = [
      await #expect(processExitsWith: .failure, observing: [\.standardErrorContent]) {
        _ = l1Loss(NDArray([1.0, 2.0]), NDArray([1.0]))
      },
      await #expect(processExitsWith: .failure, observing: [\.standardErrorContent]) {
        _ = huberLoss(NDArray([1.0]), NDArray([1.0]), delta: 0)
      },
      await #expect(processExitsWith: .failure, observing: [\.standardErrorContent]) {
        _ = negativeLogLikelihood(NDArray([[1.0, 2]]), NDArray([1.0]))
      },
      await #expect(processExitsWith: .failure, observing: [\.standardErrorContent]) {
        _ = ctcLoss(
          NDArray.ones([2, 1, 3]), NDArray([[1]], dtype: .int64), blank: 3)
      },
      await #expect(processExitsWith: .failure, observing: [\.standardErrorContent]) {
        _ = softmaxCrossEntropy(
          NDArray([[1.0, 2]]), NDArray([1], dtype: .int64), smoothing: 1.5)
      },
    ]
    let texts = [
      "l1Loss: shapes differ: float32[2], float32[1]",
      "huberLoss: delta must be positive, got 0.0",
      "negativeLogLikelihood: labels need integers and the shape without classes: "
        + "float32[1, 2], float32[1]",
      "ctcLoss: blank 3 is not one of 3 classes",
      "softmaxCrossEntropy: smoothing must be in 0...1, got 1.5",
    ]
    for (result, text) in zip(results, texts) {
      let errors = String(decoding: try #require(result).standardErrorContent, as: UTF8.self)
      #expect(errors.contains("\(text) (LossTests.swift:"), "\(errors)")
    }
  }
}
