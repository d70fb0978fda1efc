/// Looks for the operator that makes the first NaN or infinity.
///
///     let watch = FiniteWatch()
///     watch.run {
///       let loss = record { model(x).logSoftmax().mean() }
///       loss.backward()
///     }
///     if let finding = watch.finding { print(finding) }
///     // log: gives inf: float32[32] from finite float32[32], in head.Dense (main.swift:12)
///
/// Inside, every operator that runs eagerly on this thread is waited for and its floats are looked
/// at, the backward pass's too: for finding a mistake, not for training. Regions that are compiled
/// run as they are, and are not looked into. Numbers do not change.
public final class FiniteWatch {
  /// What was found.
  public struct Finding: Hashable, Sendable, CustomStringConvertible {
    /// The operator's name.
    public let name: String
    /// The types of what went in.
    public let inputs: [TensorType]
    /// The type of the result.
    public let type: TensorType
    /// Whether something that went in was no finite number already: a parameter, or data.
    public let hasBadInput: Bool
    /// Whether the result holds a NaN, not only infinities.
    public let isNaN: Bool
    /// The layer, if the operator is in one that says so: `3.Dense`.
    public let place: String
    /// Where the user wrote it.
    public let site: CallSite

    /// `log: gives nan: float32[2] from finite float32[2], in 0.Dense (main.swift:7)`.
    public var description: String {
      let types = inputs.map { "\($0)" }.joined(separator: ", ")
      let from =
        inputs.isEmpty ? "" : " from \(hasBadInput ? "what is not finite," : "finite") \(types)"
      return "\(name): gives \(isNaN ? "nan" : "inf"): \(type)\(from)"
        + (place.isEmpty ? "" : ", in \(place)") + " (\(site))"
    }
  }

  /// The first operator whose result is not finite.
  public private(set) var finding: Finding?

  /// A watch that has found nothing.
  public init() {}

  /// Runs `body` and looks at what each operator gives; stops looking at the first finding.
  public func run<T, E: Error>(_ body: () throws(E) -> T) throws(E) -> T {
    var before: FiniteWatch?
    return try Scope.with { scope in
      before = scope.watch
      scope.watch = self
    } leave: {
      $0.watch = before
    } _: { () throws(E) -> T in
      try body()
    }
  }

  /// Looks at the results of an operator.
  func check(_ name: String, _ inputs: [NDArray], _ outputs: [NDArray], at site: CallSite) {
    guard finding == nil, let scope = Scope.current, scope.trace == nil else { return }
    // What it does itself is neither recorded nor looked at.
    let tapes = scope.tapes
    (scope.watch, scope.tapes) = (nil, [])
    defer { (scope.watch, scope.tapes) = (self, tapes) }
    for output in outputs where output.dtype.isFloatingPoint && !isFinite(output) {
      let values = output.cast(to: .float64).scalars(as: Double.self)
      finding = Finding(
        name: name, inputs: inputs.map(\.type), type: output.type,
        hasBadInput: inputs.contains { $0.dtype.isFloatingPoint && !isFinite($0) },
        isNaN: values.contains { $0.isNaN }, place: CallFrame.currentPlace, site: site.seenByUser)
      return
    }
  }

  private func isFinite(_ array: NDArray) -> Bool {
    array.count == 0 || array.detached().isFinite().all().item() != 0
  }
}
