import Glibc
import Synchronization

/// A file that appears under its name only when it is complete: written without a name, forced to
/// disk, then named and renamed. Whoever reads the name gets the old bytes or the new, and a
/// process that is killed leaves nothing behind. On file systems that know no files without a name,
/// it has another one in the same folder meanwhile, which a killed process does leave.
package struct AtomicFile: ~Copyable {
  private static let count = Atomic(0)
  /// `O_TMPFILE` of Linux, an expression that Swift does not import.
  private static let openUnnamed = 0o20_000_000 | O_DIRECTORY

  private let path: String
  /// The name until ``commit()``; empty for none.
  private var temporaryPath: String
  private let format: String
  private let file: Int32
  private var isCommitted = false

  /// Begins a file.
  ///
  /// - Parameters:
  ///   - format: begins the error messages.
  ///   - isNamed: whether it is written under another name even where it could do without.
  package init(_ path: String, format: String, isNamed: Bool = false) throws(FormatError) {
    (self.path, self.format) = (path, format)
    let unnamed = isNamed ? -1 : AtomicFile.openWithoutName(beside: path)
    if unnamed >= 0 {
      (temporaryPath, file) = ("", unnamed)
      return
    }
    // Whatever went wrong, the old way works or says what does.
    var opened = Int32(-1)
    temporaryPath = AtomicFile.firstFreeName(beside: path) {
      opened = open($0, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0o666)
      return opened >= 0
    }
    file = opened
    guard file >= 0 else {
      throw FormatError(
        .inputOutput, "\(format): cannot write: \(String(cString: strerror(errno))): \(path)")
    }
  }

  /// Closes the file, and removes it unless it was committed.
  deinit {
    guard file >= 0 else { return }
    close(file)
    if !isCommitted && !temporaryPath.isEmpty { unlink(temporaryPath) }
  }

  /// A file in the folder that ends with its last descriptor; negative if there can be none, or if
  /// it could not be given a name.
  private static func openWithoutName(beside path: String) -> Int32 {
    let file = open(folder(of: path), O_WRONLY | openUnnamed | O_CLOEXEC, 0o666)
    guard file >= 0, access(link(to: file), F_OK) != 0 else { return file }
    close(file)
    return -1
  }

  private static func link(to file: Int32) -> String { "/proc/self/fd/\(file)" }

  private static func folder(of path: String) -> String {
    path.lastIndex(of: "/").map { String(path[...$0]) } ?? "."
  }

  /// Tries names until nobody has one. A process that was killed may have left a file of the same
  /// name: in a container, every run has the same process number.
  ///
  /// - Parameter take: whether it could take the name; sets `errno` if not.
  private static func firstFreeName(beside path: String, _ take: (String) -> Bool) -> String {
    var name = ""
    for _ in 0..<1000 {
      let number = count.wrappingAdd(1, ordering: .relaxed).newValue
      name = "\(path).\(getpid()).\(number).tmp"
      if take(name) || errno != EEXIST { break }
    }
    return name
  }

  /// Gives the file a name, if it has none, so that it can be renamed; false if that is not
  /// possible.
  private mutating func takeName() -> Bool {
    guard temporaryPath.isEmpty else { return true }
    let file = file
    var isLinked = false
    let name = AtomicFile.firstFreeName(beside: path) {
      isLinked =
        linkat(AT_FDCWD, AtomicFile.link(to: file), AT_FDCWD, $0, AT_SYMLINK_FOLLOW) == 0
      return isLinked
    }
    if isLinked { temporaryPath = name }
    return isLinked
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
  package borrowing func write(_ bytes: [UInt8]) throws(FormatError) {
    do {
      try bytes.withUnsafeBytes { try write($0) }
    } catch let error as FormatError {
      throw error
    } catch {
      throw FormatError(.inputOutput, "\(format): \(error): \(path)")
    }
  }

  /// Gives the file its name, after its bytes are on disk.
  package consuming func commit() throws(FormatError) {
    guard fsync(file) == 0, takeName(), rename(temporaryPath, path) == 0 else { throw failure() }
    isCommitted = true
    // The new name must survive a power failure too; file systems that cannot do it do not matter.
    let directory = open(AtomicFile.folder(of: path), O_RDONLY | O_DIRECTORY | O_CLOEXEC)
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
