// Other ways to say `transposed` and `reshaped`.

extension ArrayExpression {
  /// One axis moved to another place, the others in their order; `numpy.moveaxis`.
  public func movedAxis(
    from source: Int, to target: Int, file: StaticString = #fileID, line: UInt = #line
  ) -> Self {
    let site = CallSite(file, line)
    let (source, target) = (
      axis(source, of: "movedAxis", at: site), axis(target, of: "movedAxis", at: site)
    )
    if source == target { return self }
    var order = Array(0..<rank)
    order.insert(order.remove(at: source), at: target)
    return .apply(Transpose(order: order), self, at: site)
  }

  /// All elements in row-major order along one axis; `numpy.ravel`.
  public func flattened(file: StaticString = #fileID, line: UInt = #line) -> Self {
    reshaped(Shape([count]), file: file, line: line)
  }

  /// The axes from `start` on merged into one; `flattened(from: 1)` keeps a batch axis.
  public func flattened(
    from start: Int, file: StaticString = #fileID, line: UInt = #line
  ) -> Self {
    let start = axis(start, of: "flattened", at: CallSite(file, line))
    let rest = (start..<rank).reduce(1) { $0 * shape[$1] }
    return reshaped(Shape(shape.array[..<start] + [rest]), file: file, line: line)
  }
}
