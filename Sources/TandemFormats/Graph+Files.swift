import TandemArray
import TandemGraph
import TandemShapes

extension BoundGraph {
  /// Writes the graph: its structure as JSON, and the values of parameters and constants to
  /// a safetensors file beside it, `model.safetensors` for `model.json`. Waits until they are
  /// computed.
  ///
  /// Each file is replaced in one step, the tensors first. Their file says which text they belong
  /// to, so that a save which was cut off between the two is found when they are read.
  ///
  /// - Throws: `FormatError` if an operator cannot be saved or a file cannot be written; what went
  ///   wrong while a value was computed.
  public func save(_ path: String) throws {
    let values = parameters.merging(constants) { first, _ in first }.sorted { $0.key < $1.key }
    let tensors = values.isEmpty ? nil : GraphFile.tensorsPath(of: path)
    let text: [UInt8]
    do {
      text = Array(try named.text(tensors: tensors.map { GraphFile.name($0) }).utf8)
    } catch { throw GraphFile.failure(error, path) }
    if let tensors {
      try TandemFormats.save(
        values.map { ($0.key, $0.value) }, to: tensors,
        metadata: [GraphFile.digestName: GraphFile.digest(of: text)])
    }
    let file = try AtomicFile(path, format: "graph")
    try file.write(text)
    try file.commit()
  }

  /// Reads a graph that ``save(_:)`` wrote, or anybody else: nothing in the files is trusted. Every
  /// node is inferred again and compared with what was saved; the tensors must be those that the
  /// graph names.
  ///
  /// Operators of your own must have been registered with `Catalog.register`.
  ///
  /// - Throws: `FormatError` that names the file and the node or tensor that is wrong.
  public init(contentsOf path: String) throws(FormatError) {
    let file = try MappedFile(path, format: "graph")
    guard file.bytes.count <= SavedLimits.textByteCountMax else {
      throw FormatError(
        .malformed,
        "graph: \(file.bytes.count) bytes, at most \(SavedLimits.textByteCountMax): \(path)")
    }
    let text = Array(file.bytes)
    do {
      let (named, tensors) = try NamedGraph.reading(text)
      let values = try GraphFile.values(of: named, tensors, text, path)
      try self.init(named, values: values)
    } catch {
      throw GraphFile.failure(error, path)
    }
  }
}

extension Graph {
  /// Reads a graph that was saved; see ``BoundGraph/init(contentsOf:)``.
  ///
  /// - Throws: `FormatError` that names the file and the node or tensor that is wrong.
  public static func load(_ path: String) throws(FormatError) -> BoundGraph {
    try BoundGraph(contentsOf: path)
  }
}

/// What the two files of a saved graph have to do with each other.
private enum GraphFile {
  /// The metadata of the tensors' file that says which text it belongs to.
  static let digestName = "tandem.graph.sha256"

  /// The SHA-256 digest of a text.
  static func digest(of text: [UInt8]) -> String {
    var hash = SHA256()
    text.withUnsafeBytes { hash.add($0) }
    return hash.hexDigest
  }

  /// Where the tensors of a graph go.
  static func tensorsPath(of path: String) -> String {
    let suffix = ".json"
    return (path.hasSuffix(suffix) ? String(path.dropLast(suffix.count)) : path) + ".safetensors"
  }

  /// The last part of a path.
  static func name(_ path: String) -> String {
    String(path.split(separator: "/", omittingEmptySubsequences: false).last ?? "")
  }

  /// The values that a graph needs, from the file beside it.
  static func values(
    of named: NamedGraph, _ tensors: String?, _ text: [UInt8], _ path: String
  ) throws(FormatError) -> [String: NDArray] {
    let bound = (named.positions(of: .parameter) + named.positions(of: .constant))
    let wanted = Set(bound.map { named.inputs[$0].name })
    guard let tensors else {
      if let first = wanted.sorted().first {
        throw FormatError(.malformed, "graph: no file with the tensor \"\(first)\": \(path)")
      }
      return [:]
    }
    let isName =
      !tensors.isEmpty && tensors != "." && tensors != ".." && tensors.utf8.count <= 255
      && !tensors.utf8.contains { $0 == UInt8(ascii: "/") || $0 == 0 }
    guard isName else {
      throw FormatError(
        .malformed, "graph: the tensors' file is no plain name: \"\(tensors.prefix(80))\": \(path)")
    }
    let folder = path.lastIndex(of: "/").map { path[...$0] } ?? ""
    let file = try SafetensorsFile(reading: folder + tensors)
    if let own = file.metadata[digestName], own != digest(of: text) {
      throw FormatError(
        .malformed, "graph: the tensors belong to another graph: \(file.path): \(path)")
    }
    var values: [String: NDArray] = [:]
    for entry in file.entries {
      guard wanted.contains(entry.name) else {
        throw FormatError(
          .malformed, "graph: has no tensor \"\(entry.name)\": \(file.path): \(path)")
      }
      values[entry.name] = file.array(entry)
    }
    return values
  }

  /// An error of reading or writing, with the file.
  static func failure(_ error: any Error, _ path: String) -> FormatError {
    switch error {
    case let error as FormatError: return error
    case let error as SavedGraphError:
      return FormatError(
        error.isUnsupported ? .unsupported : .malformed, "graph: \(error.message): \(path)")
    case let error as ShapeError:
      let message = error.message.hasPrefix("graph: ") ? error.message : "graph: \(error.message)"
      return FormatError(.malformed, "\(message): \(path)")
    default: return FormatError(.malformed, "graph: \(error): \(path)")
    }
  }
}
