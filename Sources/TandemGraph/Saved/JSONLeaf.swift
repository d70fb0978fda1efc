/// A number, text or truth value among saved attributes.
///
/// Floats that JSON does not have are the texts `inf`, `-inf` and `nan`; integers beyond 64 bits
/// with a sign are texts, too. Where a number is wanted, a text may be an ``AxisExpression``.
protocol JSONLeaf {
  /// How it is written.
  var json: JSONValue { get }

  /// - Parameter axes: the lengths that the names of dynamic axes stand for.
  /// - Throws: `JSONLeafError` if this is something else.
  init(json: JSONValue, axes: [String: Int]) throws(JSONLeafError)
}

/// Why a JSON value is not what an attribute needs.
struct JSONLeafError: Error {
  let complaint: String

  init(_ wanted: String, _ json: JSONValue) {
    let text = json.description
    complaint = "wanted \(wanted), got \(text.prefix(40))\(text.count > 40 ? "…" : "")"
  }
}

extension Bool: JSONLeaf {
  var json: JSONValue { .bool(self) }

  init(json: JSONValue, axes: [String: Int]) throws(JSONLeafError) {
    guard case .bool(let value) = json else { throw JSONLeafError("true or false", json) }
    self = value
  }
}

extension String: JSONLeaf {
  var json: JSONValue { .string(self) }

  init(json: JSONValue, axes: [String: Int]) throws(JSONLeafError) {
    guard case .string(let value) = json else { throw JSONLeafError("a text", json) }
    self = value
  }
}

extension Double: JSONLeaf {
  var json: JSONValue {
    if isFinite { return .number(self) }
    return .string(isNaN ? "nan" : self < 0 ? "-inf" : "inf")
  }

  init(json: JSONValue, axes: [String: Int]) throws(JSONLeafError) {
    switch json {
    case .number(let value): self = value
    case .integer(let value): self = Double(value)
    case .string("nan"): self = .nan
    case .string("inf"): self = .infinity
    case .string("-inf"): self = -.infinity
    case .string(let text):
      guard let value = AxisExpression(parsing: text)?.value(axes) else {
        throw JSONLeafError("a number", json)
      }
      self = Double(value)
    default: throw JSONLeafError("a number", json)
    }
  }
}

extension Float: JSONLeaf {
  var json: JSONValue { Double(self).json }

  init(json: JSONValue, axes: [String: Int]) throws(JSONLeafError) {
    self = Float(try Double(json: json, axes: axes))
  }
}

extension JSONLeaf where Self: FixedWidthInteger {
  var json: JSONValue { Int(exactly: self).map { .integer($0) } ?? .string("\(self)") }

  init(json: JSONValue, axes: [String: Int]) throws(JSONLeafError) {
    let found: Self?
    switch json {
    case .integer(let value): found = Self(exactly: value)
    case .string(let text):
      found =
        Self(text)
        ?? AxisExpression(parsing: text).flatMap { $0.value(axes) }.flatMap { Self(exactly: $0) }
    default: found = nil
    }
    guard let found else { throw JSONLeafError("\(Self.self)", json) }
    self = found
  }
}

extension Int: JSONLeaf {}
extension Int8: JSONLeaf {}
extension Int16: JSONLeaf {}
extension Int32: JSONLeaf {}
extension Int64: JSONLeaf {}
extension UInt: JSONLeaf {}
extension UInt8: JSONLeaf {}
extension UInt16: JSONLeaf {}
extension UInt32: JSONLeaf {}
extension UInt64: JSONLeaf {}
