/// A node as it is saved.
///
/// | member | |
/// | --- | --- |
/// | `op` | `domain.name@version` |
/// | `inputs` | values, each the number of a node or `[node, output]` |
/// | `attributes` | the stored properties of the operator |
/// | `types` | of the outputs |
/// | `path` | the module, if there is one; at most 256 bytes of it |
/// | `constant` | instead of all these: a number |
struct SavedNode: Encodable {
  let node: Graph.Node

  enum CodingKeys: String, CodingKey { case op, inputs, attributes, types, path, constant }

  func encode(to encoder: any Encoder) throws {
    var container = encoder.container(keyedBy: CodingKeys.self)
    switch node.kind {
    case .input(let position):
      throw SavedGraphError("broken invariant: input \(position) among the nodes")
    case .constant(let value): try container.encode(value, forKey: .constant)
    case .operation(let op):
      guard let attributes = op as? any Codable else {
        throw SavedGraphError(
          "\(Swift.type(of: op).name) has no Codable attributes, cannot be saved")
      }
      try container.encode(SavedNode.name(of: Swift.type(of: op)), forKey: .op)
      try container.encode(node.inputs.map(SavedValue.init), forKey: .inputs)
      if try AttributeEncoder.json(attributes) != .object([]) {
        try container.encode(Attributes(value: attributes), forKey: .attributes)
      }
      try container.encode(Array(node.types), forKey: .types)
      if !node.path.isEmpty {
        try container.encode(SavedNode.shortened(node.path), forKey: .path)
      }
    }
  }

  /// As many characters of a path as files hold.
  private static func shortened(_ path: String) -> String {
    guard path.utf8.count > SavedLimits.pathByteCountMax else { return path }
    var (short, byteCount) = ("", 0)
    for character in path {
      byteCount += character.utf8.count
      if byteCount > SavedLimits.pathByteCountMax { break }
      short.append(character)
    }
    return short
  }

  private struct Attributes: Encodable {
    let value: any Encodable

    func encode(to encoder: any Encoder) throws { try value.encode(to: encoder) }
  }

  /// The name of an operator in files; operators without a domain are Tandem's.
  static func name(of type: any Op.Type) -> String {
    "\(type.name.contains(".") ? "" : "tandem.")\(type.name)@\(type.version)"
  }

  /// The operator of a name.
  ///
  /// - Throws: `SavedGraphError` if there is none of this name and version.
  static func type(named text: String) throws(SavedGraphError) -> any Op.Type {
    Catalog.registerControlFlow()
    let parts = text.split(separator: "@", omittingEmptySubsequences: false)
    guard parts.count == 2, let version = Int(parts[1]), "\(version)" == parts[1] else {
      throw SavedGraphError("no operator's name: \"\(text.prefix(80))\"")
    }
    let prefix = "tandem."
    let name = String(parts[0].hasPrefix(prefix) ? parts[0].dropFirst(prefix.count) : parts[0])
    guard let type = Catalog.find(name: name, version: version), SavedNode.name(of: type) == text
    else { throw SavedGraphError("unknown operator: \"\(text.prefix(80))\"", isUnsupported: true) }
    return type
  }
}

/// One output of a node, as it is saved: the node's number, or `[node, output]`.
struct SavedValue: Codable {
  let value: Graph.Value

  init(_ value: Graph.Value) { self.value = value }

  init(from decoder: any Decoder) throws {
    if let node = try? decoder.singleValueContainer().decode(Int.self) {
      value = Graph.Value(node: node)
      return
    }
    let pair = try [Int](from: decoder)
    guard pair.count == 2 else { throw SavedGraphError("no value: \(pair.count) numbers") }
    value = Graph.Value(node: pair[0], output: pair[1])
  }

  func encode(to encoder: any Encoder) throws {
    if value.output == 0 {
      try value.node.encode(to: encoder)
    } else {
      try [value.node, value.output].encode(to: encoder)
    }
  }
}
