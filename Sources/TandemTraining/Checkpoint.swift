import TandemData
import TandemFormats
import TandemShapes

/// What a checkpoint says beside its arrays.
public struct Checkpoint: Sendable {
  /// How many steps were made.
  public let step: Int
  /// Where the data goes on, if that was saved.
  public let position: BatchPosition?
  /// What the program had noted.
  public let notes: [String: String]
  /// The file.
  public let path: String
  /// Why newer files were passed over, newest first.
  public internal(set) var refused: [String] = []

  let random: RandomKey

  /// Opens a file and compares its digest.
  ///
  /// - Throws: `FormatError` or `CheckpointError` if it is not whole, or no checkpoint.
  static func read(
    _ path: String
  ) throws -> (file: SafetensorsFile, checkpoint: Checkpoint) {
    let file = try SafetensorsFile(reading: path)
    var metadata = file.metadata
    guard metadata["tandem.checkpoint"] == "1", let digest = metadata.removeValue(forKey: "digest")
    else { throw CheckpointError(.damaged, "checkpoint: of no version that is known: \(path)") }
    let actual = CheckpointDigest.of(
      file.entries.map { ($0.name, $0.type) }, metadata
    ) { index, add in file.withBytes(of: file.entries[index]) { add($0) } }
    guard actual == digest else {
      throw CheckpointError(.damaged, "checkpoint: wrong checksum: \(path)")
    }
    let random = (metadata["random"] ?? "").split(separator: " ").compactMap { UInt64($0) }
    let position = metadata["position"]
    guard let step = metadata["step"].flatMap({ Int($0) }), step >= 0, random.count == 3 else {
      throw CheckpointError(.damaged, "checkpoint: no step or random state: \(path)")
    }
    let known = position.flatMap { BatchPosition($0) }
    if position != nil && known == nil {
      throw CheckpointError(.damaged, "checkpoint: no position: \(position ?? ""): \(path)")
    }
    let notes = metadata.filter { $0.key.hasPrefix("note.") }
    let checkpoint = Checkpoint(
      step: step, position: known,
      notes: Dictionary(
        uniqueKeysWithValues: notes.map { (String($0.key.dropFirst(5)), $0.value) }),
      path: path, random: RandomKey(seed: random[0], stream: random[1], tick: random[2]))
    return (file, checkpoint)
  }
}

/// The digest of a checkpoint: SHA-256 of its texts and of names, types and bytes of its arrays, in
/// the order of the names.
enum CheckpointDigest {
  static func of(
    _ arrays: [(name: String, type: TensorType)], _ metadata: [String: String],
    _ bytes: (_ index: Int, _ add: (UnsafeRawBufferPointer) -> Void) throws -> Void
  ) rethrows -> String {
    var hash = SHA256()
    func add(_ text: String) { Array(text.utf8).withUnsafeBytes { hash.add($0) } }
    for (key, value) in metadata.sorted(by: { $0.key < $1.key }) {
      add("\(key.utf8.count) \(key) \(value.utf8.count) \(value)\n")
    }
    for index in arrays.indices.sorted(by: { arrays[$0].name < arrays[$1].name }) {
      add("\(arrays[index].name.utf8.count) \(arrays[index].name) \(arrays[index].type)\n")
      try bytes(index) { hash.add($0) }
    }
    return hash.hexDigest
  }
}
