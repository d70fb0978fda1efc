/// What a region may assign to: the parameters and state cells of the values that
/// `compile(mutating:)` was given.
struct WritableState: Sendable {
  private var parameters: Set<ObjectIdentifier> = []
  private var cells: Set<ObjectIdentifier> = []
  private var owners: [any StateOwner] = []
  /// Whether the region was made by `compile(mutating:)`.
  private var isListed = false

  /// Nothing may be assigned.
  static let nothing = WritableState()

  private init() {}

  /// What these values hold, found as ``parameters(of:)`` finds parameters, which are named by
  /// their paths.
  init(_ values: [Any]) {
    isListed = true
    for value in values {
      let state = TandemArray.state(of: value)
      for (path, parameter) in state.parameters {
        parameter.bind(path: path)
        parameters.insert(ObjectIdentifier(parameter))
      }
      cells.formUnion(state.cells.map { ObjectIdentifier($0) })
      owners += state.owners
    }
  }

  /// Why something may not be assigned; `nil` if it may.
  func complaint(about state: StateReference) -> String? {
    let isAllowed: Bool
    switch state {
    case .parameter(let parameter), .gradient(let parameter):
      isAllowed = parameters.contains(ObjectIdentifier(parameter))
    case .cell(let cell):
      isAllowed =
        cells.contains(ObjectIdentifier(cell))
        || owners.contains { $0.stateCells.contains { $0 === cell } }
    }
    if isAllowed { return nil }
    let cure =
      isListed
      ? "list its owner: compile(mutating: …, owner)"
      : "say so: compile(mutating: owner) { … }"
    return "compile: \(state) is assigned inside the region, which changes nothing outside; \(cure)"
  }
}

/// A type that keeps state cells where reflection cannot see them, as behind a lock.
public protocol StateOwner: Sendable {
  /// All cells that there are now.
  var stateCells: [StateCell] { get }
}
