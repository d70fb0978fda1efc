import Tandem

extension Workload {
  /// A 3 × 3 convolution of 32 pictures of 56 × 56 with 64 channels, and both its gradients.
  static let convolutionForwardBackward: Workload = {
    let operations = 2.0 * 3 * 32 * 64 * 64 * 9 * 56 * 56
    return Workload(
      "conv_fwdbwd", warmUps: 3, inner: 5, .milliseconds, bound: .operations(operations)
    ) {
      let x = Parameter(.random.normal([32, 64, 56, 56], seed: 0))
      let weight = Parameter(.random.normal([64, 64, 3, 3], standardDeviation: 0.05, seed: 1))
      let slope = NDArray.random.normal([32, 64, 56, 56], seed: 2)
      return {
        let y = record {
          x.value.convolution(weight.value, stride: [1], padding: [1], dilation: [1], groups: 1)
        }
        y.backward(slope)
        return weight.gradient ?? y
      }
    }
  }()
}
