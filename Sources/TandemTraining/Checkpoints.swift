import Glibc
import TandemArray
import TandemData
import TandemFormats
import TandemShapes

/// A folder of checkpoints, from which training goes on with the same bits.
///
///     let checkpoints = Checkpoints("run1")
///     let resumed = try checkpoints.resume(trainer, model)   // nil at the first start
///     …
///     try checkpoints.save(trainer, model, position: batches.position(after: done))
///
/// One checkpoint is one safetensors file, `step-000000000123.safetensors`: parameters and state
/// cells of the model, numbers and memory of the optimizer, the step, the random state, the place
/// in the data and a SHA-256 digest of all that. It is written beside, forced to disk and renamed,
/// so a process that is killed leaves the checkpoints from before; the last two are kept. Reading
/// takes the newest file that is whole, and says which ones were not.
public struct Checkpoints: Sendable {
  /// Where the files are.
  public let folder: String
  /// How many of them are kept.
  public let keeping: Int

  /// - Parameters:
  ///   - folder: made at the first save if it is not there.
  ///   - keeping: how many checkpoints stay; at least one.
  public init(
    _ folder: String, keeping: Int = 2, file: StaticString = #fileID, line: UInt = #line
  ) {
    if keeping < 1 {
      fail("checkpoints: one at least must be kept, got \(keeping)", at: CallSite(file, line))
    }
    (self.folder, self.keeping) = (folder, keeping)
  }

  /// Writes a checkpoint and removes the oldest beyond ``keeping``. Waits until all is computed.
  ///
  /// - Parameters:
  ///   - position: where the data goes on.
  ///   - notes: what else the program wants to know when it goes on.
  ///   - also: a value whose parameters and state cells are saved with the model's.
  /// - Throws: `CheckpointError` or `FormatError` if a file cannot be written, or a parameter has
  ///   no value yet; what went wrong while an array was computed.
  public func save(
    _ trainer: Trainer, _ model: some Layer, position: BatchPosition? = nil,
    notes: [String: String] = [:], also: Any? = nil
  ) throws {
    guard mkdir(folder, 0o777) == 0 || errno == EEXIST else {
      throw CheckpointError(
        .inputOutput, "checkpoint: no folder: \(String(cString: strerror(errno))): \(folder)")
    }
    let arrays = try CheckpointContents(trainer, model, also).arrays()
    var metadata = notes.reduce(into: [:]) { $0["note.\($1.key)"] = $1.value }
    let key = randomState()
    metadata["tandem.checkpoint"] = "1"
    metadata["step"] = "\(trainer.stepCount)"
    metadata["random"] = "\(key.seed) \(key.stream) \(key.tick)"
    metadata["optimizer"] = type(of: trainer.optimizer).name
    metadata["position"] = position?.description
    metadata["digest"] = try CheckpointDigest.of(
      arrays.map { ($0.0, $0.1.type) }, metadata
    ) { index, add in try arrays[index].1.withUnsafeBytes { add($0) } }
    try TandemFormats.save(arrays, to: path(trainer.stepCount), metadata: metadata)
    for old in try names().dropLast(keeping) { unlink("\(folder)/\(old)") }
  }

  /// Puts model, optimizer, step and random state where the newest whole checkpoint had them.
  ///
  /// - Parameter also: as in ``save(_:_:position:notes:also:)``.
  /// - Returns: what the checkpoint says besides; `nil` if there is none.
  /// - Throws: `CheckpointError`: `damaged` if there are files and none is whole, `unfit` if the
  ///   newest whole one has other names, types or another optimizer. Nothing is changed then.
  public func resume(
    _ trainer: Trainer, _ model: some Layer, also: Any? = nil
  ) throws -> Checkpoint? {
    var refused: [String] = []
    for name in try names().reversed() {
      let whole: (file: SafetensorsFile, checkpoint: Checkpoint)
      do {
        whole = try Checkpoint.read("\(folder)/\(name)")
      } catch {
        refused.append("\(error)")
        continue
      }
      var checkpoint = whole.checkpoint
      checkpoint.refused = refused
      let contents = CheckpointContents(trainer, model, also)
      try contents.restore(whole.file)
      trainer.stepCount = checkpoint.step
      setRandomState(checkpoint.random)
      return checkpoint
    }
    if refused.isEmpty { return nil }
    throw CheckpointError(
      .damaged, "checkpoint: none is whole: \(refused.joined(separator: "; ")): \(folder)")
  }

  /// The file of a step.
  private func path(_ step: Int) -> String {
    let digits = "\(step)"
    let zeros = String(repeating: "0", count: Swift.max(0, 12 - digits.count))
    return "\(folder)/step-\(zeros)\(digits).safetensors"
  }

  /// The checkpoints' names, oldest first.
  private func names() throws(CheckpointError) -> [String] {
    guard let directory = opendir(folder) else {
      if errno == ENOENT { return [] }
      throw CheckpointError(
        .inputOutput, "checkpoint: cannot open: \(String(cString: strerror(errno))): \(folder)")
    }
    defer { closedir(directory) }
    var names: [String] = []
    while let entry = readdir(directory) {
      let name = withUnsafePointer(to: &entry.pointee.d_name) {
        $0.withMemoryRebound(to: CChar.self, capacity: 256) { String(cString: $0) }
      }
      if name.hasPrefix("step-"), name.hasSuffix(".safetensors") { names.append(name) }
    }
    return names.sorted()
  }
}
