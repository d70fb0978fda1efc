extension Parameter {
  /// Rows of the value, as `value.take(indices, axis: 0)` gives them; but the gradient is that of
  /// the rows that were read alone, a ``RowSparseArray``: in ``Gradients/rowSparse``, and after
  /// `backward` in ``rowGradient``.
  ///
  /// Inside of bodies of loops and of derivatives of compiled functions the gradient is dense, as
  /// that of `take`, and so it is where the value is also read as a whole.
  ///
  /// - Parameter indices: int32 or int64, each in `-n..<n` for n rows.
  /// - Returns: `[indices..., ...]`.
  public func rows(
    _ indices: NDArray, file: StaticString = #fileID, line: UInt = #line
  ) -> NDArray {
    let tapes = (Scope.current?.tapes ?? []).filter { $0.kind == .parameters }
    guard isTrainable, !tapes.isEmpty, tapes.allSatisfy(\.collectsRows) else {
      return value.take(indices, axis: 0, file: file, line: line)
    }
    let plain = withPrecision(nil) { withoutRecording { value } }.detached()
    let picked = plain.take(indices, axis: 0, file: file, line: line)
    var links = TapeLinks()
    for tape in tapes { links.insert(tape.link(toRows: indices.detached(), of: self)) }
    return NDArray(picked.handle.alias(links: links)).atPrecision
  }
}

extension NDArray {
  /// Replaces rows, in place where that is legal; the last of those that repeat stays.
  ///
  /// - Parameters:
  ///   - rows: `[n]`, int32 or int64.
  ///   - values: `[n, ...]`, of this array's dtype.
  package mutating func replaceRows(
    _ rows: NDArray, by values: NDArray, file: StaticString = #fileID, line: UInt = #line
  ) {
    let (op, site) = (Scatter(.rows(axis: 0), .set), CallSite(file, line))
    let isPlain = Scope.current.map { $0.trace == nil && $0.tapes.isEmpty } ?? true
    do throws(ShapeError) {
      if isPlain, canUpdateInPlace(besides: values), handle.isRowMajor,
        handle.layout.offset == 0
      {
        try NDArray.launch(op, [self, values, rows], into: [self], at: site)
      } else {
        self = try NDArray.applying(op, [self, values, rows], at: site)[0]
      }
    } catch {
      fail(error.message, at: site)
    }
  }
}
