/// Whether two values are copies of one model: field by field the same objects (parameters, state
/// cells) and the same numbers, texts and choices.
///
/// What cannot be compared is taken as different, so that a model is never mistaken for another.
enum ModelIdentity {
  /// Compares two values of any types.
  static func isSame(_ a: Any, _ b: Any) -> Bool {
    let (type, other) = (Swift.type(of: a), Swift.type(of: b))
    guard type == other else { return false }
    if type is AnyClass { return (a as AnyObject) === (b as AnyObject) }
    let (fields, others) = (Mirror(reflecting: a), Mirror(reflecting: b))
    let isOptional = fields.displayStyle == .optional
    // A mirror of one's own need not show all; numbers know best what they are.
    if a is any CustomReflectable, !isOptional, !(a is any Collection) { return isEqual(a, b) }
    guard fields.children.count == others.children.count else { return false }
    if fields.children.isEmpty { return isOptional || isEqual(a, b) }
    return zip(fields.children, others.children).allSatisfy {
      $0.label == $1.label && isSame($0.value, $1.value)
    }
  }

  /// Compares two values of one type whose fields are not known.
  private static func isEqual(_ a: Any, _ b: Any) -> Bool {
    func hasSameBytesAsB<Value>(_ a: Value) -> Bool { hasSameBytes(a, b) }
    // Zeros of both signs are equal and give different results.
    if !(a is any FloatingPoint), let a = a as? any Equatable { return isEqual(a, to: b) }
    return _openExistential(a, do: hasSameBytesAsB)
  }

  private static func isEqual<Value: Equatable>(_ a: Value, to b: Any) -> Bool {
    (b as? Value).map { $0 == a } ?? false
  }

  /// Whether two values have the same bytes; for those without bytes between fields that may be
  /// anything.
  private static func hasSameBytes<Value>(_ a: Value, _ b: Any) -> Bool {
    guard let b = b as? Value else { return false }
    return withUnsafeBytes(of: a) { a in withUnsafeBytes(of: b) { a.elementsEqual($0) } }
  }
}
