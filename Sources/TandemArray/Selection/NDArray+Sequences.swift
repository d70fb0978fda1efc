// Batches of sequences of several lengths, `[time, batch, ...]` or `[batch, time, ...]`.

extension NDArray {
  /// The array with a number in place of what lies behind the end of each sequence;
  /// `mxnet.npx.sequence_mask`.
  ///
  /// - Parameters:
  ///   - lengths: of the sequences, `[batch]`.
  ///   - timeAxis: 0 or 1; the other of the two is the batch.
  public func sequenceMask(
    lengths: NDArray, value: some Scalar = 0, timeAxis: Int = 0, file: StaticString = #fileID,
    line: UInt = #line
  ) -> NDArray {
    let site = CallSite(file, line)
    let (steps, ends) = sequences("sequenceMask", lengths, timeAxis, site)
    return .where(steps .< ends, self, value, file: file, line: line)
  }

  /// The last element of each sequence, without the time axis; `mxnet.npx.sequence_last`.
  ///
  /// - Parameter lengths: of the sequences, `[batch]`, at least one; those of all the axis if
  ///   `nil`.
  public func sequenceLast(
    lengths: NDArray? = nil, timeAxis: Int = 0, file: StaticString = #fileID, line: UInt = #line
  ) -> NDArray {
    let site = CallSite(file, line)
    guard let lengths else {
      let axis = self.axis(timeAxis, "sequenceLast", site)
      guard shape[axis] > 0 else { fail("sequenceLast: there is no last step: \(type)", at: site) }
      return sliced(axis: axis, from: shape[axis] - 1, file: file, line: line)
        .squeezed(axis: axis, file: file, line: line)
    }
    let (_, ends) = sequences("sequenceLast", lengths, timeAxis, site)
    let places = (ends - 1).broadcast(to: oneStep(timeAxis))
    return takeAlongAxis(places, axis: timeAxis, file: file, line: line).squeezed(axis: timeAxis)
  }

  /// The steps of each sequence in opposite order; what lies behind its end stays where it is;
  /// `mxnet.npx.sequence_reverse`.
  ///
  /// - Parameter lengths: of the sequences, `[batch]`; those of all the axis if `nil`.
  public func sequenceReverse(
    lengths: NDArray? = nil, timeAxis: Int = 0, file: StaticString = #fileID, line: UInt = #line
  ) -> NDArray {
    guard let lengths else { return flipped(axis: timeAxis, file: file, line: line) }
    let (steps, ends) = sequences("sequenceReverse", lengths, timeAxis, CallSite(file, line))
    let places = NDArray.where(steps .< ends, ends - 1 - steps, steps).broadcast(to: shape)
    return takeAlongAxis(places, axis: timeAxis, file: file, line: line)
  }

  /// Numbers of the steps and, to be compared with them, ends of the sequences.
  private func sequences(
    _ name: String, _ lengths: NDArray, _ timeAxis: Int, _ site: CallSite
  ) -> (steps: NDArray, ends: NDArray) {
    guard rank >= 2, (0...1).contains(timeAxis), lengths.rank == 1,
      lengths.count == shape[1 - timeAxis]
    else {
      fail(
        "\(name): needs time and batch in front and a length for each of the batch: "
          + "\(type), \(lengths.type)", at: site)
    }
    var (time, batch) = ([Int](repeating: 1, count: rank), [Int](repeating: 1, count: rank))
    time[timeAxis] = shape[timeAxis]
    batch[1 - timeAxis] = shape[1 - timeAxis]
    let steps = withOwnDevice { NDArray.arange(shape[timeAxis]) }
    return (steps.reshaped(Shape(time)), lengths.cast(to: .int64).reshaped(Shape(batch)))
  }

  private func oneStep(_ timeAxis: Int) -> Shape {
    var result = shape
    result[timeAxis] = 1
    return result
  }
}
