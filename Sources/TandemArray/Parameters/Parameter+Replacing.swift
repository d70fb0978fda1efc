extension Parameter {
  /// Runs `body` with another array in the parameter's place: what reads ``value`` on this thread
  /// meanwhile gets it, and gradients flow through it to what it was computed from.
  ///
  ///     layer.weight.withValue(layer.weight.value / norm) { layer(x) }
  ///
  /// The parameter itself keeps its value. A function that was compiled before reads the parameter
  /// itself.
  ///
  /// - Parameters:
  ///   - value: an array of the parameter's shape.
  ///   - body: what reads the parameter.
  public func withValue<T, E: Error>(
    _ value: NDArray, file: StaticString = #fileID, line: UInt = #line,
    _ body: () throws(E) -> T
  ) throws(E) -> T {
    let fits =
      value.rank == declaredShape.count
      && zip(value.shape.array, declaredShape).allSatisfy { $1 == nil || $0 == $1 }
    if !fits {
      fail("parameter \(path): \(value.type) does not take its place", at: CallSite(file, line))
    }
    var before: NDArray?
    let key = ObjectIdentifier(self)
    return try Scope.with { scope in
      before = scope.replacements.updateValue(value, forKey: key)
    } leave: {
      $0.replacements[key] = before
    } _: { () throws(E) -> T in
      try body()
    }
  }
}
