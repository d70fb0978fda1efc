/// Makes a value of JSON by its `Codable` conformance. Strict: a member that the value does not
/// have is an error, and so is a number of another kind.
struct AttributeDecoder: Decoder {
  let codingPath: [any CodingKey]
  var userInfo: [CodingUserInfoKey: Any] { [:] }
  fileprivate let json: JSONValue
  fileprivate let axes: [String: Int]

  /// A value of the JSON that it was written as.
  ///
  /// - Parameter axes: the lengths that the names of dynamic axes stand for.
  /// - Throws: what the value's conformance throws; `DecodingError` with the path.
  static func value<T: Decodable>(
    _ type: T.Type, _ json: JSONValue, axes: [String: Int] = [:]
  ) throws -> T {
    try T(from: AttributeDecoder(codingPath: [], json: json, axes: axes))
  }

  /// A decoder of some JSON; see ``value(_:_:axes:)``.
  static func reader(_ json: JSONValue, axes: [String: Int]) -> AttributeDecoder {
    AttributeDecoder(codingPath: [], json: json, axes: axes)
  }

  fileprivate init(codingPath: [any CodingKey], json: JSONValue, axes: [String: Int]) {
    (self.codingPath, self.json, self.axes) = (codingPath, json, axes)
  }

  func container<Key: CodingKey>(keyedBy type: Key.Type) throws -> KeyedDecodingContainer<Key> {
    guard case .object(let members) = json else { throw error("wanted an object") }
    for member in members where Key(stringValue: member.name) == nil {
      throw error("unknown member \"\(member.name)\"")
    }
    return KeyedDecodingContainer(Members<Key>(decoder: self))
  }

  func unkeyedContainer() throws -> any UnkeyedDecodingContainer {
    guard case .array(let elements) = json else { throw error("wanted a list") }
    return Elements(decoder: self, elements: elements)
  }

  func singleValueContainer() -> any SingleValueDecodingContainer { Single(decoder: self) }

  fileprivate func error(_ complaint: String) -> DecodingError {
    .dataCorrupted(DecodingError.Context(codingPath: codingPath, debugDescription: complaint))
  }

  fileprivate func leaf<T: JSONLeaf>() throws -> T {
    do throws(JSONLeafError) {
      return try T(json: json, axes: axes)
    } catch { throw self.error(error.complaint) }
  }

  fileprivate func nested(_ key: any CodingKey, _ json: JSONValue) -> AttributeDecoder {
    AttributeDecoder(codingPath: codingPath + [key], json: json, axes: axes)
  }
}

private struct Members<Key: CodingKey>: KeyedDecodingContainerProtocol {
  let decoder: AttributeDecoder
  var codingPath: [any CodingKey] { decoder.codingPath }

  var allKeys: [Key] {
    guard case .object(let members) = decoder.json else { return [] }
    return members.compactMap { Key(stringValue: $0.name) }
  }

  func contains(_ key: Key) -> Bool { decoder.json[key.stringValue] != nil }

  private func nested(_ key: Key) throws -> AttributeDecoder {
    guard let json = decoder.json[key.stringValue] else {
      throw decoder.error("no member \"\(key.stringValue)\"")
    }
    return decoder.nested(key, json)
  }

  func decodeNil(forKey key: Key) -> Bool { decoder.json[key.stringValue] == .null }
  func decode(_ type: Bool.Type, forKey key: Key) throws -> Bool { try nested(key).leaf() }
  func decode(_ type: String.Type, forKey key: Key) throws -> String { try nested(key).leaf() }
  func decode(_ type: Double.Type, forKey key: Key) throws -> Double { try nested(key).leaf() }
  func decode(_ type: Float.Type, forKey key: Key) throws -> Float { try nested(key).leaf() }
  func decode(_ type: Int.Type, forKey key: Key) throws -> Int { try nested(key).leaf() }
  func decode(_ type: Int8.Type, forKey key: Key) throws -> Int8 { try nested(key).leaf() }
  func decode(_ type: Int16.Type, forKey key: Key) throws -> Int16 { try nested(key).leaf() }
  func decode(_ type: Int32.Type, forKey key: Key) throws -> Int32 { try nested(key).leaf() }
  func decode(_ type: Int64.Type, forKey key: Key) throws -> Int64 { try nested(key).leaf() }
  func decode(_ type: UInt.Type, forKey key: Key) throws -> UInt { try nested(key).leaf() }
  func decode(_ type: UInt8.Type, forKey key: Key) throws -> UInt8 { try nested(key).leaf() }
  func decode(_ type: UInt16.Type, forKey key: Key) throws -> UInt16 { try nested(key).leaf() }
  func decode(_ type: UInt32.Type, forKey key: Key) throws -> UInt32 { try nested(key).leaf() }
  func decode(_ type: UInt64.Type, forKey key: Key) throws -> UInt64 { try nested(key).leaf() }

  func decode<T: Decodable>(_ type: T.Type, forKey key: Key) throws -> T {
    try T(from: nested(key))
  }

  func nestedContainer<Nested: CodingKey>(
    keyedBy type: Nested.Type, forKey key: Key
  ) throws -> KeyedDecodingContainer<Nested> { try nested(key).container(keyedBy: type) }

  func nestedUnkeyedContainer(forKey key: Key) throws -> any UnkeyedDecodingContainer {
    try nested(key).unkeyedContainer()
  }

  func superDecoder() -> any Decoder { decoder }
  func superDecoder(forKey key: Key) throws -> any Decoder { try nested(key) }
}

private struct Elements: UnkeyedDecodingContainer {
  let decoder: AttributeDecoder
  let elements: [JSONValue]
  private(set) var currentIndex = 0

  init(decoder: AttributeDecoder, elements: [JSONValue]) {
    (self.decoder, self.elements) = (decoder, elements)
  }

  var codingPath: [any CodingKey] { decoder.codingPath }
  var count: Int? { elements.count }
  var isAtEnd: Bool { currentIndex == elements.count }

  private struct Index: CodingKey {
    let intValue: Int?
    var stringValue: String { "\(intValue ?? 0)" }
    init(_ index: Int) { intValue = index }
    init?(intValue: Int) { self.init(intValue) }
    init?(stringValue: String) { nil }
  }

  private mutating func next() throws -> AttributeDecoder {
    guard !isAtEnd else { throw decoder.error("wanted more than \(elements.count) elements") }
    defer { currentIndex += 1 }
    return decoder.nested(Index(currentIndex), elements[currentIndex])
  }

  mutating func decodeNil() -> Bool {
    guard !isAtEnd, elements[currentIndex] == .null else { return false }
    currentIndex += 1
    return true
  }

  mutating func decode(_ type: Bool.Type) throws -> Bool { try next().leaf() }
  mutating func decode(_ type: String.Type) throws -> String { try next().leaf() }
  mutating func decode(_ type: Double.Type) throws -> Double { try next().leaf() }
  mutating func decode(_ type: Float.Type) throws -> Float { try next().leaf() }
  mutating func decode(_ type: Int.Type) throws -> Int { try next().leaf() }
  mutating func decode(_ type: Int8.Type) throws -> Int8 { try next().leaf() }
  mutating func decode(_ type: Int16.Type) throws -> Int16 { try next().leaf() }
  mutating func decode(_ type: Int32.Type) throws -> Int32 { try next().leaf() }
  mutating func decode(_ type: Int64.Type) throws -> Int64 { try next().leaf() }
  mutating func decode(_ type: UInt.Type) throws -> UInt { try next().leaf() }
  mutating func decode(_ type: UInt8.Type) throws -> UInt8 { try next().leaf() }
  mutating func decode(_ type: UInt16.Type) throws -> UInt16 { try next().leaf() }
  mutating func decode(_ type: UInt32.Type) throws -> UInt32 { try next().leaf() }
  mutating func decode(_ type: UInt64.Type) throws -> UInt64 { try next().leaf() }
  mutating func decode<T: Decodable>(_ type: T.Type) throws -> T { try T(from: next()) }

  mutating func nestedContainer<Nested: CodingKey>(
    keyedBy type: Nested.Type
  ) throws -> KeyedDecodingContainer<Nested> { try next().container(keyedBy: type) }

  mutating func nestedUnkeyedContainer() throws -> any UnkeyedDecodingContainer {
    try next().unkeyedContainer()
  }

  mutating func superDecoder() throws -> any Decoder { try next() }
}

private struct Single: SingleValueDecodingContainer {
  let decoder: AttributeDecoder
  var codingPath: [any CodingKey] { decoder.codingPath }

  func decodeNil() -> Bool { decoder.json == .null }
  func decode(_ type: Bool.Type) throws -> Bool { try decoder.leaf() }
  func decode(_ type: String.Type) throws -> String { try decoder.leaf() }
  func decode(_ type: Double.Type) throws -> Double { try decoder.leaf() }
  func decode(_ type: Float.Type) throws -> Float { try decoder.leaf() }
  func decode(_ type: Int.Type) throws -> Int { try decoder.leaf() }
  func decode(_ type: Int8.Type) throws -> Int8 { try decoder.leaf() }
  func decode(_ type: Int16.Type) throws -> Int16 { try decoder.leaf() }
  func decode(_ type: Int32.Type) throws -> Int32 { try decoder.leaf() }
  func decode(_ type: Int64.Type) throws -> Int64 { try decoder.leaf() }
  func decode(_ type: UInt.Type) throws -> UInt { try decoder.leaf() }
  func decode(_ type: UInt8.Type) throws -> UInt8 { try decoder.leaf() }
  func decode(_ type: UInt16.Type) throws -> UInt16 { try decoder.leaf() }
  func decode(_ type: UInt32.Type) throws -> UInt32 { try decoder.leaf() }
  func decode(_ type: UInt64.Type) throws -> UInt64 { try decoder.leaf() }
  func decode<T: Decodable>(_ type: T.Type) throws -> T { try T(from: decoder) }
}
