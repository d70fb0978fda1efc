/// Writes a value as JSON by its `Codable` conformance, which the compiler makes of the stored
/// properties: so a new operator is saved without further code.
struct AttributeEncoder: Encoder {
  let codingPath: [any CodingKey]
  var userInfo: [CodingUserInfoKey: Any] { [:] }
  private let box: JSONBox

  /// The JSON of a value.
  ///
  /// - Throws: what the value's conformance throws.
  static func json(_ value: any Encodable) throws -> JSONValue {
    let box = JSONBox()
    try value.encode(to: AttributeEncoder(codingPath: [], box: box))
    return box.json
  }

  fileprivate init(codingPath: [any CodingKey], box: JSONBox) {
    (self.codingPath, self.box) = (codingPath, box)
  }

  func container<Key: CodingKey>(keyedBy type: Key.Type) -> KeyedEncodingContainer<Key> {
    box.beObject()
    return KeyedEncodingContainer(Members<Key>(codingPath: codingPath, box: box))
  }

  func unkeyedContainer() -> any UnkeyedEncodingContainer {
    box.beArray()
    return Elements(codingPath: codingPath, box: box)
  }

  func singleValueContainer() -> any SingleValueEncodingContainer {
    Single(codingPath: codingPath, box: box)
  }
}

/// A JSON value while it is being written.
private final class JSONBox {
  private enum Content {
    case leaf(JSONValue)
    case object([(String, JSONBox)])
    case array([JSONBox])
  }

  private var content = Content.object([])

  var json: JSONValue {
    switch content {
    case .leaf(let value): value
    case .object(let members): .object(members.map { JSONValue.Member($0.0, $0.1.json) })
    case .array(let elements): .array(elements.map(\.json))
    }
  }

  var count: Int { if case .array(let elements) = content { elements.count } else { 0 } }

  func set(_ value: JSONValue) { content = .leaf(value) }

  func beObject() { if case .object = content {} else { content = .object([]) } }

  func beArray() { if case .array = content {} else { content = .array([]) } }

  func member(_ name: String) -> JSONBox {
    let box = JSONBox()
    if case .object(let members) = content { content = .object(members + [(name, box)]) }
    return box
  }

  func element() -> JSONBox {
    let box = JSONBox()
    if case .array(var elements) = content {
      content = .leaf(.null)
      elements.append(box)
      content = .array(elements)
    }
    return box
  }
}

private struct Members<Key: CodingKey>: KeyedEncodingContainerProtocol {
  let codingPath: [any CodingKey]
  let box: JSONBox

  private func put(_ value: some JSONLeaf, _ key: Key) {
    box.member(key.stringValue).set(value.json)
  }

  func encodeNil(forKey key: Key) { box.member(key.stringValue).set(.null) }
  func encode(_ value: Bool, forKey key: Key) { put(value, key) }
  func encode(_ value: String, forKey key: Key) { put(value, key) }
  func encode(_ value: Double, forKey key: Key) { put(value, key) }
  func encode(_ value: Float, forKey key: Key) { put(value, key) }
  func encode(_ value: Int, forKey key: Key) { put(value, key) }
  func encode(_ value: Int8, forKey key: Key) { put(value, key) }
  func encode(_ value: Int16, forKey key: Key) { put(value, key) }
  func encode(_ value: Int32, forKey key: Key) { put(value, key) }
  func encode(_ value: Int64, forKey key: Key) { put(value, key) }
  func encode(_ value: UInt, forKey key: Key) { put(value, key) }
  func encode(_ value: UInt8, forKey key: Key) { put(value, key) }
  func encode(_ value: UInt16, forKey key: Key) { put(value, key) }
  func encode(_ value: UInt32, forKey key: Key) { put(value, key) }
  func encode(_ value: UInt64, forKey key: Key) { put(value, key) }

  func encode<T: Encodable>(_ value: T, forKey key: Key) throws {
    try value.encode(to: nested(key))
  }

  private func nested(_ key: Key) -> AttributeEncoder {
    AttributeEncoder(codingPath: codingPath + [key], box: box.member(key.stringValue))
  }

  func nestedContainer<Nested: CodingKey>(
    keyedBy type: Nested.Type, forKey key: Key
  ) -> KeyedEncodingContainer<Nested> { nested(key).container(keyedBy: type) }

  func nestedUnkeyedContainer(forKey key: Key) -> any UnkeyedEncodingContainer {
    nested(key).unkeyedContainer()
  }

  func superEncoder() -> any Encoder { AttributeEncoder(codingPath: codingPath, box: box) }
  func superEncoder(forKey key: Key) -> any Encoder { nested(key) }
}

private struct Elements: UnkeyedEncodingContainer {
  let codingPath: [any CodingKey]
  let box: JSONBox
  var count: Int { box.count }

  private func put(_ value: some JSONLeaf) { box.element().set(value.json) }

  func encodeNil() { box.element().set(.null) }
  func encode(_ value: Bool) { put(value) }
  func encode(_ value: String) { put(value) }
  func encode(_ value: Double) { put(value) }
  func encode(_ value: Float) { put(value) }
  func encode(_ value: Int) { put(value) }
  func encode(_ value: Int8) { put(value) }
  func encode(_ value: Int16) { put(value) }
  func encode(_ value: Int32) { put(value) }
  func encode(_ value: Int64) { put(value) }
  func encode(_ value: UInt) { put(value) }
  func encode(_ value: UInt8) { put(value) }
  func encode(_ value: UInt16) { put(value) }
  func encode(_ value: UInt32) { put(value) }
  func encode(_ value: UInt64) { put(value) }

  func encode<T: Encodable>(_ value: T) throws { try value.encode(to: superEncoder()) }

  func nestedContainer<Nested: CodingKey>(
    keyedBy type: Nested.Type
  ) -> KeyedEncodingContainer<Nested> { superEncoder().container(keyedBy: type) }

  func nestedUnkeyedContainer() -> any UnkeyedEncodingContainer {
    superEncoder().unkeyedContainer()
  }

  func superEncoder() -> any Encoder {
    AttributeEncoder(codingPath: codingPath, box: box.element())
  }
}

private struct Single: SingleValueEncodingContainer {
  let codingPath: [any CodingKey]
  let box: JSONBox

  func encodeNil() { box.set(.null) }
  func encode(_ value: Bool) { box.set(value.json) }
  func encode(_ value: String) { box.set(value.json) }
  func encode(_ value: Double) { box.set(value.json) }
  func encode(_ value: Float) { box.set(value.json) }
  func encode(_ value: Int) { box.set(value.json) }
  func encode(_ value: Int8) { box.set(value.json) }
  func encode(_ value: Int16) { box.set(value.json) }
  func encode(_ value: Int32) { box.set(value.json) }
  func encode(_ value: Int64) { box.set(value.json) }
  func encode(_ value: UInt) { box.set(value.json) }
  func encode(_ value: UInt8) { box.set(value.json) }
  func encode(_ value: UInt16) { box.set(value.json) }
  func encode(_ value: UInt32) { box.set(value.json) }
  func encode(_ value: UInt64) { box.set(value.json) }

  func encode<T: Encodable>(_ value: T) throws {
    try value.encode(to: AttributeEncoder(codingPath: codingPath, box: box))
  }
}
