// Discrete convolution of vectors.

/// Which part of a discrete convolution is kept.
public enum ConvolutionMode: Sendable {
  /// All places at which the two overlap: `n + m − 1`.
  case full
  /// As many as the longer one has, in the middle.
  case same
  /// Those at which the shorter one lies within the longer one.
  case valid
}

extension NDArray {
  /// The sums of products of this vector with another one reversed, at every shift;
  /// `numpy.convolve`.
  public func convolve(
    _ other: NDArray, mode: ConvolutionMode = .full, file: StaticString = #fileID,
    line: UInt = #line
  ) -> NDArray {
    let site = CallSite(file, line)
    requireVectors("convolve", other, site)
    let (long, short) = count >= other.count ? (self, other) : (other, self)
    let whole = long.slidingProducts(short.flipped(axis: 0), site)
    return whole.kept(mode, long.count, short.count)
  }

  /// The sums of products of this vector with another one at every shift, from where its start
  /// meets the other's end; `numpy.correlate`, whose mode is `.valid` unless given.
  public func correlate(
    _ other: NDArray, mode: ConvolutionMode = .valid, file: StaticString = #fileID,
    line: UInt = #line
  ) -> NDArray {
    let site = CallSite(file, line)
    requireVectors("correlate", other, site)
    if count >= other.count {
      return slidingProducts(other, site).kept(mode, count, other.count)
    }
    return other.slidingProducts(self, site).kept(mode, other.count, count).flipped(axis: 0)
  }

  private func requireVectors(_ name: String, _ other: NDArray, _ site: CallSite) {
    guard rank == 1, other.rank == 1, count > 0, other.count > 0 else {
      fail("\(name): needs two vectors that are not empty: \(type), \(other.type)", at: site)
    }
  }

  /// Σₖ x[i + k − m + 1] · v[k] for all i at which the two overlap.
  private func slidingProducts(_ v: NDArray, _ site: CallSite) -> NDArray {
    let common = dtype.promoted(with: v.dtype)
    let (x, v) = (cast(to: common), v.cast(to: common))
    let edge = v.count - 1
    if common == .float32 || common == .float64 {
      return x.reshaped([1, 1, count]).convolution(v.reshaped([1, 1, v.count]), padding: [edge])
        .reshaped([-1])
    }
    // Windows of integers, as wide as their products.
    let wide = x.padded(edge)
    let starts = withOwnDevice { NDArray.arange(count + edge).expandingDims(at: 1) }
    let windows = wide.take(starts + withOwnDevice { NDArray.arange(v.count) }, axis: 0)
    return (windows * v).sum(axis: 1).cast(to: common)
  }

  /// The part of a full convolution that a mode keeps.
  private func kept(_ mode: ConvolutionMode, _ long: Int, _ short: Int) -> NDArray {
    switch mode {
    case .full: self
    case .same: sliced(axis: 0, from: (short - 1) / 2, to: (short - 1) / 2 + long)
    case .valid: sliced(axis: 0, from: short - 1, to: long)
    }
  }
}
