// Normalisations made of other operators.

extension NDArray {
  /// Channels in groups, each group of each example normalised by its own mean and variance;
  /// `torch.nn.functional.group_norm`.
  ///
  /// - Parameters:
  ///   - groups: into how many groups the channels, axis 1, are divided; as many as there are
  ///     channels make it instance normalisation.
  ///   - scale, bias: one number for each channel; ones and zeros if `nil`.
  ///   - epsilon: added to the variance.
  /// - Reference: Wu and He, *Group Normalization*, arXiv:1803.08494.
  public func groupNormalization(
    groups: Int, scale: NDArray? = nil, bias: NDArray? = nil, epsilon: Double = 1e-5,
    file: StaticString = #fileID, line: UInt = #line
  ) -> NDArray {
    let site = CallSite(file, line)
    guard rank >= 2, groups > 0, shape[1] % groups == 0 else {
      fail("groupNormalization: channels do not divide into \(groups) groups: \(type)", at: site)
    }
    guard [scale, bias].allSatisfy({ $0 == nil || $0?.shape == [shape[1]] }) else {
      fail("groupNormalization: needs one number for each channel: \(type)", at: site)
    }
    let units = shape[0] * groups
    if count == 0 { return self }
    // Each group of each example is a channel of one long example.
    let lines = reshaped([1, units, count / units], file: file, line: line)
    let ones = withOwnDevice { NDArray.ones([units], dtype: dtype) }
    let zeros = withOwnDevice { NDArray.zeros([units], dtype: dtype) }
    var result = lines.batchNormalization(
      scale: ones, bias: zeros, axis: 1, epsilon: epsilon, file: file, line: line
    ).result.reshaped(shape, file: file, line: line)
    let channels = Shape([shape[1]] + Array(repeating: 1, count: rank - 2))
    if let scale { result = result * scale.reshaped(channels) }
    if let bias { result = result + bias.reshaped(channels) }
    return result
  }

  /// Each element divided by a power of what its neighbours among the channels, axis 1, are:
  /// `x / (k + alpha / size · Σ x²)^beta`; `torch.nn.functional.local_response_norm`.
  ///
  /// - Parameter size: over how many channels the sum goes, of which `size / 2` lie before.
  /// - Reference: Krizhevsky, Sutskever and Hinton, *ImageNet Classification with Deep
  ///   Convolutional Neural Networks*, NIPS 2012.
  public func localResponseNormalization(
    size: Int, alpha: Double = 1e-4, beta: Double = 0.75, k: Double = 1,
    file: StaticString = #fileID, line: UInt = #line
  ) -> NDArray {
    guard rank >= 2, size > 0 else {
      fail(
        "localResponseNormalization: needs channels and a size above zero, got \(size): \(type)",
        at: CallSite(file, line))
    }
    if count == 0 { return self }
    let pixels = shape.array.dropFirst(2).reduce(1, *)
    let squares = squared(file: file, line: line).reshaped([shape[0], 1, shape[1], pixels])
    let means = squares.averagePool(
      window: [size, 1], stride: [1], padding: [size / 2, 0], paddingEnd: [(size - 1) / 2, 0],
      file: file, line: line)
    return self / (means.reshaped(shape) * alpha + k).power(beta, file: file, line: line)
  }

  /// The array divided by its Euclidean norm along some axes, `x / sqrt(Σ x² + epsilon)`; MXNet's
  /// `L2Normalization`.
  ///
  /// - Parameter axes: all but the first if `nil`.
  public func l2Normalized(
    axes: [Int]? = nil, epsilon: Double = 1e-10, file: StaticString = #fileID, line: UInt = #line
  ) -> NDArray {
    let axes = axes ?? Array(1..<Swift.max(rank, 1))
    let squares = squared(file: file, line: line)
      .sum(axes: axes, keepDims: true, file: file, line: line)
    return self * (squares + epsilon).rsqrt(file: file, line: line)
  }
}
