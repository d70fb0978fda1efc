/// Something with an identity that a traced closure reads or assigns: a parameter, a parameter's
/// gradient, a state cell.
enum StateReference: Hashable, Sendable, CustomStringConvertible {
  case parameter(Parameter)
  case gradient(Parameter)
  case cell(StateCell)

  /// Of the object that holds it.
  var lock: StateLock {
    switch self {
    case .parameter(let parameter), .gradient(let parameter): parameter.lock
    case .cell(let cell): cell.lock
    }
  }

  /// What it holds now, outside of traces and tapes; `nil` for a gradient that is not there.
  var current: NDArray? {
    switch self {
    case .parameter(let parameter): parameter.currentValue
    case .gradient(let parameter): parameter.currentGradient
    case .cell(let cell): cell.currentValue
    }
  }

  /// What it holds now, a leaf of the tapes that are being recorded.
  var recordedValue: NDArray? {
    switch self {
    case .parameter(let parameter): parameter.value
    case .gradient, .cell: current
    }
  }

  /// What messages call it.
  var description: String {
    switch self {
    case .parameter(let parameter): "parameter \(parameter.path)"
    case .gradient(let parameter): "the gradient of parameter \(parameter.path)"
    case .cell(let cell): "state cell \(cell.name)"
    }
  }

  static func == (lhs: StateReference, rhs: StateReference) -> Bool {
    switch (lhs, rhs) {
    case (.parameter(let a), .parameter(let b)), (.gradient(let a), .gradient(let b)): a === b
    case (.cell(let a), .cell(let b)): a === b
    default: false
    }
  }

  func hash(into hasher: inout Hasher) {
    switch self {
    case .parameter(let parameter): hasher.combine(ObjectIdentifier(parameter))
    case .gradient(let parameter): hasher.combine(1 &+ ObjectIdentifier(parameter).hashValue)
    case .cell(let cell): hasher.combine(ObjectIdentifier(cell))
    }
  }
}
