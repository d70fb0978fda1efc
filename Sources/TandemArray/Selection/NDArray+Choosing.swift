// Elements chosen among several arrays, or one from each line.

extension NDArray {
  /// For each element, an index, the element at its place of the array that it names;
  /// `numpy.choose`. All broadcast.
  ///
  /// - Parameter choices: at least one; an index out of range fails at the read.
  public func choose(
    _ choices: [NDArray], file: StaticString = #fileID, line: UInt = #line
  ) -> NDArray {
    let site = CallSite(file, line)
    guard !choices.isEmpty, dtype.isInteger else {
      fail("choose: needs integers and arrays to choose from: \(type)", at: site)
    }
    let all = NDArray.broadcastTogether([self] + choices, file: file, line: line)
    let table = NDArray.stacked(Array(all.dropFirst()), file: file, line: line)
    return table.takeAlongAxis(
      all[0].expandingDims(at: 0), axis: 0, file: file, line: line
    ).squeezed(axis: 0)
  }

  /// For each place the element of the array that goes with the first condition that holds there,
  /// else a number; `numpy.select`. All broadcast.
  public static func select(
    _ cases: [(condition: NDArray, choice: NDArray)], default other: some Scalar = 0,
    file: StaticString = #fileID, line: UInt = #line
  ) -> NDArray {
    guard let last = cases.last else {
      fail("select: no cases", at: CallSite(file, line))
    }
    for item in cases where item.condition.dtype != .bool {
      fail("select: conditions need bool: \(item.condition.type)", at: CallSite(file, line))
    }
    let start = NDArray.where(last.condition, last.choice, other, file: file, line: line)
    return cases.dropLast().reversed().reduce(start) { rest, item in
      .where(item.condition, item.choice, rest, file: file, line: line)
    }
  }

  /// The array with functions applied where their conditions hold; elsewhere a number;
  /// `numpy.piecewise`. Of conditions that hold together the last counts, as in NumPy. Each
  /// function is given all elements.
  public func piecewise(
    _ pieces: [(condition: NDArray, function: (NDArray) -> NDArray)],
    default other: some Scalar = 0, file: StaticString = #fileID, line: UInt = #line
  ) -> NDArray {
    pieces.reduce(NDArray.full(like: self, other, file: file, line: line)) { rest, piece in
      .where(
        piece.condition, piece.function(self).cast(to: dtype), rest, file: file, line: line)
    }
  }

  /// One element of each line along an axis; `mxnet.npx.pick`.
  ///
  /// - Parameters:
  ///   - indices: the array's shape without the axis, or with length one there. They are clipped
  ///     to the axis.
  ///   - keepDims: whether the axis stays, with length one.
  public func pick(
    _ indices: NDArray, axis: Int = -1, keepDims: Bool = false, file: StaticString = #fileID,
    line: UInt = #line
  ) -> NDArray {
    let site = CallSite(file, line)
    let along = self.axis(axis, "pick", site)
    var lines = shape
    lines[along] = 1
    guard indices.count == lines.elementCount, indices.rank >= rank - 1, shape[along] > 0 else {
      fail(
        "pick: needs one index for each line of axis \(along): \(type), \(indices.type)", at: site)
    }
    let places = indices.cast(to: .int64).reshaped(lines, file: file, line: line)
      .clip(min: 0, max: shape[along] - 1)
    let picked = takeAlongAxis(places, axis: along, file: file, line: line)
    return keepDims ? picked : picked.squeezed(axis: along)
  }

  /// Elements, or slices, whose places the first axis of an array holds: `indices[0]` along the
  /// first axis, `indices[1]` along the second, …; `mxnet.npx.gather_nd`.
  public func gatherND(
    _ indices: NDArray, file: StaticString = #fileID, line: UInt = #line
  ) -> NDArray { gather(indices.unstackedRows("gatherND", file, line), file: file, line: line) }

  /// The array with values added at places as ``gatherND(_:file:line:)`` reads them; a place that
  /// is named twice is added to twice; `mxnet.npx.index_add`.
  public func indexAdd(
    _ indices: NDArray, _ values: NDArray, file: StaticString = #fileID, line: UInt = #line
  ) -> NDArray {
    scatter(
      values, at: indices.unstackedRows("indexAdd", file, line), by: .add, file: file, line: line)
  }

  /// The array with values put at places as ``gatherND(_:file:line:)`` reads them; of values for
  /// one place the last stays; `mxnet.npx.index_update`.
  public func indexUpdate(
    _ indices: NDArray, _ values: NDArray, file: StaticString = #fileID, line: UInt = #line
  ) -> NDArray {
    scatter(
      values, at: indices.unstackedRows("indexUpdate", file, line), file: file, line: line)
  }

  private func unstackedRows(_ name: String, _ file: StaticString, _ line: UInt) -> [NDArray] {
    guard rank >= 1, count > 0 || shape[0] > 0, dtype.isInteger else {
      fail("\(name): needs a row of integers for each axis: \(type)", at: CallSite(file, line))
    }
    return unstacked(axis: 0, file: file, line: line)
  }
}
