/// Takes the bytes of a CSV file apart, a row at a time.
struct CSVReader {
  private let bytes: [UInt8]
  private let name: String
  private let separator: UInt8
  private var place = 0
  private var line = 1

  init(_ bytes: [UInt8], name: String, separator: UInt8) {
    (self.bytes, self.name, self.separator) = (bytes, name, separator)
    if bytes.starts(with: [0xEF, 0xBB, 0xBF]) { place = 3 }
  }

  /// The next row and the line that it begins in; `nil` at the end. Empty lines are left out.
  mutating func row() throws(DataSetError) -> (fields: [String], line: Int)? {
    while place < bytes.count, isLineEnd { skipLineEnd() }
    guard place < bytes.count else { return nil }
    let first = line
    var fields: [String] = []
    while true {
      fields.append(try field(fields.count + 1))
      guard place < bytes.count, bytes[place] == separator else { break }
      place += 1
    }
    if place < bytes.count { skipLineEnd() }
    return (fields, first)
  }

  private var isLineEnd: Bool { bytes[place] == 0x0A || bytes[place] == 0x0D }

  private mutating func skipLineEnd() {
    if bytes[place] == 0x0D, place + 1 < bytes.count, bytes[place + 1] == 0x0A { place += 1 }
    place += 1
    line += 1
  }

  private mutating func field(_ column: Int) throws(DataSetError) -> String {
    if place < bytes.count, bytes[place] == 0x22 { return try quoted(column) }
    let start = place
    while place < bytes.count, bytes[place] != separator, !isLineEnd {
      if bytes[place] == 0x22 { throw complaint("quote inside of a field", column) }
      place += 1
    }
    return try text(bytes[start..<place], column)
  }

  private mutating func quoted(_ column: Int) throws(DataSetError) -> String {
    let first = line
    var content: [UInt8] = []
    place += 1
    while place < bytes.count {
      let byte = bytes[place]
      if byte == 0x22 {
        guard place + 1 < bytes.count, bytes[place + 1] == 0x22 else { break }
        place += 1
      } else if byte == 0x0A {
        line += 1
      }
      content.append(byte)
      place += 1
    }
    guard place < bytes.count else {
      line = first
      throw complaint("quote without an end", column)
    }
    place += 1
    guard place == bytes.count || bytes[place] == separator || isLineEnd else {
      throw complaint("text behind a quoted field", column)
    }
    return try text(content[...], column)
  }

  private func text(_ bytes: ArraySlice<UInt8>, _ column: Int) throws(DataSetError) -> String {
    guard let text = String(validating: bytes, as: UTF8.self) else {
      throw complaint("not UTF-8", column)
    }
    return text
  }

  private func complaint(_ text: String, _ column: Int) -> DataSetError {
    DataSetError(.malformed, "csv: \(text): \(name):\(line), column \(column)")
  }
}
