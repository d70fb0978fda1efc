import TestSupport
import Testing

@testable import TandemArray
@testable import TandemFormats

/// Files that lie. None may crash, hang, or hand out bytes that are not in the file.
@Suite struct HostileNpyTests {
  let folder = TemporaryFolder()

  /// What is said of a file with this header text, without the file's name.
  func complaint(_ text: String, version: UInt8 = 1, data: Int = 0) -> String? {
    let length = text.utf8.count
    let width = version == 1 ? 2 : 4
    let size = (0..<width).map { UInt8(truncatingIfNeeded: length >> (8 * $0)) }
    return complaint(
      NpyHeader.magic + [version, 0] + size + Array(text.utf8) + [UInt8](repeating: 0, count: data))
  }

  func complaint(_ bytes: [UInt8]) -> String? {
    let path = folder.write(bytes, "f")
    do {
      _ = try loadNpy(from: path)
      return nil
    } catch {
      #expect(error.message.hasPrefix("npy: ") && error.message.hasSuffix(": \(path)"))
      return String(error.message.dropFirst("npy: ".count).dropLast(path.count + 2))
    }
  }

  private func header(_ descr: String, _ order: String, _ shape: String) -> String {
    "{'descr': \(descr), 'fortran_order': \(order), 'shape': \(shape)}"
  }

  @Test func headers() {
    #expect(complaint([]) == "not an npy file")
    #expect(complaint([1, 2, 3, 4, 5, 6, 7, 8, 9, 10]) == "not an npy file")
    #expect(complaint("", version: 4) == "version 4.0, known are 1.0 to 3.0")
    #expect(complaint(NpyHeader.magic + [1, 0, 9, 0]) == "torn header")
    #expect(complaint(NpyHeader.magic + [2, 0, 9, 0]) == "torn header")
    #expect(
      complaint(NpyHeader.magic + [2, 0, 0, 0, 0, 1])
        == "header too long: 16777216 bytes, at most 65536")
    #expect(complaint("") == "header: wanted { at byte 0")
    #expect(complaint("{") == "header: wanted a string at byte 1")
    #expect(complaint("{}") == "header: fields are missing at byte 2")
    #expect(complaint("{'descr': '<f4'}") == "header: fields are missing at byte 16")
    #expect(complaint("{'descr': '<f4") == "header: torn string at byte 10")
    #expect(
      complaint("{'descr': '<f4', 'descr': '<f4'}")
        == "header: unknown or repeated field \"descr\" at byte 25")
    #expect(complaint(header("'<f4'", "True", "(1,)") + "x", data: 4)?.contains("behind") == true)
    #expect(complaint(header("'<f4'", "0", "(1,)")) == "header: wanted True or False at byte 34")
    #expect(complaint(header("'<f4'", "True", "(1)")) == "header: wanted a tuple at byte 52")
    #expect(complaint(header("'<f4'", "True", "(-1,)")) == "header: wanted a length at byte 50")
    #expect(
      complaint(header("'<f4'", "True", "(99999999999999999999,)"))
        == "header: wanted a length at byte 50")
    #expect(complaint(header("'\u{7}f4'", "True", "()"))?.contains("strange") == true)
    #expect(complaint(header("'f4'", "True", "()")) == "no dtype: \"f4\"")
    #expect(complaint(header("'<f3'", "True", "()")) == "dtype \"<f3\" is not known")
    #expect(complaint(header("'|O'", "True", "()"))?.contains("Python objects") == true)
    #expect(complaint(header("[('a', '<f4')]", "True", "()"))?.contains("records") == true)
    #expect(
      complaint(header("'<f4'", "True", "(" + String(repeating: "1,", count: 99) + ")"))?
        .contains("too many axes") == true)
  }

  @Test func sizes() {
    let pair = header("\"<f4\"", "False", "(2L, )")
    #expect(complaint(pair, data: 8) == nil)
    #expect(complaint(pair, data: 7) == "torn file: float32[2] takes 8 bytes, there are 7")
    #expect(complaint(pair, data: 9) == "1 bytes after the array, float32[2]")
    let most = Int.max
    #expect(complaint(header("'<f8'", "False", "(\(most), \(most))"))?.contains("elements") == true)
    #expect(complaint(header("'<f8'", "False", "(\(most), 0)")) != "")
    #expect(complaint(header("'<f8'", "False", "(1000000000,)"))?.hasPrefix("torn file") == true)
  }

  /// Damaged files are read as they should be or refused, whatever is damaged.
  @Test(arguments: ["npy_stored.npz", "npy_dtypes.npz"], [UInt64(1)])
  func flippedBits(name: String, seed: UInt64) {
    var random = SplitMix(seed: seed)
    let whole = bytes(of: fixtures + "/" + name)
    var refused = 0
    for round in 0..<100 {
      var damaged = whole
      for _ in 0..<(1 + random.below(3)) {
        // Half of the damage goes to the directory at the end.
        let start = random.below(2) == 0 ? 0 : max(0, damaged.count - 400)
        damaged[start + random.below(damaged.count - start)] ^= UInt8(1 << random.below(8))
      }
      if round % 5 == 0 { damaged.removeLast(1 + random.below(damaged.count - 1)) }
      do {
        let file = try NpzFile(reading: folder.write(damaged, "f"))
        for name in file.names { _ = try? file.array(name) }
      } catch { refused += 1 }
    }
    #expect(refused > 20, "seed \(seed)")
  }

  @Test func everyTornFileIsRefused() {
    let whole = bytes(of: fixtures + "/npy_stored.npz")
    for count in stride(from: 0, to: whole.count, by: 7) {
      #expect(throws: FormatError.self) {
        try NpzFile(reading: folder.write(Array(whole[..<count]), "f"))
      }
    }
  }

  /// One member listed twice under two names would be read twice: a small file for much memory.
  @Test func membersThatOverlapAreRefused() throws {
    let path = folder.path + "/z"
    try saveNpz([("a", NDArray([1, 2])), ("b", NDArray([3, 4]))], to: path)
    var damaged = bytes(of: path)
    // The second record of the directory begins 22 + 51 bytes from the end; its member at 42.
    let record = damaged.count - 22 - 51
    for index in 0..<4 { damaged[record + 42 + index] = 0 }
    let error = #expect(throws: FormatError.self) {
      try NpzFile(reading: folder.write(damaged, "y"))
    }
    #expect(error?.message == "npz: members overlap: \(folder.path)/y")
  }

  @Test func sizesThatNoDeflateReachesAreRefused() throws {
    let path = folder.path + "/z"
    try saveNpz([("a", NDArray.zeros([1000]))], to: path, compressed: true)
    var damaged = bytes(of: path)
    let record = damaged.count - 22 - 51
    for index in 0..<3 { damaged[record + 24 + index] = 0xFF }
    let error = #expect(throws: FormatError.self) {
      try NpzFile(reading: folder.write(damaged, "y"))
    }
    #expect(error?.message.contains("bytes cannot hold 16777215") == true)
  }
}
