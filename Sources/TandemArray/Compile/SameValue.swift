/// Whether two values hold the same: the same objects, equal numbers and texts, property by
/// property. What bytes say, but without the padding between properties.
enum SameValue {
  /// Whether two values of any type hold the same.
  static func holds(_ a: Any, _ b: Any) -> Bool {
    guard type(of: a) == type(of: b) else { return false }
    let (first, second) = (Mirror(reflecting: a), Mirror(reflecting: b))
    if first.displayStyle == .class { return a as AnyObject === b as AnyObject }
    if first.children.isEmpty && second.children.isEmpty { return isEqual(a, b) }
    guard first.children.count == second.children.count else { return false }
    // Of sets and dictionaries the order of elements says nothing; those count as different.
    return zip(first.children, second.children).allSatisfy {
      $0.label == $1.label && holds($0.value, $1.value)
    }
  }

  /// Values without properties: numbers, texts, cases, closures.
  private static func isEqual(_ a: Any, _ b: Any) -> Bool {
    if let a = a as? AnyHashable, let b = b as? AnyHashable { return a == b }
    return bytes(opening: a) == bytes(opening: b)
  }

  private static func bytes(opening value: Any) -> [UInt8] {
    func bytes<Value>(_ value: Value) -> [UInt8] { withUnsafeBytes(of: value) { Array($0) } }
    return _openExistential(value, do: bytes)
  }
}
