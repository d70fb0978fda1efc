// Cutting an array along an axis; views.

extension ArrayExpression {
  /// As many equal parts along an axis; `numpy.split`.
  public func split(
    into parts: Int, axis: Int = 0, file: StaticString = #fileID, line: UInt = #line
  ) -> [Self] {
    let site = CallSite(file, line)
    let axis = self.axis(axis, of: "split", at: site)
    guard parts > 0, shape[axis] % parts == 0 else {
      fail("split: axis \(axis) has no \(parts) equal parts: \(type)", at: site)
    }
    let length = shape[axis] / parts
    return (0..<parts).map {
      sliced(axis: axis, from: $0 * length, to: ($0 + 1) * length, file: file, line: line)
    }
  }

  /// The parts of an axis before, between and after the given places; `numpy.split`.
  ///
  /// - Parameter places: rising, within the axis.
  public func split(
    at places: [Int], axis: Int = 0, file: StaticString = #fileID, line: UInt = #line
  ) -> [Self] {
    let site = CallSite(file, line)
    let axis = self.axis(axis, of: "split", at: site)
    let bounds = [0] + places + [shape[axis]]
    for (from, to) in zip(bounds, bounds.dropFirst()) where from > to {
      fail("split: places \(places) do not rise within axis \(axis): \(type)", at: site)
    }
    return zip(bounds, bounds.dropFirst()).map { from, to in
      sliced(axis: axis, from: from, to: to, file: file, line: line)
    }
  }

  /// Parts along an axis of lengths that differ by one at most, the longer ones first;
  /// `numpy.array_split`.
  public func split(
    intoNearlyEqual parts: Int, axis: Int = 0, file: StaticString = #fileID, line: UInt = #line
  ) -> [Self] {
    let site = CallSite(file, line)
    let axis = self.axis(axis, of: "split", at: site)
    guard parts > 0 else { fail("split: there are no \(parts) parts: \(type)", at: site) }
    let (length, longer) = shape[axis].quotientAndRemainder(dividingBy: parts)
    return (0..<parts).map { part in
      let start = part * length + Swift.min(part, longer)
      let end = start + length + (part < longer ? 1 : 0)
      return sliced(axis: axis, from: start, to: end, file: file, line: line)
    }
  }

  /// Equal parts one below another: along the first axis; `numpy.vsplit`.
  public func vsplit(
    into parts: Int, file: StaticString = #fileID, line: UInt = #line
  ) -> [Self] {
    requireSplit(rank >= 2, "vsplit", "two", CallSite(file, line))
    return split(into: parts, axis: 0, file: file, line: line)
  }

  /// Equal parts beside one another: along the second axis, of a vector along its only one;
  /// `numpy.hsplit`.
  public func hsplit(
    into parts: Int, file: StaticString = #fileID, line: UInt = #line
  ) -> [Self] {
    requireSplit(rank >= 1, "hsplit", "one", CallSite(file, line))
    return split(into: parts, axis: rank == 1 ? 0 : 1, file: file, line: line)
  }

  /// Equal parts behind one another: along the third axis; `numpy.dsplit`.
  public func dsplit(
    into parts: Int, file: StaticString = #fileID, line: UInt = #line
  ) -> [Self] {
    requireSplit(rank >= 3, "dsplit", "three", CallSite(file, line))
    return split(into: parts, axis: 2, file: file, line: line)
  }

  private func requireSplit(
    _ holds: Bool, _ name: String, _ least: String, _ site: CallSite
  ) {
    if !holds { fail("\(name): needs \(least) or more axes: \(type)", at: site) }
  }
}
