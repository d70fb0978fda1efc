import Glibc
import TandemShapes

extension SHA256 {
  /// The digest of some bytes, in hexadecimal.
  static func hexDigest(of bytes: [UInt8]) -> String {
    var hash = SHA256()
    bytes.withUnsafeBytes { hash.add($0) }
    return hash.hexDigest
  }

  /// The digest of a file, in hexadecimal, read in pieces of 1 MiB.
  static func hexDigest(ofFile path: String) throws(DataSetError) -> String {
    let file = try openForReading(path)
    defer { close(file) }
    var hash = SHA256()
    var piece = [UInt8](repeating: 0, count: 1 << 20)
    while true {
      let count = read(file, &piece, piece.count)
      if count == 0 { return hash.hexDigest }
      if count > 0 {
        piece.withUnsafeBytes { hash.add(UnsafeRawBufferPointer(rebasing: $0[..<count])) }
      } else if errno != EINTR {
        throw DataSetError(.inputOutput, "sha256: cannot read: \(lastSystemError()): \(path)")
      }
    }
  }
}
