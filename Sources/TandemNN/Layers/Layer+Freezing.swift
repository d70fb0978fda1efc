extension Layer {
  /// Keeps training from changing parameters: no gradient is computed for them, and optimizers
  /// leave them alone.
  ///
  ///     model.freeze { $0.hasPrefix("features.") }
  ///
  /// - Parameter isFrozen: which ones, by their paths from this layer; all if left out.
  public func freeze(where isFrozen: (String) -> Bool = { _ in true }) {
    for (path, parameter) in parameters where isFrozen(path) { parameter.isTrainable = false }
  }

  /// Lets training change parameters again.
  ///
  /// - Parameter isFree: which ones, by their paths from this layer; all if left out.
  public func unfreeze(where isFree: (String) -> Bool = { _ in true }) {
    for (path, parameter) in parameters where isFree(path) { parameter.isTrainable = true }
  }

  /// How many numbers of the parameters training changes.
  public var trainableCount: Int {
    parameters.map(\.parameter).filter { $0.isTrainable && $0.isInitialized }
      .map(\.value.count).reduce(0, +)
  }
}
