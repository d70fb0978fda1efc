import CTandem
import Glibc
import TandemShapes

/// When a download is given up, in seconds.
struct DownloadLimits: Sendable {
  /// To reach the server, names included.
  var connectSeconds = 10.0
  /// Without a thousand bytes a second.
  var stallSeconds = 20.0
  /// For one file, all attempts together; and before them, for another process that downloads it.
  var totalSeconds = 900.0
  /// How often a broken connection is taken up again where it broke.
  var attempts = 4
}

/// Fetches one file of known size and checksum through the system's `curl`.
///
/// The bytes go to `<name>.part`, which a later attempt, also by another process, continues. Only a
/// file with the right checksum gets its own name, in one step. A lock keeps two processes from
/// writing one part.
struct Download {
  let url: String
  let file: DataSetFile
  let folder: String
  let limits: DownloadLimits

  private var path: String { "\(folder)/\(file.name)" }
  private var part: String { "\(path).part" }

  /// Blocks until the file is there.
  ///
  /// - Throws: `DataSetError`: `unreachable`, also if the cache cannot be written or another
  ///   process holds the lock for too long; `checksum`.
  func run() throws(DataSetError) {
    makeFolder(folder)
    let lock = open("\(path).lock", O_RDWR | O_CREAT | O_CLOEXEC, 0o644)
    guard lock >= 0 else {
      throw DataSetError(.unreachable, "download: cannot write: \(lastSystemError()): \(folder)")
    }
    defer { close(lock) }
    try hold(lock)
    if try isComplete(path) { return }  // another process was faster
    say("downloading \(url)")
    try fetch()
    guard rename(part, path) == 0 else {
      throw DataSetError(.inputOutput, "download: cannot rename: \(lastSystemError()): \(part)")
    }
    unlink("\(path).lock")
  }

  /// Takes the lock, which another process may hold while it downloads the same file.
  private func hold(_ lock: Int32) throws(DataSetError) {
    let deadline = tandem_process_seconds() + limits.totalSeconds
    var isFirst = true
    while flock(lock, LOCK_EX | LOCK_NB) != 0 {
      guard errno == EWOULDBLOCK || errno == EINTR else {
        throw DataSetError(
          .unreachable, "download: cannot lock: \(lastSystemError()): \(path).lock")
      }
      guard tandem_process_seconds() < deadline else {
        throw DataSetError(
          .unreachable,
          "download: another process holds the lock for more than \(limits.totalSeconds) seconds: "
            + "\(path).lock")
      }
      if isFirst { say("waiting for another process that downloads \(path)") }
      isFirst = false
      usleep(50_000)
    }
  }

  /// Attempts until the part is complete and right.
  private func fetch() throws(DataSetError) {
    let deadline = tandem_process_seconds() + limits.totalSeconds
    for attempt in 1... {
      if (regularFileSize(part) ?? 0) > file.byteCount { unlink(part) }
      let before = regularFileSize(part) ?? 0
      if before < file.byteCount {
        let transfer = CurlTransfer(
          url: url, output: part, byteCount: file.byteCount, limits: limits, deadline: deadline)
        switch try transfer.run() {
        case .done: break
        case .cannotResume where before > 0:
          unlink(part)
          continue
        case .cannotResume:
          throw DataSetError(.unreachable, "download: server gives no such range: \(url)")
        case .tooLong:
          throw DataSetError(.checksum, "download: longer than \(file.byteCount) bytes: \(url)")
        case .failed(let complaint):
          // A broken connection is worth another attempt only if it brought something.
          let after = regularFileSize(part) ?? 0
          guard after > before, attempt < limits.attempts, tandem_process_seconds() < deadline
          else {
            throw DataSetError(.unreachable, "download: \(complaint): \(url)")
          }
          continue
        }
      }
      if try isChecked(resumedFrom: before) { return }
    }
  }

  /// Whether the part is the file that was wanted; `false` if it is not but was begun earlier, so
  /// that it is worth to begin anew.
  private func isChecked(resumedFrom before: Int) throws(DataSetError) -> Bool {
    let size = regularFileSize(part) ?? 0
    let sum = size == 0 ? "nothing" : try SHA256.hexDigest(ofFile: part)
    if sum == file.sha256 { return true }
    unlink(part)
    if before > 0 { return false }
    throw DataSetError(
      .checksum,
      "download: wrong checksum: \(size) bytes with sha256 \(sum), wanted \(file.byteCount) bytes "
        + "with \(file.sha256): \(url)")
  }

  private func isComplete(_ path: String) throws(DataSetError) -> Bool {
    guard regularFileSize(path) == file.byteCount else { return false }
    return try SHA256.hexDigest(ofFile: path) == file.sha256
  }

  /// Makes a folder and those above it; what cannot be made shows when a file is opened in it.
  private func makeFolder(_ folder: String) {
    var made = ""
    for name in folder.split(separator: "/") {
      made += "/\(name)"
      mkdir(made, 0o755)
    }
  }
}

/// Writes one line about data to standard error.
func say(_ text: String) {
  var line = "tandem: \(text)\n"
  line.withUTF8 { tandem_write_error($0.baseAddress, $0.count) }
}
