extension NamedGraph {
  /// The version of the text that this program writes, and the newest that it reads.
  public static let formatVersion = 1

  private static let format = "tandem.graph"

  private enum CodingKeys: String, CodingKey, CaseIterable {
    case format, version, tensors, axes, inputs, nodes, outputs
  }

  private struct Output: Codable {
    let name: String
    let value: SavedValue
  }

  // MARK: Writing

  /// The graph as JSON, one line for each input, node and result; see the article on saved graphs.
  ///
  /// - Parameter tensors: the name of the file with the values of parameters and constants.
  /// - Throws: `SavedGraphError` if an operator cannot be saved.
  public func text(tensors: String?) throws(SavedGraphError) -> String {
    do {
      var members: [(CodingKeys, String)] = [
        (.format, JSONValue.string(NamedGraph.format).description),
        (.version, "\(NamedGraph.formatVersion)"),
      ]
      if let tensors { members.append((.tensors, JSONValue.string(tensors).description)) }
      if !axes.isEmpty {
        let sorted = axes.sorted { $0.key < $1.key }
        members.append(
          (.axes, JSONValue.object(sorted.map { .init($0.key, .integer($0.value)) }).description))
      }
      members.append((.inputs, try NamedGraph.lines(inputs)))
      let nodes = try graph.nodes.indices.dropFirst(inputs.count).map(savedNode)
      members.append((.nodes, NamedGraph.lines(nodes)))
      let outputs = zip(resultNames, graph.outputs).map { Output(name: $0, value: SavedValue($1)) }
      members.append((.outputs, try NamedGraph.lines(outputs)))
      let text = members.map { "\"\($0.rawValue)\": \($1)" }.joined(separator: ",\n")
      guard text.utf8.count + 3 <= SavedLimits.textByteCountMax else {
        throw SavedGraphError(
          "\(text.utf8.count) bytes, at most \(SavedLimits.textByteCountMax)")
      }
      return "{\(text)}\n"
    } catch {
      throw SavedGraphError(error)
    }
  }

  /// A node, with expressions in its attributes.
  private func savedNode(_ index: Int) throws -> JSONValue {
    let json = try AttributeEncoder.json(SavedNode(node: graph.nodes[index]))
    let depth = 2 + json.depth
    guard depth <= JSONValue.largestDepth else {
      throw SavedGraphError("graphs are nested too deep: node \(index)")
    }
    guard let template = templates[index], case .object(let members) = json else { return json }
    return .object(
      members.map {
        ["attributes", "constant"].contains($0.name) ? JSONValue.Member($0.name, template) : $0
      })
  }

  private static func lines(_ values: [some Encodable]) throws -> String {
    try lines(values.map { try AttributeEncoder.json($0) })
  }

  private static func lines(_ values: [JSONValue]) -> String {
    values.isEmpty
      ? "[]" : "[\n" + values.map { "  \($0)" }.joined(separator: ",\n") + "\n]"
  }

  // MARK: Reading

  /// Reads what ``text(tensors:)`` wrote, or anybody else, and checks all of it: every node is
  /// inferred again.
  ///
  /// - Returns: the graph, and the name of the file with its tensors, if it has one.
  /// - Throws: `SavedGraphError` that names the node that is wrong.
  public static func reading(
    _ text: [UInt8]
  ) throws(SavedGraphError) -> (graph: NamedGraph, tensors: String?) {
    do {
      guard text.count <= SavedLimits.textByteCountMax else {
        throw SavedGraphError("\(text.count) bytes, at most \(SavedLimits.textByteCountMax)")
      }
      let json: JSONValue
      do {
        json = try JSONValue(parsing: text)
      } catch { throw SavedGraphError("no JSON: \(error)") }
      try checkHeader(json)
      let tensors: String? = try json["tensors"].map { try AttributeDecoder.value(String.self, $0) }
      return (try graph(json), tensors)
    } catch {
      throw SavedGraphError(error)
    }
  }

  private static func checkHeader(_ json: JSONValue) throws {
    guard case .object(let members) = json, json["format"] == .string(format) else {
      throw SavedGraphError("no saved graph: no \"format\": \"\(format)\"")
    }
    guard case .integer(let version)? = json["version"] else {
      throw SavedGraphError("no saved graph: no version")
    }
    guard version == formatVersion else {
      throw SavedGraphError(
        "unknown version: \(version), not \(formatVersion)", isUnsupported: true)
    }
    for member in members where CodingKeys(rawValue: member.name) == nil {
      throw SavedGraphError("unknown member \"\(member.name)\"")
    }
  }

  private static func graph(_ json: JSONValue) throws -> NamedGraph {
    func member<T: Decodable>(_ key: CodingKeys, _ type: T.Type) throws -> T {
      guard let json = json[key.rawValue] else { throw SavedGraphError("no \"\(key.rawValue)\"") }
      do {
        return try AttributeDecoder.value(type, json)
      } catch { throw SavedGraphError(error).at(key.rawValue) }
    }
    let axes = json["axes"] == nil ? [:] : try lengths(json["axes"])
    let inputs = try member(.inputs, [GraphInput].self)
    var reader = try GraphReader(inputs: inputs.map { try $0.type.type(axes) })
    guard case .array(let nodes)? = json["nodes"] else { throw SavedGraphError("no \"nodes\"") }
    var templates: [Int: JSONValue] = [:]
    for (index, node) in nodes.enumerated() {
      try reader.add(from: AttributeDecoder.reader(node, axes: axes))
      if !axes.isEmpty, let template = node["attributes"] ?? node["constant"], template.hasText {
        templates[inputs.count + index] = template
      }
    }
    let outputs = try member(.outputs, [Output].self)
    return try NamedGraph(
      try reader.graph(outputs: outputs.map(\.value.value)), inputs, outputs.map(\.name), axes,
      templates: templates)
  }

  private static func lengths(_ json: JSONValue?) throws -> [String: Int] {
    guard case .object(let members)? = json, members.count <= SavedLimits.axisCountMax else {
      throw SavedGraphError("axes: wanted at most \(SavedLimits.axisCountMax) names with lengths")
    }
    var lengths: [String: Int] = [:]
    for member in members {
      guard case .integer(let length) = member.value, AxisExpression.isName(member.name),
        length <= SavedLimits.axisLengthMax
      else { throw SavedGraphError("axes: no example length of \"\(member.name.prefix(80))\"") }
      lengths[member.name] = length
    }
    return lengths
  }
}

extension JSONValue {
  /// How deep lists and objects are nested.
  fileprivate var depth: Int {
    switch self {
    case .array(let elements): 1 + (elements.map(\.depth).max() ?? 0)
    case .object(let members): 1 + (members.map(\.value.depth).max() ?? 0)
    default: 0
    }
  }

  /// Whether there is a text in it.
  fileprivate var hasText: Bool {
    switch self {
    case .string: true
    case .array(let elements): elements.contains(where: \.hasText)
    case .object(let members): members.contains(where: \.value.hasText)
    default: false
    }
  }
}
