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
}
