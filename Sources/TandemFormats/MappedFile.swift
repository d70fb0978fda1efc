import Glibc

/// The bytes of a file, mapped into memory read-only for as long as this object lives.
///
/// `@unchecked Sendable`: both stored properties are constants, and the memory that they describe
/// is mapped without the right to write, so threads can only read it; it is unmapped in `deinit`,
/// when nobody else holds the object. A program that shortens the file meanwhile makes reads of the
/// lost pages fatal (SIGBUS), as with every mapping; files replaced by rename, as ``AtomicFile``
/// does it, are safe.
final class MappedFile: @unchecked Sendable {
  /// The file's bytes; valid only while the object is held.
  let bytes: UnsafeRawBufferPointer

  /// Maps a file.
  ///
  /// - Parameter format: begins the error message.
  init(_ path: String, format: String) throws(FormatError) {
    func failure() -> FormatError {
      FormatError(
        .inputOutput, "\(format): cannot open: \(String(cString: strerror(errno))): \(path)")
    }
    let file = open(path, O_RDONLY | O_CLOEXEC)
    guard file >= 0 else { throw failure() }
    defer { close(file) }
    var status = stat()
    guard fstat(file, &status) == 0 else { throw failure() }
    guard status.st_mode & S_IFMT == S_IFREG else {
      throw FormatError(.inputOutput, "\(format): not a regular file: \(path)")
    }
    let size = Int(status.st_size)
    guard size > 0 else {
      bytes = UnsafeRawBufferPointer(start: nil, count: 0)
      return
    }
    guard let start = mmap(nil, size, PROT_READ, MAP_PRIVATE, file, 0), start != MAP_FAILED else {
      throw failure()
    }
    bytes = UnsafeRawBufferPointer(start: start, count: size)
  }

  deinit {
    if let start = bytes.baseAddress {
      munmap(UnsafeMutableRawPointer(mutating: start), bytes.count)
    }
  }
}
