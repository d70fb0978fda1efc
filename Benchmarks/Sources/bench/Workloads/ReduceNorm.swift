import Tandem

extension Workload {
  /// Softmax, then layer normalisation, over the last axis of 8192 × 1024 numbers.
  static let reduceNorm = Workload(
    "reduce_norm", warmUps: 3, inner: 5, .milliseconds,
    bound: .bytes(Double(2 * 4 * 8192 * 1024))
  ) {
    let x = NDArray.random.normal([8192, 1024], seed: 0)
    let (scale, bias) = (NDArray.ones([1024]), NDArray.zeros([1024]))
    return { softmaxThenNorm(x, scale, bias) }
  } compiled: {
    let x = NDArray.random.normal([8192, 1024], seed: 0)
    let (scale, bias) = (NDArray.ones([1024]), NDArray.zeros([1024]))
    let region = compile { (x: NDArray) in softmaxThenNorm(x, scale, bias) }
    return { region(x) }
  }

  @Sendable
  private static func softmaxThenNorm(
    _ x: NDArray, _ scale: NDArray, _ bias: NDArray
  ) -> NDArray {
    x.softmax(axis: -1).layerNormalization(scale: scale, bias: bias, epsilon: 1e-5)
  }
}
