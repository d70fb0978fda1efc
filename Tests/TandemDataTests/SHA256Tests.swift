import TandemShapes
import TestSupport
import Testing

@testable import TandemData

/// The examples that NIST publishes with FIPS 180-4 and in the CAVP's SHA256ShortMsg and long
/// tests.
@Suite struct SHA256Tests {
  @Test func publishedVectors() {
    let vectors: [([UInt8], String)] = [
      ([], "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"),
      (Array("abc".utf8), "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"),
      (
        Array("abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq".utf8),
        "248d6a61d20638b8e5c026930c3e6039a33ce45964ff2167f6ecedd419db06c1"
      ),
      ([0xbd], "68325720aabd7c82f30f554b313d0570c95accbb7dc4b5aae11204c08ffe732b"),
      (
        [UInt8](repeating: 0x61, count: 1_000_000),
        "cdc76e5c9914fb9281a1c7e284d73e67f1809a48a497200e046d39ccc7112cd0"
      ),
    ]
    for (bytes, digest) in vectors { #expect(SHA256.hexDigest(of: bytes) == digest) }
  }

  /// Lengths around the block and padding limits, written to a file and read in pieces.
  @Test func filesAndBytesAgree() throws {
    let folder = TemporaryFolder()
    for count in [0, 1, 55, 56, 57, 63, 64, 65, 119, 120, 128, (1 << 20) + 5] {
      let bytes = noise(count, seed: UInt64(count))
      let path = folder.write(bytes, "file")
      #expect(try SHA256.hexDigest(ofFile: path) == SHA256.hexDigest(of: bytes), "\(count)")
    }
  }
}
