// Activations made of other operators; those with a kernel of their own (`relu`, `gelu`, `mish`, …)
// are operators. Where the slope jumps it is PyTorch's.

extension NDArray {
  /// `x` where it is positive, else `slope · x`; `torch.nn.functional.leaky_relu`.
  ///
  /// - Reference: Maas, Hannun and Ng, *Rectifier Nonlinearities Improve Neural Network Acoustic
  ///   Models*, ICML 2013.
  public func leakyReLU(
    slope: Double = 0.01, file: StaticString = #fileID, line: UInt = #line
  ) -> NDArray { .where(self .> 0, self, self * slope, file: file, line: line) }

  /// `x` where it is positive, else `slope · x` with a slope for each place of an axis, or one for
  /// all; `torch.nn.functional.prelu`.
  ///
  /// - Parameters:
  ///   - slope: `[1]`, or one number for each place of the axis.
  ///   - axis: the channels.
  /// - Reference: He, Zhang, Ren and Sun, *Delving Deep into Rectifiers*, arXiv:1502.01852.
  public func prelu(
    _ slope: NDArray, axis: Int = 1, file: StaticString = #fileID, line: UInt = #line
  ) -> NDArray {
    let site = CallSite(file, line)
    var lengths = [Int](repeating: 1, count: rank)
    if slope.count != 1 {
      let axis = self.axis(axis, "prelu", site)
      guard slope.shape == [shape[axis]] else {
        fail(
          "prelu: needs a slope for each place of axis \(axis): \(type), \(slope.type)", at: site)
      }
      lengths[axis] = slope.count
    }
    let spread = slope.reshaped(Shape(lengths), file: file, line: line)
    return .where(self .> 0, self, self * spread, file: file, line: line)
  }

  /// `x` where it is positive, else `alpha · (exp(x) − 1)`; `torch.nn.functional.elu`.
  ///
  /// - Reference: Clevert, Unterthiner and Hochreiter, *Fast and Accurate Deep Network Learning by
  ///   Exponential Linear Units*, arXiv:1511.07289.
  public func elu(
    alpha: Double = 1, file: StaticString = #fileID, line: UInt = #line
  ) -> NDArray { exponentialBelowZero(alpha, 1, file, line) }

  /// `x` where it is positive, else `alpha · (exp(x / alpha) − 1)`, whose slope at zero is one for
  /// every `alpha`; `torch.nn.functional.celu`.
  ///
  /// - Reference: Barron, *Continuously Differentiable Exponential Linear Units*, arXiv:1704.07483.
  public func celu(
    alpha: Double = 1, file: StaticString = #fileID, line: UInt = #line
  ) -> NDArray { exponentialBelowZero(alpha, 1 / alpha, file, line) }

  /// ``elu(alpha:file:line:)`` with the two factors that keep mean zero and variance one from layer
  /// to layer; `torch.nn.functional.selu`.
  ///
  /// - Reference: Klambauer, Unterthiner, Mayr and Hochreiter, *Self-Normalizing Neural Networks*,
  ///   arXiv:1706.02515.
  public func selu(file: StaticString = #fileID, line: UInt = #line) -> NDArray {
    elu(alpha: 1.673_263_242_354_377_2, file: file, line: line) * 1.050_700_987_355_480_5
  }

  /// `x` where it is positive, else `alpha · (exp(factor · x) − 1)`. The exponential sees no
  /// positive number: of a large one it would be infinite, and no gradient times infinity is NaN.
  private func exponentialBelowZero(
    _ alpha: Double, _ factor: Double, _ file: StaticString, _ line: UInt
  ) -> NDArray {
    let isPositive = self .> 0
    let low = NDArray.where(isPositive, 0, self)
    let curve = (factor == 1 ? low : low * factor).expm1(file: file, line: line)
    return .where(isPositive, self, alpha == 1 ? curve : curve * alpha, file: file, line: line)
  }

  /// The numbers kept between two, without a gradient at these and beyond;
  /// `torch.nn.functional.hardtanh`.
  public func hardTanh(
    min low: Double = -1, max high: Double = 1, file: StaticString = #fileID, line: UInt = #line
  ) -> NDArray {
    .where(
      self .<= low, low, NDArray.where(self .>= high, high, self, file: file, line: line),
      file: file, line: line)
  }

  /// The numbers kept between zero and six; `torch.nn.functional.relu6`.
  ///
  /// - Reference: Howard et al., *MobileNets*, arXiv:1704.04861.
  public func relu6(file: StaticString = #fileID, line: UInt = #line) -> NDArray {
    hardTanh(min: 0, max: 6, file: file, line: line)
  }

  /// `relu(x)²`.
  ///
  /// - Reference: So et al., *Primer: Searching for Efficient Transformers*, arXiv:2109.08668.
  public func reluSquared(file: StaticString = #fileID, line: UInt = #line) -> NDArray {
    relu(file: file, line: line).squared(file: file, line: line)
  }

  /// `x · relu6(x + 3) / 6`; `torch.nn.functional.hardswish`.
  ///
  /// - Reference: Howard et al., *Searching for MobileNetV3*, arXiv:1905.02244.
  public func hardSwish(file: StaticString = #fileID, line: UInt = #line) -> NDArray {
    // A number, not an array: one of float32 would widen 16-bit floats.
    let sixth = 1.0 / 6
    return self * (self + 3).relu6(file: file, line: line) * sixth
  }

  /// `x` where its absolute value is above a threshold, else zero;
  /// `torch.nn.functional.hardshrink`.
  public func hardShrink(
    threshold: Double = 0.5, file: StaticString = #fileID, line: UInt = #line
  ) -> NDArray {
    .where(abs(file: file, line: line) .> threshold, self, 0, file: file, line: line)
  }

  /// `x` moved towards zero by a threshold, and zero where it would go beyond;
  /// `torch.nn.functional.softshrink`.
  public func softShrink(
    threshold: Double = 0.5, file: StaticString = #fileID, line: UInt = #line
  ) -> NDArray {
    let below = NDArray.where(self .< -threshold, self + threshold, 0, file: file, line: line)
    return .where(self .> threshold, self - threshold, below, file: file, line: line)
  }

  /// `x` where it is above a threshold, else a value; `torch.nn.functional.threshold`.
  public func thresholded(
    above threshold: Double, otherwise value: Double, file: StaticString = #fileID,
    line: UInt = #line
  ) -> NDArray { .where(self .> threshold, self, value, file: file, line: line) }

  /// One where `x` is above a threshold, else zero; `mlx.nn.step`. No gradient.
  public func step(
    threshold: Double = 0, file: StaticString = #fileID, line: UInt = #line
  ) -> NDArray { (self .> threshold).cast(to: dtype, file: file, line: line) }

  /// The first half of an axis times the logistic function of the second;
  /// `torch.nn.functional.glu`.
  ///
  /// - Reference: Dauphin, Fan, Auli and Grangier, *Language Modeling with Gated Convolutional
  ///   Networks*, arXiv:1612.08083.
  public func glu(
    axis: Int = -1, file: StaticString = #fileID, line: UInt = #line
  ) -> NDArray {
    let site = CallSite(file, line)
    let axis = self.axis(axis, "glu", site)
    let half = shape[axis] / 2
    if shape[axis] % 2 != 0 { fail("glu: axis \(axis) has no halves: \(type)", at: site) }
    let gate = sliced(axis: axis, from: half, file: file, line: line)
    return sliced(axis: axis, to: half, file: file, line: line)
      * gate.sigmoid(file: file, line: line)
  }

  /// The softmax of `−x`; `torch.nn.functional.softmin`.
  public func softmin(
    axis: Int = -1, file: StaticString = #fileID, line: UInt = #line
  ) -> NDArray { (-self).softmax(axis: axis, file: file, line: line) }

  /// `x` where it is positive, else `x` times a random slope between two numbers, one for each
  /// element; `torch.nn.functional.rrelu` in training.
  ///
  /// - Reference: Xu, Wang, Chen and Li, *Empirical Evaluation of Rectified Activations in
  ///   Convolutional Network*, arXiv:1505.00853.
  public func randomizedReLU(
    from low: Double = 1.0 / 8, to high: Double = 1.0 / 3, file: StaticString = #fileID,
    line: UInt = #line
  ) -> NDArray {
    let slope = NDArray.random.uniform(
      shape, from: low, to: high, dtype: dtype.floating, file: file, line: line)
    return .where(self .> 0, self, self * slope, file: file, line: line)
  }
}
