import Tandem

extension Workload {
  /// Softmax over the last axis, then layer norm over the last axis, written out.
  static let reduceNorm: Workload = {
    let shape: Shape = [8192, 1024]
    return Workload(
      "reduce_norm", warmUps: 3, inner: 5, .milliseconds,
      bound: .bytes(Double(2 * 4 * shape.elementCount))
    ) {
      let x = NDArray.random.normal(shape, seed: 0)
      let (gamma, beta) = (NDArray.ones([1024]), NDArray.zeros([1024]))
      return { softmaxThenNorm(x, gamma, beta) }
    } compiled: {
      let x = NDArray.random.normal(shape, seed: 0)
      let (gamma, beta) = (NDArray.ones([1024]), NDArray.zeros([1024]))
      let region = compile { (x: NDArray) in softmaxThenNorm(x, gamma, beta) }
      return { region(x) }
    }
  }()

  @Sendable
  private static func softmaxThenNorm(_ x: NDArray, _ gamma: NDArray, _ beta: NDArray) -> NDArray {
    let y = x.softmax(axis: -1)
    let centred = y - y.mean(axis: -1, keepDims: true)
    let variance = centred.squared().mean(axis: -1, keepDims: true)
    return centred * (variance + 1e-5).rsqrt() * gamma + beta
  }
}
