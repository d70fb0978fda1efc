extension ArrayExpression {
  /// The elements as they are; `numpy.positive`, beside ``Negate``.
  ///
  /// The result shares the storage until one of the two is changed, so nothing is computed. Keeps
  /// the dtype. Gradient: `dy`. Stops with a message for bool.
  public func positive(file: StaticString = #fileID, line: UInt = #line) -> Self {
    do throws(ShapeError) {
      _ = try ComputeRule.numeric(dtype)
    } catch {
      fail("positive: \(error.message): \(type)", at: CallSite(file, line))
    }
    return self
  }
}
