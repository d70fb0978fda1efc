/// Builds a graph of saved nodes, one by one, and trusts none: what a node uses must be there, the
/// operator's rule must accept it, and must give the types that were saved.
struct GraphReader {
  private(set) var nodes: [Graph.Node] = []
  private let inputCount: Int

  /// A graph with these inputs, and no other nodes yet.
  init(inputs: [TensorType]) throws {
    guard inputs.count <= SavedLimits.valueCountMax else {
      throw SavedGraphError("too many inputs: \(inputs.count)")
    }
    inputCount = inputs.count
    for (position, type) in inputs.enumerated() {
      do throws(ShapeError) {
        try SavedLimits.check(type)
      } catch { throw SavedGraphError(error).at("input \(position)") }
      nodes.append(Graph.Node(kind: .input(position), inputs: [], types: TensorTypes(type)))
    }
  }

  /// Adds a node.
  ///
  /// - Throws: `SavedGraphError` that names the node.
  mutating func add(from decoder: any Decoder) throws {
    var name: String?
    do {
      let container = try decoder.container(keyedBy: SavedNode.CodingKeys.self)
      name = try container.decodeIfPresent(String.self, forKey: .op)
      if let name {
        try addOperation(name, container)
      } else {
        let value = try container.decode(ScalarValue.self, forKey: .constant)
        guard container.allKeys.count == 1 else {
          throw SavedGraphError("a constant with other members")
        }
        let type = TensorType(Shape(), value.dtype)
        nodes.append(Graph.Node(kind: .constant(value), inputs: [], types: TensorTypes(type)))
      }
    } catch {
      let title = name.map { " (\($0.prefix(80)))" } ?? ""
      throw SavedGraphError(error).at("node \(nodes.count)\(title)")
    }
  }

  private mutating func addOperation(
    _ name: String, _ container: KeyedDecodingContainer<SavedNode.CodingKeys>
  ) throws {
    if container.contains(.constant) { throw SavedGraphError("an operator with a constant") }
    let type = try SavedNode.type(named: name)
    let inputs = try container.decode([SavedValue].self, forKey: .inputs).map(\.value)
    let path = try container.decodeIfPresent(String.self, forKey: .path) ?? ""
    guard path.utf8.count <= SavedLimits.pathByteCountMax else {
      throw SavedGraphError("path too long: \(path.utf8.count) bytes")
    }
    guard inputs.count <= SavedLimits.valueCountMax else {
      throw SavedGraphError("too many inputs: \(inputs.count)")
    }
    for input in inputs { try check(input) }
    let op = try GraphReader.operation(type, container)
    let operands = TensorTypes(inputs.map { nodes[$0.node].types[$0.output] })
    let found = try op.verifiedOutputTypes(for: operands)
    for type in found { try SavedLimits.check(type) }
    let saved = try container.decode([TensorType].self, forKey: .types)
    guard saved == Array(found) else {
      throw SavedGraphError("saved as \(TensorTypes(saved)), its rule gives \(found)")
    }
    nodes.append(Graph.Node(kind: .operation(op), inputs: inputs, types: found, path: path))
  }

  private static func operation(
    _ type: any Op.Type, _ container: KeyedDecodingContainer<SavedNode.CodingKeys>
  ) throws -> any Op {
    guard let type = type as? any (Op & Codable).Type else {
      throw SavedGraphError("\(type.name) has no Codable attributes", isUnsupported: true)
    }
    func decoded<T: Op & Codable>(_ type: T.Type) throws -> any Op {
      guard container.contains(.attributes) else {
        return try AttributeDecoder.value(type, .object([]))
      }
      let decoder = try container.superDecoder(forKey: .attributes)
      let op = try T(from: decoder)
      try refuseUnknown(decoder, op)
      return op
    }
    return try decoded(type)
  }

  /// An operator without attributes never looks at them: whatever stands there is unknown.
  private static func refuseUnknown(_ decoder: any Decoder, _ op: any Encodable) throws {
    guard try AttributeEncoder.json(op) == .object([]) else { return }
    let members = try decoder.container(keyedBy: AnyKey.self).allKeys
    if let first = members.first {
      throw SavedGraphError("attributes: unknown member \"\(first.stringValue)\"")
    }
  }

  private struct AnyKey: CodingKey {
    let stringValue: String
    var intValue: Int? { nil }
    init?(stringValue: String) { self.stringValue = stringValue }
    init?(intValue: Int) { nil }
  }

  private func check(_ value: Graph.Value) throws(SavedGraphError) {
    guard nodes.indices.contains(value.node) else {
      throw SavedGraphError("uses node \(value.node), which is not before it")
    }
    guard nodes[value.node].types.indices.contains(value.output) else {
      throw SavedGraphError("uses output \(value.output) of node \(value.node), which has none")
    }
  }

  /// The graph with these results.
  func graph(outputs: [Graph.Value]) throws(SavedGraphError) -> Graph {
    guard outputs.count <= SavedLimits.valueCountMax else {
      throw SavedGraphError("too many results: \(outputs.count)")
    }
    for (position, output) in outputs.enumerated() {
      do throws(SavedGraphError) {
        try check(output)
      } catch { throw error.at("result \(position)") }
    }
    return Graph(nodes: nodes, inputs: Array(0..<inputCount), outputs: outputs)
  }
}

extension Subgraph: Codable {
  private enum CodingKeys: String, CodingKey { case inputs, nodes, outputs }

  /// A graph inside of an operator: the types of its inputs, which are the first values, its nodes
  /// and its results.
  ///
  /// - Throws: `SavedGraphError` that names the node that is wrong.
  public init(from decoder: any Decoder) throws {
    let container = try decoder.container(keyedBy: CodingKeys.self)
    var reader = try GraphReader(inputs: container.decode([TensorType].self, forKey: .inputs))
    var nodes = try container.nestedUnkeyedContainer(forKey: .nodes)
    while !nodes.isAtEnd { try reader.add(from: nodes.superDecoder()) }
    let outputs = try container.decode([SavedValue].self, forKey: .outputs).map(\.value)
    self.init(try reader.graph(outputs: outputs))
  }

  public func encode(to encoder: any Encoder) throws {
    let graph = graph.reduced(toInputs: graph.inputs)
    var container = encoder.container(keyedBy: CodingKeys.self)
    try container.encode(inputTypes, forKey: .inputs)
    try container.encode(
      graph.nodes.dropFirst(graph.inputs.count).map(SavedNode.init), forKey: .nodes)
    try container.encode(graph.outputs.map(SavedValue.init), forKey: .outputs)
  }
}

extension TensorType: Codable {
  private enum CodingKeys: String, CodingKey { case dtype, shape }

  /// Dtype and shape.
  ///
  /// - Throws: what the decoder throws.
  public init(from decoder: any Decoder) throws {
    let container = try decoder.container(keyedBy: CodingKeys.self)
    self.init(
      try container.decode(Shape.self, forKey: .shape),
      try container.decode(DType.self, forKey: .dtype))
  }

  public func encode(to encoder: any Encoder) throws {
    var container = encoder.container(keyedBy: CodingKeys.self)
    try container.encode(dtype, forKey: .dtype)
    try container.encode(shape, forKey: .shape)
  }
}
