import TandemGraph
import TestSupport

// Convolutions and normalisations of the values so far, as networks have them.

extension RandomGraph {
  /// A convolution of a value with itself as filters, or the gradient of one.
  mutating func addConvolution() -> Bool {
    let x = pick()
    guard x.rank == 3, x.dtype.isFloatingPoint, x.count > 0, x.shape[2] > 1 else { return false }
    let (length, stride) = (x.shape[2], 1 + random.below(2) * random.below(2))
    guard
      let geometry = try? ConvolutionGeometry(
        stride: [stride], paddingBegin: [length / 2], paddingEnd: [length / 2], dilation: [1],
        groups: 1),
      let y = try? builder.add(Convolution(geometry), [x, x])[0]
    else { return false }
    guard random.below(3) == 0,
      let dx = try? builder.add(
        TandemOps.ConvolutionInputGradient(geometry, input: x.shape), [y, x])[0]
    else { return add(followed: y) }
    return add(followed: dx)
  }

  /// The largest elements of windows of a value, rectified first, and mostly the gradient.
  mutating func addPooling() -> Bool {
    let value = pick()
    guard value.dtype.isFloatingPoint, value.count > 1 else { return false }
    let x = value.reshaped([1, 1, value.count])
    let geometry = PoolGeometry(window: [2], stride: [1 + random.below(2)])
    let rectified = x.relu()
    guard let pooled = try? builder.add(MaxPool(geometry), [rectified])[0] else { return false }
    values.append(pooled)
    guard random.below(4) > 0,
      let slope = try? builder.add(MaxPoolGradient(geometry), [pooled.tanh(), rectified])[0],
      let dx = try? builder.add(ReLUGradient(), [slope, rectified])[0]
    else { return true }
    values.append(dx)
    return true
  }

  /// Batch normalisation, or layer normalisation, by factors made of the value itself.
  mutating func addNormalization() -> Bool {
    let x = pick()
    guard x.rank >= 2, x.dtype.isFloatingPoint, x.count > 0 else { return false }
    let axis = random.below(2) == 0 ? 1 : x.rank - 1
    let others = (0..<x.rank).filter { $0 != axis }
    let (scale, bias) = (x.max(axes: others), x.sum(axes: others))
    switch random.below(4) {
    case 0:
      return add(
        followed: x.batchNormalization(
          scale: scale, bias: bias, mean: x.mean(axes: others), variance: scale * scale,
          axis: axis))
    case 1 where axis == x.rank - 1:
      return add(followed: x.layerNormalization(scale: scale, bias: bias))
    default:
      let (y, mean, variance) = x.batchNormalization(scale: scale, bias: bias, axis: axis)
      values += [mean, variance]
      return add(followed: y)
    }
  }
}
