/// An operator as part of a key: its type and, if it has any, its attributes.
///
/// Not generic, so that one dictionary serves all operators and none of its code is specialised or
/// looked up at run time for each of them.
///
/// `@unchecked Sendable`: the attributes are an operator, which is a `Sendable` value.
struct OpIdentity: Hashable, @unchecked Sendable {
  private let type: ObjectIdentifier
  private let attributes: AnyHashable?

  @inline(__always)
  init<O: Op>(_ op: O) {
    type = ObjectIdentifier(O.self)
    attributes = MemoryLayout<O>.size == 0 ? nil : AnyHashable(op)
  }

  static func == (lhs: OpIdentity, rhs: OpIdentity) -> Bool {
    lhs.type == rhs.type && lhs.attributes == rhs.attributes
  }

  func hash(into hasher: inout Hasher) {
    hasher.combine(type)
    if let attributes { hasher.combine(attributes) }
  }
}
