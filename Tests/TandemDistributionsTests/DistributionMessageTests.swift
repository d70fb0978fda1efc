import Foundation
import TandemDistributions
import Testing

/// What distributions refuse, in words and with the line of the call.
@Suite struct DistributionMessageTests {
  @Test func words() async {
    let results = [
      await #expect(processExitsWith: .failure, observing: [\.standardErrorContent]) {
        _ = NormalDistribution(
          mean: NDArray.zeros([2]), deviation: NDArray.ones([3]), file: "user.swift", line: 1)
      },
      await #expect(processExitsWith: .failure, observing: [\.standardErrorContent]) {
        _ = klDivergence(
          UniformDistribution(), NormalDistribution(), file: "user.swift", line: 2)
      },
      await #expect(processExitsWith: .failure, observing: [\.standardErrorContent]) {
        _ = MultivariateNormalDistribution(
          mean: NDArray.zeros([2]), covariance: NDArray.eye(3), file: "user.swift", line: 3)
      },
      await #expect(processExitsWith: .failure, observing: [\.standardErrorContent]) {
        _ = IndependentDistribution(NormalDistribution(), file: "user.swift", line: 4)
      },
      await #expect(processExitsWith: .failure, observing: [\.standardErrorContent]) {
        _ = DirichletDistribution(NDArray(1.0), file: "user.swift", line: 5)
      },
      await #expect(processExitsWith: .failure, observing: [\.standardErrorContent]) {
        _ = MultinomialDistribution(
          trials: -1, probabilities: NDArray([1, 1]), file: "user.swift", line: 6)
      },
    ]
    let texts = [
      "normal: parameters do not broadcast: float32[2], float32[3] (user.swift:1)",
      "klDivergence: no rule for uniform from normal; KLDivergence.register adds one "
        + "(user.swift:2)",
      "multivariateNormal: needs vectors [..., n] and matrices [..., n, n]: float32[2], "
        + "float32[3, 3] (user.swift:3)",
      "independent: the batch [] has no 1 axes (user.swift:4)",
      "dirichlet: needs 1 axes or more: float32[] (user.swift:5)",
      "multinomial: a negative number of trials: -1 (user.swift:6)",
    ]
    for (result, text) in zip(results, texts) {
      let error = String(decoding: result?.standardErrorContent ?? [], as: UTF8.self)
      #expect(error.contains(text), "\(error)")
    }
  }
}
