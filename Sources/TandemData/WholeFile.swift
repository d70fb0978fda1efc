import Glibc

/// What the system says of the last failed call.
func lastSystemError() -> String { String(cString: strerror(errno)) }

/// Opens a file for reading; the descriptor is not inherited by child processes.
func openForReading(_ path: String) throws(DataSetError) -> Int32 {
  while true {
    let file = open(path, O_RDONLY | O_CLOEXEC)
    if file >= 0 { return file }
    guard errno == EINTR else {
      throw DataSetError(.inputOutput, "file: cannot open: \(lastSystemError()): \(path)")
    }
  }
}

/// The size of a regular file, or `nil` if there is none at this path.
func regularFileSize(_ path: String) -> Int? {
  var status = stat()
  guard stat(path, &status) == 0, status.st_mode & S_IFMT == S_IFREG else { return nil }
  return Int(status.st_size)
}

/// All bytes of a file.
///
/// - Throws: `DataSetError` if it cannot be read or is longer than `largest` bytes.
func wholeFile(_ path: String, largest: Int) throws(DataSetError) -> [UInt8] {
  let file = try openForReading(path)
  defer { close(file) }
  var status = stat()
  guard fstat(file, &status) == 0 else {
    throw DataSetError(.inputOutput, "file: cannot read: \(lastSystemError()): \(path)")
  }
  let size = Int(status.st_size)
  guard size <= largest else {
    throw DataSetError(.malformed, "file: larger than \(largest) bytes: \(size): \(path)")
  }
  var bytes = [UInt8](repeating: 0, count: size)
  var done = 0
  while done < size {
    let count = bytes.withUnsafeMutableBytes { read(file, $0.baseAddress! + done, size - done) }
    if count > 0 {
      done += count
    } else if count == 0 {
      throw DataSetError(.inputOutput, "file: shrank while it was read: \(path)")
    } else if errno != EINTR {
      throw DataSetError(.inputOutput, "file: cannot read: \(lastSystemError()): \(path)")
    }
  }
  return bytes
}
