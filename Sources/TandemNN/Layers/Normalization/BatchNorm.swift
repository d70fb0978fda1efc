/// Batch normalisation of one axis of channels:
/// `y = (x - mean) / sqrt(variance + epsilon) * scale + bias`.
///
/// - Input: `[..., channels, ...]`. Output: the same shape.
/// - Parameters: `scale` and `bias`, `[channels]`, start at one and zero; either may be left out.
/// - State: `runningMean` and `runningVariance`, `[channels]`.
///
/// In training, that is inside of `record` or `withTraining(true)`, mean and variance are those of
/// the batch, and the running ones take them in: `running = momentum · running + (1 − momentum) ·
/// batch`, the variance divided by one less than the number of elements. Else the running ones are
/// used.
///
/// - Reference: Ioffe and Szegedy, *Batch Normalization: Accelerating Deep Network Training by
///   Reducing Internal Covariate Shift*, arXiv:1502.03167.
public struct BatchNorm: ReportingLayer {
  public let scale: Parameter?
  public let bias: Parameter?
  /// The average of the batches' means.
  public let runningMean: StateCell
  /// The average of the batches' variances.
  public let runningVariance: StateCell
  /// The axis of channels.
  public let axis: Int
  /// Added to the variance.
  public let epsilon: Double
  /// How much of the running statistics stays in a step.
  public let momentum: Double
  /// Adds statistics up over the workers of a job; `nil` if there is one.
  public let exchange: (any StatisticsExchange)?

  /// - Parameters:
  ///   - channels: the length of the axis; inferred at the first call if `nil`.
  ///   - axis: the axis of channels, 1 in pictures; may be counted from the end.
  ///   - epsilon: added to the variance; must be positive.
  ///   - momentum: from 0 to 1; PyTorch's is one less this.
  ///   - hasScale: whether there is a `scale`.
  ///   - hasBias: whether there is a `bias`.
  ///   - exchange: adds statistics up over the workers of a job, which makes the batches of all of
  ///     them one; see ``StatisticsExchange``.
  public init(
    channels: Int? = nil, axis: Int = 1, epsilon: Double = 1e-5, momentum: Double = 0.9,
    hasScale: Bool = true, hasBias: Bool = true, exchange: (any StatisticsExchange)? = nil,
    file: StaticString = #fileID, line: UInt = #line
  ) {
    let site = CallSite(file, line)
    requirePositive(["channels": channels ?? 1], of: "BatchNorm", at: site)
    requireEpsilon(epsilon, of: "BatchNorm", at: site)
    guard (0...1).contains(momentum) else {
      fail("BatchNorm: momentum must be in 0...1, got \(momentum)", at: site)
    }
    scale = hasScale ? Parameter(shape: [channels], initializer: .ones) : nil
    bias = hasBias ? Parameter(shape: [channels], initializer: .zeros) : nil
    runningMean = StateCell("runningMean", channels.map { .zeros([$0]) } ?? NDArray(0.0))
    runningVariance = StateCell("runningVariance", channels.map { .ones([$0]) } ?? NDArray(1.0))
    (self.axis, self.epsilon, self.momentum) = (axis, epsilon, momentum)
    self.exchange = exchange
  }

  @_disfavoredOverload
  public func callAsFunction(_ x: NDArray) -> NDArray {
    guard let axis = x.shape.normalized(axis: axis) else {
      fail("batchNormalization: no axis \(axis): \(x.type)", at: .unknown)
    }
    let channels = x.shape[axis]
    let scale = scale?.value(for: channels) ?? constant(1, channels, beside: x)
    let bias = bias?.value(for: channels) ?? constant(0, channels, beside: x)
    prepare(channels, on: x.device)
    guard isTraining else {
      return x.batchNormalization(
        scale: scale, bias: bias, mean: runningMean.value, variance: runningVariance.value,
        axis: axis, epsilon: epsilon)
    }
    if let exchange {
      let (y, mean, variance, factor) = synchronized(x, scale, bias, axis, over: exchange)
      update(runningMean, with: mean, factor: 1)
      update(runningVariance, with: variance * factor, factor: 1)
      return y
    }
    let (y, mean, variance) = x.batchNormalization(
      scale: scale, bias: bias, axis: axis, epsilon: epsilon)
    let count = Double(x.count / max(channels, 1))
    update(runningMean, with: mean, factor: 1)
    update(runningVariance, with: variance, factor: count > 1 ? count / (count - 1) : 1)
    return y
  }

  /// Gives the running statistics their length, if it was not known at the start and no other
  /// thread was faster.
  private func prepare(_ channels: Int, on device: Device) {
    guard runningMean.value.rank == 0 || runningVariance.value.rank == 0 else { return }
    withoutTracing {
      withDevice(device) {
        runningMean.update { if $0.rank == 0 { $0 = .zeros([channels]) } }
        runningVariance.update { if $0.rank == 0 { $0 = .ones([channels]) } }
      }
    }
  }

  private func update(_ cell: StateCell, with batch: NDArray, factor: Double) {
    cell.update { value in
      var none: [NDArray] = []
      NDArray.update(
        RunningAverageUpdate(kept: momentum, factor: factor), &value, gradient: batch.detached(),
        states: &none, numbers: [])
    }
  }
}
