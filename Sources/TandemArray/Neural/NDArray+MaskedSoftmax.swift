// Softmax of some of the elements, or of elements divided by a temperature.

extension NDArray {
  /// The softmax of `x / temperature` along an axis; `mxnet.npx.softmax`.
  ///
  /// - Parameter temperature: above one the results are more alike, below one less; positive.
  public func softmax(
    axis: Int = -1, temperature: Double, file: StaticString = #fileID, line: UInt = #line
  ) -> NDArray {
    (self / checked(temperature, "softmax", file, line)).softmax(axis: axis, file: file, line: line)
  }

  /// The softmax of the elements that a mask keeps, zero elsewhere; zero everywhere along a line of
  /// which it keeps none; `mxnet.npx.masked_softmax`.
  ///
  /// - Parameters:
  ///   - mask: bool, broadcasts to the array's shape; true keeps.
  ///   - axis: along which the results add up to one.
  ///   - temperature: what elements are divided by; positive.
  public func maskedSoftmax(
    _ mask: NDArray, axis: Int = -1, temperature: Double = 1, file: StaticString = #fileID,
    line: UInt = #line
  ) -> NDArray {
    let kept = masked(mask, checked(temperature, "maskedSoftmax", file, line), file, line)
    return .where(mask, kept.softmax(axis: axis, file: file, line: line), 0, file: file, line: line)
  }

  /// The logarithm of ``maskedSoftmax(_:axis:temperature:file:line:)``, −∞ where the mask does not
  /// keep; `mxnet.npx.masked_log_softmax`.
  ///
  /// - Parameters:
  ///   - mask: bool, broadcasts to the array's shape; true keeps.
  ///   - axis: along which the probabilities add up to one.
  ///   - temperature: what elements are divided by; positive.
  public func maskedLogSoftmax(
    _ mask: NDArray, axis: Int = -1, temperature: Double = 1, file: StaticString = #fileID,
    line: UInt = #line
  ) -> NDArray {
    let kept = masked(mask, checked(temperature, "maskedLogSoftmax", file, line), file, line)
    return .where(
      mask, kept.logSoftmax(axis: axis, file: file, line: line), -Double.infinity, file: file,
      line: line)
  }

  /// The softmax of the first elements of each line of the last axis, zero behind them;
  /// `mxnet.npx.softmax` with a length.
  ///
  /// - Parameter lengths: integers, one for each line, of the array's shape without its last axis.
  public func softmax(
    lengths: NDArray, temperature: Double = 1, file: StaticString = #fileID, line: UInt = #line
  ) -> NDArray {
    guard rank > 0, lengths.shape == shape.dropLast(), lengths.dtype.isInteger else {
      fail(
        "softmax: needs a length for each line of the last axis: \(type), \(lengths.type)",
        at: CallSite(file, line))
    }
    let places = withOwnDevice { NDArray.arange(shape[-1]) }
    return maskedSoftmax(
      places .< lengths.expandingDims(at: -1), temperature: temperature, file: file, line: line)
  }

  /// The array divided by a temperature, with a number instead of what a mask does not keep that is
  /// so low that its exponential is zero beside any other's.
  private func masked(
    _ mask: NDArray, _ temperature: Double, _ file: StaticString, _ line: UInt
  ) -> NDArray {
    let x = temperature == 1 ? self : self / temperature
    return .where(mask, x, -x.dtype.floatInfo.largest, file: file, line: line)
  }

  private func checked(
    _ temperature: Double, _ name: String, _ file: StaticString, _ line: UInt
  ) -> Double {
    if !(temperature > 0) {
      fail("\(name): temperature must be positive, got \(temperature)", at: CallSite(file, line))
    }
    return temperature
  }

  /// The sum of arrays that broadcast, from the first to the last; `mxnet.npx.add_n`.
  public static func sum(
    of arrays: [NDArray], file: StaticString = #fileID, line: UInt = #line
  ) -> NDArray {
    guard let first = arrays.first else { fail("sum: no arrays", at: CallSite(file, line)) }
    return arrays.dropFirst().reduce(first) {
      NDArray.apply(Add(), $0, $1, at: CallSite(file, line))
    }
  }
}
