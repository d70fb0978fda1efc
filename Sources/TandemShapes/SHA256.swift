import CTandem

/// The SHA-256 digest of a stream of bytes: checks downloads, names model weights and caches.
///
/// - Reference: *Secure Hash Standard*, FIPS 180-4; in C, because CryptoKit and Foundation stay
///   out.
package struct SHA256 {
  private var hash = tandem_sha256()

  package init() { tandem_sha256_start(&hash) }

  /// Adds bytes to the stream.
  package mutating func add(_ bytes: UnsafeRawBufferPointer) {
    if let base = bytes.baseAddress { tandem_sha256_add(&hash, base, bytes.count) }
  }

  /// The digest of all bytes so far, in hexadecimal.
  package var hexDigest: String {
    var copy = hash
    var digest = [UInt8](repeating: 0, count: 32)
    tandem_sha256_finish(&copy, &digest)
    let digits = Array("0123456789abcdef".utf8)
    return String(
      decoding: digest.flatMap { [digits[Int($0 >> 4)], digits[Int($0 & 15)]] }, as: UTF8.self)
  }
}
