extension CompiledProgram {
  /// Queues one call and notes it on a tape as one operator with a gradient.
  ///
  /// - Parameter derivative: of this program, whose last results are what it needs.
  /// - Returns: why nothing was done; see ``run(_:keys:at:_:)``.
  func run(
    _ arguments: [NDArray], keys: [RandomKey]?, recording derivative: Derivative, on tape: Tape,
    at site: CallSite, _ results: inout [NDArray]
  ) -> String? {
    if let mismatch = run(arguments, keys: keys, at: site, &results) { return mismatch }
    let residuals = Array(results.suffix(derivative.residualCount))
    results.removeLast(derivative.residualCount)
    // Arrays that the call returns as they came in must not bring other links along.
    let outputs = derivative.results.map { results[$0] }
    let inputs = derivative.targets.map { target in
      switch target {
      case .argument(let position): arguments[position]
      case .parameter(let parameter): parameter.value
      case .captured(let array): array
      }
    }
    let types = outputs.map(\.type)
    let backward = derivative.backward
    tape.record(
      custom: { cotangents in
        let filled = zip(cotangents, types).map { cotangent, type in
          cotangent ?? NDArray.zeros(type.shape, dtype: type.dtype)
        }
        return backward(residuals + filled, at: site)
      }, inputs, outputs, at: site)
    return nil
  }
}
