import Tandem

extension Workload {
  /// A 3 × 3 convolution of 64 channels, forward and backward to its input and its weight.
  static let convolutionGradients: Workload = {
    let operations = 3 * 2 * Double(32 * 64 * 56 * 56 * 64 * 9)
    return Workload(
      "conv_fwdbwd", warmUps: 3, inner: 5, .milliseconds, bound: .operations(operations)
    ) {
      let x = Parameter(NDArray.random.normal([32, 64, 56, 56], seed: 0))
      let weight = Parameter(NDArray.random.normal([64, 64, 3, 3], seed: 1) * 0.05)
      let head = NDArray.random.normal([32, 64, 56, 56], seed: 2)
      return {
        let y = record { x.value.convolution(weight.value, padding: [1]) }
        y.backward(head)
        return y
      }
    }
  }()
}
