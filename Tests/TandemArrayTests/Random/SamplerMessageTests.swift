import TandemArray
import TandemShapes
import Testing

/// What samplers refuse, in words.
@Suite struct SamplerMessageTests {
  /// What reading an array throws, up to the types.
  private func words(_ array: NDArray) -> String {
    do {
      try array.wait()
      return "nothing went wrong"
    } catch {
      return String("\(error)".prefix { $0 != ":" } + ":\("\(error)".split(separator: ":")[1])")
    }
  }

  @Test func valuesOfParameters() {
    let random = NDArray.random
    #expect(
      words(random.gamma(concentration: NDArray([[1, 2], [0, 3]])))
        == "randomVariate: the shape 0.0 at [1, 0] is not positive and finite")
    #expect(
      words(random.gamma([3], concentration: -1))
        == "randomVariate: the shape -1.0 is not positive and finite")
    #expect(
      words(random.poisson(mean: NDArray([1, .nan])))
        == "randomVariate: the mean nan at [1] is not in 0...9e15")
    #expect(
      words(random.binomial(trials: 3, probability: NDArray([0.5, 1.5])))
        == "randomVariate: the probability 1.5 at [1] is not between 0 and 1")
    #expect(
      words(random.binomial([2], trials: 2.5, probability: 0.5))
        == "randomVariate: the number of trials 2.5 is not a whole number in 0...9e15")
    #expect(
      words(random.truncatedNormal(ends: (NDArray([2.0]), 1.0)))
        == "randomVariate: the range 2.0..<1.0 at [0] is empty")
    #expect(
      words(random.multinomial(trials: 3, weights: NDArray([[1, 1], [1, -2]])))
        == "randomMultinomial: the weight -2.0 at [1, 1] is not 0 or more and finite")
    #expect(
      words(random.multinomial(trials: 3, weights: NDArray([[1, 1], [0, 0]])))
        == "randomMultinomial: the weights at [1] are all zero")
    #expect(
      words(random.multinomial(trials: NDArray([1.5]), weights: NDArray([[1, 1]])))
        == "randomMultinomial: the number of trials 1.5 at [0] is not a whole number in 0...9e15")
  }

  @Test func shapes() {
    expectFailure(
      "normal: parameters do not broadcast to the shape [2, 2]: float32[3]"
    ) { _ = NDArray.random.normal([2, 2], mean: NDArray([1, 2, 3])) }
    expectFailure(
      "gamma: parameters do not broadcast: float32[3], float32[2]"
    ) { _ = NDArray.random.gamma(concentration: NDArray([1, 2, 3]), scale: NDArray([1, 2])) }
    expectFailure("normal: parameters do not broadcast to the shape [1]: float32[3]") {
      _ = NDArray.random.normal([1], mean: NDArray([1, 2, 3]))
    }
    expectFailure("dirichlet: needs a last axis: float32[]") {
      _ = NDArray.random.dirichlet(NDArray(1.0))
    }
    expectFailure("categorical: there are no categories: float32[2, 0]") {
      _ = NDArray.random.categorical(logits: NDArray.zeros([2, 0]))
    }
    expectFailure(
      "multivariateNormal: needs a mean [..., n] and a covariance [..., n, n]: "
        + "float32[2], float32[3, 3]"
    ) {
      _ = NDArray.random.multivariateNormal(mean: NDArray.zeros([2]), covariance: NDArray.eye(3))
    }
    expectFailure(
      "randomMultinomial: weights need a last axis: "
        + "float64[], float32[0], uint64[], uint64[], uint64[]"
    ) {
      _ = NDArray.random.multinomial(trials: 3, weights: NDArray.zeros([0]))
    }
    expectFailure(
      "randomUniqueZipfian: there are no 5 different numbers below 4: uint64[], uint64[], uint64[]"
    ) { _ = NDArray.random.uniqueZipfian(below: 4, count: 5) }
  }

  @Test func dtypes() {
    expectFailure(
      "randomVariate: the dtype int32 does not fit standardGamma: "
        + "float32[], uint64[], uint64[], uint64[]"
    ) {
      let key = [1, 2, 3].map { NDArray($0, dtype: .uint64) }
      _ = NDArray.randomVariate(.standardGamma, [NDArray(1.0)], [2], dtype: .int32, key: key)
    }
    expectFailure(
      "randomVariate: the dtype bool does not fit poisson: float64[], uint64[], uint64[], uint64[]"
    ) { _ = NDArray.random.poisson([2], mean: 3, dtype: .bool) }
    expectFailure("random: the probability 2.0 is not between 0 and 1: bool[2]") {
      _ = NDArray.random.bernoulli([2], probability: 2)
    }
    expectFailure("random: needs a float dtype: int64[2]") {
      _ = NDArray.random.normal([2], dtype: .int64)
    }
  }

  @Test func choices() {
    expectFailure("choice: there are no 6 different ones of 5: shape [2, 3]") {
      _ = NDArray.random.choice(5, [2, 3], replacing: false)
    }
    expectFailure("choice: 5 weights are needed: float32[4]") {
      _ = NDArray.random.choice(5, weights: NDArray.ones([4]))
    }
    expectFailure("choice: nothing to choose from for the shape [3]") {
      _ = NDArray.random.choice(0, [3])
    }
    expectFailure("choice: no axis 2: float32[2, 2]") {
      _ = NDArray.random.choice(NDArray.ones([2, 2]), axis: 2)
    }
    expectFailure("shuffled: no axis 0: float32[]") { _ = NDArray.random.shuffled(NDArray(1.0)) }
  }
}
