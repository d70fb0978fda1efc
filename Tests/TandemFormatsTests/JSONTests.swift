import TestSupport
import Testing

import TandemGraph

@Suite struct JSONTests {
  func parse(_ text: String) throws(JSONValue.ParseError) -> JSONValue {
    try JSONValue(parsing: Array(text.utf8))
  }

  func complaint(_ text: String) -> String? {
    do {
      _ = try parse(text)
      return nil
    } catch {
      return "\(error)"
    }
  }

  func unhex(_ text: Substring) -> [UInt8] {
    let digits = text.utf8.map { UInt8(Character(Unicode.Scalar($0)).hexDigitValue!) }
    return stride(from: 0, to: digits.count, by: 2).map { digits[$0] << 4 | digits[$0 + 1] }
  }

  /// More than 1,200 texts, most of them damaged, with the verdict and the value of Python's
  /// `json`.
  @Test func agreesWithPython() throws {
    let lines = String(decoding: bytes(of: fixtures + "/json.txt"), as: UTF8.self)
      .split(separator: "\n")
    #expect(lines.count > 1200)
    var accepted = 0
    for line in lines {
      let fields = line.split(separator: " ", omittingEmptySubsequences: false)
      let text = unhex(fields[0])
      let shown = String(decoding: text, as: UTF8.self)
      let value = try? JSONValue(parsing: text)
      #expect((value != nil) == !fields[1].isEmpty, "\(shown)")
      guard let value, !fields[1].isEmpty else { continue }
      accepted += 1
      // Python's canonical text is another spelling of the same value.
      let canonical = String(decoding: unhex(fields[1]), as: UTF8.self)
      #expect(try parse(canonical) == value, "\(shown)")
      #expect(try parse("\(value)") == value, "\(shown)")
    }
    #expect(accepted > 400)
  }

  @Test func saysWhatIsWrongAndWhere() {
    #expect(complaint("") == "unexpected end at byte 0")
    #expect(complaint("[1,]") == "unexpected text at byte 3")
    #expect(complaint("[1 2]") == "wanted ',' or ']' at byte 3")
    #expect(complaint(#"{"a":1,"a":2}"#) == #"repeated member "a" at byte 7"#)
    #expect(complaint("{1:2}") == "wanted a member's name at byte 1")
    #expect(complaint(#""\ud800x""#) == "lone surrogate at byte 7")
    #expect(complaint("\"a\u{1}\"") == "control character in a string at byte 2")
    #expect(complaint("1e999") == "number out of range at byte 0")
    #expect(complaint("1 2") == "unexpected text after the value at byte 2")
    #expect(complaint(#"{"a"}"#) == "wanted ':' at byte 4")
  }

  @Test func depthIsBounded() {
    func nested(_ depth: Int) -> String {
      String(repeating: "[", count: depth) + String(repeating: "]", count: depth)
    }
    #expect(complaint(nested(64)) == nil)
    #expect(complaint(nested(65)) == "nested too deep at byte 64")
    #expect(
      complaint(String(repeating: "{\"a\":", count: 1_000_000)) == "nested too deep at byte 320")
  }

  @Test func integersAreExactAndNamesCompareAsBytes() throws {
    #expect(try parse("9007199254740993") == .integer(9_007_199_254_740_993))
    #expect(try parse("9223372036854775808") == .number(9_223_372_036_854_775_808))
    // Minus zero is a number: integers have none.
    #expect(try "\(parse("-0"))" == "-0.0")
    // Two spellings of é are two names here, though equal as Swift strings.
    let value = try parse("{\"\u{e9}\":1,\"e\u{301}\":2}")
    guard case .object(let members) = value else { return #expect(Bool(false)) }
    #expect(members.count == 2)
  }

  @Test func invalidUTF8IsRefused() {
    for bad: [UInt8] in [
      [0xff], [0xc0, 0x80], [0xed, 0xa0, 0x80], [0xe2, 0x82], [0xf5, 0x80, 0x80, 0x80],
    ] {
      let text = [0x22] + bad + [0x22]
      #expect(throws: JSONValue.ParseError.self) { try JSONValue(parsing: text) }
    }
  }

  @Test(arguments: [UInt64(1)]) func anyBytesAreReadOrRefused(seed: UInt64) {
    var random = SplitMix(seed: seed)
    let alphabet = Array("{}[]\",:\\u0123e-+. tfnull\u{e9}".utf8)
    for _ in 0..<5000 {
      let text = (0..<Int.random(in: 0..<40, using: &random)).map { _ in
        alphabet.randomElement(using: &random)!
      }
      guard let value = try? JSONValue(parsing: text) else { continue }
      #expect((try? parse("\(value)")) == value, "seed \(seed)")
    }
  }
}
