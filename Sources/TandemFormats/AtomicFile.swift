import Glibc
import Synchronization

/// A file that appears under its name only when it is complete: written under another name in the
/// same folder, forced to disk, then renamed. Whoever reads the name gets the old bytes or the new.
struct AtomicFile: ~Copyable {
  private static let count = Atomic(0)

  private let path: String
  private let temporaryPath: String
  private let format: String
  private let file: Int32
  private var isCommitted = false

  /// Begins a file.
  ///
  /// - Parameter format: begins the error messages.
  init(_ path: String, format: String) throws(FormatError) {
    (self.path, self.format) = (path, format)
    var (name, opened) = ("", Int32(-1))
    // A process that was killed may have left a file of the same name: in a container, every run
    // has the same process number.
    for _ in 0..<1000 where opened < 0 {
      let number = AtomicFile.count.wrappingAdd(1, ordering: .relaxed).newValue
      name = "\(path).\(getpid()).\(number).tmp"
      opened = open(name, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0o666)
      if opened < 0 && errno != EEXIST { break }
    }
    (temporaryPath, file) = (name, opened)
    guard file >= 0 else {
      throw FormatError(
        .inputOutput, "\(format): cannot write: \(String(cString: strerror(errno))): \(path)")
    }
  }

  /// Closes the file, and removes it unless it was committed.
  deinit {
    guard file >= 0 else { return }
    close(file)
    if !isCommitted { unlink(temporaryPath) }
  }

  /// Appends bytes.
  func write(_ bytes: UnsafeRawBufferPointer) throws(FormatError) {
    var rest = bytes
    while rest.count > 0 {
      // Linux writes at most 2 GiB at once.
      let count = Glibc.write(file, rest.baseAddress, min(rest.count, 1 << 30))
      if count > 0 {
        rest = UnsafeRawBufferPointer(rebasing: rest.dropFirst(count))
      } else if count == 0 || errno != EINTR {
        throw failure()
      }
    }
  }

  /// Appends all bytes of an array.
  borrowing func write(_ bytes: [UInt8]) throws(FormatError) {
    do {
      try bytes.withUnsafeBytes { try write($0) }
    } catch let error as FormatError {
      throw error
    } catch {
      throw FormatError(.inputOutput, "\(format): \(error): \(path)")
    }
  }

  /// Gives the file its name, after its bytes are on disk.
  consuming func commit() throws(FormatError) {
    guard fsync(file) == 0, rename(temporaryPath, path) == 0 else { throw failure() }
    isCommitted = true
    // The new name must survive a power failure too; file systems that cannot do it do not matter.
    let folder = path.lastIndex(of: "/").map { path[...$0] } ?? "."
    let directory = open(String(folder), O_RDONLY | O_DIRECTORY | O_CLOEXEC)
    if directory >= 0 {
      fsync(directory)
      close(directory)
    }
  }

  private func failure() -> FormatError {
    FormatError(
      .inputOutput, "\(format): cannot write: \(String(cString: strerror(errno))): \(path)")
  }
}
