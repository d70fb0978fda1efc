import TandemEngine
import TandemThreads

// Results whose shapes depend on values: these wait for their array and are computed at once.

extension NDArray {
  /// The positions of the elements that are not zero, one int64 array for each axis, in row-major
  /// order (`numpy.nonzero`). Waits, as the number of them depends on the values.
  public func nonzero(file: StaticString = #fileID, line: UInt = #line) -> [NDArray] {
    nonzero(at: CallSite(file, line))
  }

  func nonzero(at site: CallSite) -> [NDArray] {
    let table = positions(at: site)
    return (0..<rank).map { axis in
      let row = IndexPlan([.select(axis), .slice(start: 0, step: 1, count: table.shape[1])])
      return .apply(BasicIndex(row), table, at: site)
    }
  }

  /// The same as one array, `[rank, count]`.
  private func positions(at site: CallSite) -> NDArray {
    guard let storage else {
      fail(
        "nonzero: the shape of the result depends on values, which a traced region does not have; "
          + "use where: \(type)", at: site)
    }
    do {
      try storage.device.engine.wait(for: storage.variable)
      return try withExtendedLifetime((self, storage)) { () throws -> NDArray in
        let x = Operand(storage.materialized(), handle.layout, dtype)
        let context = device.engine.parallel
        let shape: Shape = [rank, NonZero.countNonZero(x, in: context)]
        var failure: KernelFailure?
        let table = withOwnDevice {
          NDArray.filled(shape, .int64) { base in
            do throws(KernelFailure) {
              let out = Operand(base, Layout(shape), .int64)
              try NonZero().run([out, x], scalars: [], in: context)
            } catch {
              failure = error
            }
          }
        }
        if let failure { throw failure }
        return table
      }
    } catch {
      fail("\(error)", at: site)
    }
  }

  /// The elements without repetitions, in order (`numpy.unique`): one axis, NaN once and last.
  /// Waits, as the number of them depends on the values.
  public func unique(file: StaticString = #fileID, line: UInt = #line) -> NDArray {
    withOwnDevice {
      let sorted = flattened(file: file, line: line).sorted(axis: 0, file: file, line: line)
      let starts = sorted.firstOfRuns(at: CallSite(file, line))
      return sorted.take(starts, axis: 0, file: file, line: line)
    }
  }

  /// What ``unique(file:line:)`` gives, and beside it how the elements relate to it.
  ///
  /// - Returns: the `values` `[n]`; for each of them the place of its first appearance in the
  ///   flattened array, `[n]`, and how often it appears, `[n]`; and for each element which value it
  ///   is, of this array's shape. All but the values are int64.
  public func uniqueWithPlaces(
    file: StaticString = #fileID, line: UInt = #line
  ) -> (values: NDArray, first: NDArray, counts: NDArray, inverse: NDArray) {
    let flat = flattened(file: file, line: line)
    return withOwnDevice {
      let order = flat.argSort(axis: 0, file: file, line: line)
      let sorted = flat.take(order, axis: 0, file: file, line: line)
      let starts = sorted.firstOfRuns(at: CallSite(file, line))
      let ends = NDArray.concatenated([starts, NDArray([sorted.count])], axis: 0)
      let counts = ends[1...] - ends[..<starts.count]
      // The run in which a sorted element lies: how many runs have started, less one.
      let runs =
        NDArray.zeros([sorted.count], dtype: .int64)
        .scatter(NDArray(1, dtype: .int64), rows: starts, axis: 0)
        .cumulativeSum(axis: 0) - 1
      let inverse = runs.scatter(runs, rows: order, axis: 0).reshaped(shape)
      return (sorted.take(starts, axis: 0), order.take(starts, axis: 0), counts, inverse)
    }
  }

  /// Where in an array in order elements differ from the one before; the first always does.
  ///
  /// Called with new arrays made on this array's device.
  private func firstOfRuns(at site: CallSite) -> NDArray {
    if count == 0 { return .zeros([0], dtype: .int64) }
    let (before, after) = (self[..<(count - 1)], self[1...])
    // Behind a NaN nothing differs.
    let differs = (before .!= after) .& (before .== before)
    let first = NDArray.ones([1], dtype: .bool)
    return NDArray.concatenated([first, differs], axis: 0).nonzero(at: site)[0]
  }
}
