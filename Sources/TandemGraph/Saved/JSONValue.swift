/// A JSON text as a value.
///
/// Not Foundation's coder: here the order of members counts, a repeated member is an error (a
/// dictionary would keep one of two tensors of the same name), integers are exact to 64 bits,
/// nesting is bounded, and programs start without loading Foundation.
///
/// - Reference: Bray, *The JavaScript Object Notation (JSON) Data Interchange Format*, RFC 8259.
public enum JSONValue: Hashable, Sendable {
  case null
  case bool(Bool)
  /// A number written without point and exponent that fits 64 bits.
  case integer(Int)
  /// Any other number; always finite.
  case number(Double)
  case string(String)
  case array([JSONValue])
  /// Members in the order in which they are written.
  case object([Member])

  /// A name and its value.
  public struct Member: Hashable, Sendable {
    /// The name, unique in its object.
    public var name: String
    /// The value.
    public var value: JSONValue

    /// A member of an object.
    public init(_ name: String, _ value: JSONValue) {
      (self.name, self.value) = (name, value)
    }
  }

  /// How deep arrays and objects may be nested in a text that is read.
  public static let largestDepth = 64

  /// The value of an object's member; `nil` if this is no object or has no such member.
  public subscript(name: String) -> JSONValue? {
    guard case .object(let members) = self else { return nil }
    return members.first { $0.name == name }?.value
  }
}
