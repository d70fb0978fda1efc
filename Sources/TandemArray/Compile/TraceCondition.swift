/// A property of a parameter that decided what the trace of a closure became: its program serves
/// only calls at which the property is the same.
struct TraceCondition: Sendable, Hashable {
  /// What closures, backward passes and trainers look at.
  enum Property: Sendable {
    case isTrainable, accumulatesGradient, hasGradient

    /// Whether a parameter has the property now, whatever is traced.
    func isTrue(of parameter: Parameter) -> Bool {
      switch self {
      case .isTrainable: parameter.flags.isTrainable
      case .accumulatesGradient: parameter.flags.accumulates
      case .hasGradient: parameter.hasCurrentGradient
      }
    }
  }

  /// Which property of which parameter.
  struct Key: Hashable {
    private let property: Property
    private let parameter: ObjectIdentifier

    init(_ property: Property, _ parameter: Parameter) {
      (self.property, self.parameter) = (property, ObjectIdentifier(parameter))
    }
  }

  var key: Key { Key(property, parameter) }

  let property: Property
  let parameter: Parameter
  /// What the property was.
  let value: Bool

  /// The property as it is now.
  init(_ property: Property, of parameter: Parameter) {
    (self.property, self.parameter) = (property, parameter)
    value = property.isTrue(of: parameter)
  }

  /// What has changed since, in words; `nil` if nothing has.
  var mismatch: String? {
    if property.isTrue(of: parameter) == value { return nil }
    let name =
      switch property {
      case .isTrainable: "parameter \(parameter.path): isTrainable"
      case .accumulatesGradient: "parameter \(parameter.path): accumulatesGradient"
      case .hasGradient: "\(StateReference.gradient(parameter)): is there"
      }
    return "\(name) \(value) → \(!value)"
  }

  static func == (lhs: TraceCondition, rhs: TraceCondition) -> Bool {
    lhs.property == rhs.property && lhs.parameter === rhs.parameter && lhs.value == rhs.value
  }

  func hash(into hasher: inout Hasher) {
    hasher.combine(property)
    hasher.combine(ObjectIdentifier(parameter))
  }
}
