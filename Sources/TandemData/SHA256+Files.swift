import CTandem
import Glibc

/// SHA-256 of FIPS 180-4, to check downloads; in C because CryptoKit and Foundation stay out.
enum SHA256 {
  /// The digest of some bytes, in hexadecimal.
  static func hexDigest(of bytes: [UInt8]) -> String {
    var hash = tandem_sha256()
    tandem_sha256_start(&hash)
    tandem_sha256_add(&hash, bytes, bytes.count)
    return finish(&hash)
  }

  /// The digest of a file, in hexadecimal, read in pieces of 1 MiB.
  static func hexDigest(ofFile path: String) throws(DataSetError) -> String {
    let file = try openForReading(path)
    defer { close(file) }
    var hash = tandem_sha256()
    tandem_sha256_start(&hash)
    var piece = [UInt8](repeating: 0, count: 1 << 20)
    while true {
      let count = read(file, &piece, piece.count)
      if count == 0 { return finish(&hash) }
      if count > 0 {
        tandem_sha256_add(&hash, piece, count)
      } else if errno != EINTR {
        throw DataSetError(.inputOutput, "sha256: cannot read: \(lastSystemError()): \(path)")
      }
    }
  }

  private static func finish(_ hash: inout tandem_sha256) -> String {
    var digest = [UInt8](repeating: 0, count: 32)
    tandem_sha256_finish(&hash, &digest)
    let digits = Array("0123456789abcdef".utf8)
    return String(
      decoding: digest.flatMap { [digits[Int($0 >> 4)], digits[Int($0 & 15)]] }, as: UTF8.self)
  }
}
