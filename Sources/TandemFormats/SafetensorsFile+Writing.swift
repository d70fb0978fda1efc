import TandemGraph
import TandemShapes

extension SafetensorsFile {
  /// Writes a file in one step: readers of `path` see the old file or the whole new one.
  ///
  /// Tensors are ordered as by the format's reference writer, by dtype from the widest down and
  /// then by name, so that every tensor is aligned to its elements; the header is padded to a
  /// multiple of 8 bytes. The same tensors give the same bytes, the very bytes of the reference
  /// writer.
  ///
  /// - Parameters:
  ///   - tensors: names, unique, and types.
  ///   - path: the file; its folder must exist.
  ///   - metadata: text to attach.
  ///   - bytes: called once for each tensor, in the file's order, with its index in `tensors`;
  ///     hands the elements, little-endian and row-major, to the function that it is given, in one
  ///     or more pieces.
  /// - Throws: `FormatError` if a name is reserved or used twice, if the format does not have
  ///   a dtype, if a tensor's pieces do not add up, or if the file cannot be written; what `bytes`
  ///   throws. `path` is then as it was.
  public static func write(
    _ tensors: [(name: String, type: TensorType)], to path: String,
    metadata: [String: String] = [:],
    bytes: (_ index: Int, _ sink: (UnsafeRawBufferPointer) throws(FormatError) -> Void)
      throws -> Void
  ) throws {
    let order = try order(of: tensors, path: path)
    let header = try header(tensors, order, metadata, path: path)
    let file = try AtomicFile(path, format: "safetensors")
    try file.write(header)
    for index in order {
      var count = 0
      try bytes(index) { (piece: UnsafeRawBufferPointer) throws(FormatError) in
        count += piece.count
        try file.write(piece)
      }
      let (name, type) = tensors[index]
      guard count == type.byteCount else {
        throw FormatError(
          .malformed,
          "safetensors: \(type) takes \(type.byteCount) bytes, got \(count): tensor \"\(name)\": "
            + path)
      }
    }
    try file.commit()
  }

  private static func name(of dtype: DType) -> String? {
    dtypeNames.first { $0.dtype == dtype }?.name
  }

  private static func order(
    of tensors: [(name: String, type: TensorType)], path: String
  ) throws(FormatError) -> [Int] {
    var names: Set<String> = []
    for (tensor, type) in tensors {
      func refuse(_ code: FormatError.Code, _ complaint: String) -> FormatError {
        FormatError(code, "safetensors: \(complaint): tensor \"\(tensor)\": \(path)")
      }
      if tensor == "__metadata__" { throw refuse(.malformed, "reserved name") }
      if !names.insert(tensor).inserted { throw refuse(.malformed, "two tensors of one name") }
      if name(of: type.dtype) == nil {
        throw refuse(.unsupported, "the format has no \(type.dtype)")
      }
    }
    let ranks = tensors.map { tensor in dtypeNames.firstIndex { $0.dtype == tensor.type.dtype } ?? 0
    }
    return tensors.indices.sorted { left, right in
      ranks[left] != ranks[right]
        ? ranks[left] > ranks[right]
        : tensors[left].name.utf8.lexicographicallyPrecedes(tensors[right].name.utf8)
    }
  }

  /// The length and the JSON text, padded with spaces.
  private static func header(
    _ tensors: [(name: String, type: TensorType)], _ order: [Int], _ metadata: [String: String],
    path: String
  ) throws(FormatError) -> [UInt8] {
    var members: [JSONValue.Member] = []
    if !metadata.isEmpty {
      let sorted = metadata.sorted { $0.key.utf8.lexicographicallyPrecedes($1.key.utf8) }
      members.append(
        JSONValue.Member(
          "__metadata__", .object(sorted.map { JSONValue.Member($0.key, .string($0.value)) })))
    }
    var offset = 0
    for index in order {
      let (name, type) = tensors[index]
      let end = offset + type.byteCount
      members.append(
        JSONValue.Member(
          name,
          .object([
            JSONValue.Member("dtype", .string(self.name(of: type.dtype) ?? "")),
            JSONValue.Member("shape", .array(type.shape.array.map { .integer($0) })),
            JSONValue.Member("data_offsets", .array([.integer(offset), .integer(end)])),
          ])))
      offset = end
    }
    var text = Array(JSONValue.object(members).description.utf8)
    text += [UInt8](repeating: 0x20, count: (8 - text.count % 8) % 8)
    guard text.count <= largestHeader else {
      throw FormatError(
        .malformed,
        "safetensors: header too long: \(text.count) bytes, at most \(largestHeader): \(path)")
    }
    let length = (0..<8).map { UInt8(truncatingIfNeeded: text.count >> (8 * $0)) }
    return length + text
  }
}
