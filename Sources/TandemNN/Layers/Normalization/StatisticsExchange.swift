/// What makes the batches of all workers of a job one for ``BatchNorm``: adds arrays up over them.
///
/// Each worker calls ``sum(_:)`` with its own array, in the same order; all get the sum. The
/// gradient of the sum is the sum of the gradients, so an implementation that leaves the process
/// does the same on the way back.
public protocol StatisticsExchange: Sendable {
  /// The sum of what all workers give, of the shape and dtype of what is given.
  func sum(_ values: NDArray) -> NDArray
}

extension BatchNorm {
  /// Normalisation by the statistics of all workers' batches: result, mean, variance, and what the
  /// variance is multiplied by to be divided by one less than the number of elements.
  func synchronized(
    _ x: NDArray, _ scale: NDArray, _ bias: NDArray, _ axis: Int,
    over exchange: any StatisticsExchange
  ) -> (y: NDArray, mean: NDArray, variance: NDArray, factor: NDArray) {
    let channels = x.shape[axis]
    let others = (0..<x.rank).filter { $0 != axis }
    var lengths = [Int](repeating: 1, count: x.rank)
    lengths[axis] = channels
    let column = Shape(lengths)
    let wide = x.cast(to: x.dtype.accumulating)
    let own = withDevice(x.device) {
      NDArray([Double(x.count / max(channels, 1))], shape: [1]).cast(to: wide.dtype)
    }
    let sums = exchange.sum(.concatenated([wide.sum(axes: others), own], axis: 0))
    let count = sums[channels..<channels + 1].detached()
    let mean = sums[0..<channels] / count
    let centered = wide - mean.reshaped(column)
    let variance = exchange.sum(centered.squared().sum(axes: others)) / count
    let unit = centered * (variance + epsilon).rsqrt().reshaped(column)
    let y = unit * scale.reshaped(column) + bias.reshaped(column)
    return (y.cast(to: x.dtype), mean, variance, count / (count - 1).maximum(1))
  }
}
