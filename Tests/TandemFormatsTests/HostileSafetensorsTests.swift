import TestSupport
import Testing

@testable import TandemFormats

/// Files that lie. None may crash, hang, or hand out a tensor that is not in the file.
@Suite struct HostileSafetensorsTests {
  let folder = TemporaryFolder()

  func file(_ header: String, data: Int = 0, length: UInt64? = nil) -> [UInt8] {
    let length = length ?? UInt64(header.utf8.count)
    return (0..<8).map { UInt8(truncatingIfNeeded: length >> UInt64(8 * $0)) } + header.utf8
      + [UInt8](repeating: 0, count: data)
  }

  /// What is said of a file, without the file's name.
  func complaint(_ bytes: [UInt8]) -> String? {
    let path = folder.write(bytes, "f")
    do {
      _ = try SafetensorsFile(reading: path)
      return nil
    } catch {
      #expect(error.message.hasPrefix("safetensors: ") && error.message.hasSuffix(": \(path)"))
      return String(error.message.dropFirst("safetensors: ".count).dropLast(path.count + 2))
    }
  }

  func complaint(_ header: String, data: Int = 0) -> String? { complaint(file(header, data: data)) }

  @Test func lengths() {
    #expect(complaint([]) == "torn file: 0 bytes")
    #expect(complaint([1, 2, 3]) == "torn file: 3 bytes")
    #expect(
      complaint(file("{}", length: 100_000_001))
        == "header too long: 100000001 bytes, at most 100000000")
    #expect(
      complaint(file("{}", length: .max))
        == "header too long: \(UInt64.max) bytes, at most 100000000")
    #expect(complaint(file("{}", length: 99)) == "torn header: 99 bytes wanted, file has 2")
    #expect(complaint(file("{}", data: 3)) == "bytes after the last tensor: 3")
    #expect(complaint("{}      ") == nil)
  }

  @Test func headersThatAreNotHeaders() {
    #expect(complaint("") == "header is no JSON object")
    #expect(complaint("[]") == "header is no JSON object")
    #expect(complaint("{") == "header: wanted a member's name at byte 1")
    #expect(
      complaint("{\"a\":" + String(repeating: "[", count: 5000))?.contains("too deep") == true)
    #expect(complaint(#"{"a":1}"#) == #"is no object: tensor "a""#)
    #expect(
      complaint(#"{"__metadata__":{"a":1}}"#) == #"metadata is no text: "a": tensor "__metadata__""#
    )
    #expect(
      complaint(#"{"__metadata__":[]}"#) == #"metadata is no object: tensor "__metadata__""#)
    let invalid = Array("{\"".utf8) + [0xff, 0xfe] + Array("\":1}".utf8)
    let bytes = file("", length: UInt64(invalid.count)) + invalid
    #expect(complaint(bytes) == "header: invalid UTF-8 in a string at byte 1")
  }

  func tensor(_ name: String, _ dtype: String, _ shape: String, _ start: String, _ end: String)
    -> String
  {
    #""\#(name)":{"dtype":"\#(dtype)","shape":\#(shape),"data_offsets":[\#(start),\#(end)]}"#
  }

  @Test func tensorsThatLie() {
    func one(_ dtype: String, _ shape: String, _ start: String, _ end: String) -> String? {
      complaint("{\(tensor("w", dtype, shape, start, end))}", data: 8)
    }
    #expect(one("F32", "[2]", "0", "8") == nil)
    #expect(one("F33", "[2]", "0", "8") == #"unknown dtype "F33": tensor "w""#)
    #expect(
      one("F64", "[2]", "0", "8") == #"float64[2] takes 16 bytes, offsets give 8: tensor "w""#)
    #expect(
      one("F32", "[2]", "8", "16")
        == #"offsets beyond the end: 8, 16, data has 8 bytes: tensor "w""#)
    #expect(one("F32", "[2]", "8", "0") == #"no data offsets: tensor "w""#)
    #expect(one("F32", "[2]", "-8", "0") == #"no data offsets: tensor "w""#)
    #expect(one("F32", "[2]", "0", "8.0") == #"no data offsets: tensor "w""#)
    #expect(one("F32", "2", "0", "8") == #"no shape: tensor "w""#)
    #expect(one("F32", "[-2]", "0", "8") == #"shape: negative length: [-2]: tensor "w""#)
    #expect(
      one("F32", "[4294967296,4294967296]", "0", "8")
        == #"shape: too many elements: [4294967296, 4294967296]: tensor "w""#)
    #expect(
      one("F32", "[1,1,1,1,1,1,1,1,2]", "0", "8")
        == #"shape: more than 8 axes: [1, 1, 1, 1, 1, 1, 1, 1, 2]: tensor "w""#)
    #expect(
      complaint(#"{"w":{"shape":[2],"data_offsets":[0,8]}}"#, data: 8) == #"no dtype: tensor "w""#)
  }

  @Test func tensorsThatOverlapOrLeaveGaps() {
    func two(_ first: (Int, Int), _ second: (Int, Int), data: Int = 8) -> String? {
      let a = tensor("a", "U8", "[\(first.1 - first.0)]", "\(first.0)", "\(first.1)")
      let b = tensor("b", "U8", "[\(second.1 - second.0)]", "\(second.0)", "\(second.1)")
      return complaint("{\(a),\(b)}", data: data)
    }
    #expect(two((0, 4), (4, 8)) == nil)
    #expect(two((4, 8), (0, 4)) == nil)
    #expect(two((0, 5), (4, 8)) == #"overlaps the one before it: starts at 4, not 5: tensor "b""#)
    #expect(two((0, 8), (0, 8)) == #"overlaps the one before it: starts at 0, not 8: tensor "b""#)
    #expect(two((0, 3), (4, 8)) == #"gap before it: starts at 4, not 3: tensor "b""#)
    #expect(two((1, 4), (4, 8)) == #"gap before it: starts at 1, not 0: tensor "a""#)
    #expect(two((0, 4), (4, 7)) == "bytes after the last tensor: 1")
    let same = tensor("a", "U8", "[4]", "0", "4") + "," + tensor("a", "U8", "[4]", "4", "8")
    #expect(complaint("{\(same)}", data: 8)?.hasPrefix(#"header: repeated member "a""#) == true)
    // Equal to readers that normalise text, such as Swift's dictionaries.
    let alike =
      tensor("\u{e9}", "U8", "[4]", "0", "4") + "," + tensor("e\u{301}", "U8", "[4]", "4", "8")
    #expect(complaint("{\(alike)}", data: 8)?.hasPrefix("two tensors of one name") == true)
  }

  @Test func everyTornFileIsRefused() {
    for name in ["dtypes", "names", "none"] {
      let whole = bytes(of: "\(fixtures)/\(name).safetensors")
      for count in 0..<whole.count {
        #expect(complaint(Array(whole.prefix(count))) != nil, "\(name): \(count)")
      }
    }
  }

  /// Flipped bits are refused, or give tensors that lie in the file and have the right size.
  @Test(arguments: [UInt64(1)]) func flippedBits(seed: UInt64) throws {
    var random = SplitMix(seed: seed)
    let whole = bytes(of: fixtures + "/names.safetensors")
    var refused = 0
    for _ in 0..<3000 {
      var damaged = whole
      for _ in 0..<Int.random(in: 1...3, using: &random) {
        damaged[Int.random(in: 0..<500, using: &random)] ^=
          1 << UInt8.random(in: 0..<8, using: &random)
      }
      guard let file = try? SafetensorsFile(reading: folder.write(damaged, "f")) else {
        refused += 1
        continue
      }
      for entry in file.entries {
        let count = file.withBytes(of: entry) { $0.count }
        #expect(
          count == entry.type.byteCount && entry.range.upperBound <= whole.count, "seed \(seed)")
      }
    }
    #expect(refused > 1000)
  }
}
