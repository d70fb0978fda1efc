import Tandem

extension Workload {
  /// The tanh form of GELU, written out, on 10,000,000 numbers.
  static let elementwiseChain = Workload(
    "elementwise_chain", warmUps: 3, inner: 5, .milliseconds, bound: bound
  ) {
    let x = numbers()
    return { writtenOut(x) }
  } compiled: {
    let (x, chain) = (numbers(), compile { (x: NDArray) in writtenOut(x) })
    return { chain(x) }
  }

  /// The same values by the one operator that has them.
  static let elementwiseGELU = {
    var workload = Workload(
      "elementwise_chain", warmUps: 3, inner: 5, .milliseconds, bound: bound
    ) {
      let x = numbers()
      return { x.gelu(approximation: .tanh) }
    }
    workload.variant = "builtin_gelu"
    return workload
  }()

  private static let count = 10_000_000
  /// One reading and one writing of float32 numbers.
  private static let bound = Bound.bytes(Double(2 * 4 * count))

  private static func numbers() -> NDArray { NDArray.random.normal([count], seed: 0) }

  @Sendable
  private static func writtenOut(_ x: NDArray) -> NDArray {
    0.5 * x * (1 + (0.79788456 * (x + 0.044715 * x * x * x)).tanh())
  }
}
