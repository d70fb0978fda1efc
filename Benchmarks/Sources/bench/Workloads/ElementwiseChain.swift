import Tandem

extension Workload {
  /// The tanh form of GELU, written out, on 10,000,000 numbers.
  static let elementwiseChain: Workload = {
    let count = 10_000_000
    return Workload(
      "elementwise_chain", warmUps: 3, inner: 5, .milliseconds,
      bound: .bytes(Double(2 * 4 * count))
    ) {
      let x = NDArray.random.normal([count], seed: 0)
      return { gelu(x) }
    } compiled: {
      let x = NDArray.random.normal([count], seed: 0)
      let chain = compile { (x: NDArray) in gelu(x) }
      return { chain(x) }
    }
  }()

  @Sendable
  private static func gelu(_ x: NDArray) -> NDArray {
    0.5 * x * (1 + (0.79788456 * (x + 0.044715 * x * x * x)).tanh())
  }
}
