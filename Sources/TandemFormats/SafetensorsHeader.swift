import TandemGraph
import TandemShapes

/// The header of a safetensors file, checked against the file's length.
struct SafetensorsHeader {
  private(set) var entries: [SafetensorsFile.Entry] = []
  private(set) var metadata: [String: String] = [:]

  private let path: String
  private let dataStart: Int
  private let dataCount: Int

  /// Reads the header of a file that holds `bytes`.
  init(_ bytes: UnsafeRawBufferPointer, path: String) throws(FormatError) {
    self.path = path
    func malformed(_ text: String) -> FormatError {
      FormatError(.malformed, "safetensors: \(text): \(path)")
    }
    guard bytes.count >= 8 else { throw malformed("torn file: \(bytes.count) bytes") }
    let length = UInt64(littleEndian: bytes.loadUnaligned(as: UInt64.self))
    guard length <= SafetensorsFile.largestHeader else {
      throw malformed("header too long: \(length) bytes, at most \(SafetensorsFile.largestHeader)")
    }
    dataStart = 8 + Int(length)
    guard dataStart <= bytes.count else {
      throw malformed("torn header: \(length) bytes wanted, file has \(bytes.count - 8)")
    }
    dataCount = bytes.count - dataStart
    let text = Array(bytes[8..<dataStart])
    guard text.first == UInt8(ascii: "{") else { throw malformed("header is no JSON object") }
    let json: JSONValue
    do {
      json = try JSONValue(parsing: text)
    } catch {
      throw malformed("header: \(error)")
    }
    guard case .object(let members) = json else { throw malformed("header is no JSON object") }
    for member in members {
      if member.name == "__metadata__" {
        metadata = try readMetadata(member.value)
      } else {
        entries.append(try readEntry(member))
      }
    }
    try checkPlaces()
  }

  private func malformed(_ name: String, _ complaint: String) -> FormatError {
    FormatError(.malformed, "safetensors: \(complaint): tensor \"\(name)\": \(path)")
  }

  private func readMetadata(_ value: JSONValue) throws(FormatError) -> [String: String] {
    guard case .object(let members) = value else {
      throw malformed("__metadata__", "metadata is no object")
    }
    var result: [String: String] = [:]
    for member in members {
      guard case .string(let text) = member.value else {
        throw malformed("__metadata__", "metadata is no text: \"\(member.name)\"")
      }
      result[member.name] = text
    }
    return result
  }

  private func readEntry(_ member: JSONValue.Member) throws(FormatError) -> SafetensorsFile.Entry {
    let name = member.name
    guard case .object = member.value else { throw malformed(name, "is no object") }
    guard case .string(let dtypeName) = member.value["dtype"] else {
      throw malformed(name, "no dtype")
    }
    guard let dtype = SafetensorsFile.dtypeNames.first(where: { $0.name == dtypeName })?.dtype
    else {
      throw FormatError(
        .unsupported, "safetensors: unknown dtype \"\(dtypeName)\": tensor \"\(name)\": \(path)")
    }
    guard let lengths = integers(member.value["shape"]) else { throw malformed(name, "no shape") }
    let shape: Shape
    do {
      shape = try Shape(checking: lengths)
    } catch {
      throw malformed(name, error.message)
    }
    guard let offsets = integers(member.value["data_offsets"]), offsets.count == 2,
      offsets[0] >= 0, offsets[0] <= offsets[1]
    else { throw malformed(name, "no data offsets") }
    let (start, end) = (offsets[0], offsets[1])
    guard end <= dataCount else {
      throw malformed(name, "offsets beyond the end: \(start), \(end), data has \(dataCount) bytes")
    }
    let type = TensorType(shape, dtype)
    guard end - start == type.byteCount else {
      throw malformed(name, "\(type) takes \(type.byteCount) bytes, offsets give \(end - start)")
    }
    return SafetensorsFile.Entry(
      name: name, type: type, range: dataStart + start..<dataStart + end)
  }

  private func integers(_ value: JSONValue?) -> [Int]? {
    guard case .array(let elements) = value else { return nil }
    var result: [Int] = []
    for element in elements {
      guard case .integer(let integer) = element else { return nil }
      result.append(integer)
    }
    return result
  }

  /// Sorts the entries by place; they must fill the data without overlap and without gap.
  private mutating func checkPlaces() throws(FormatError) {
    entries.sort {
      ($0.range.lowerBound, $0.range.upperBound) < ($1.range.lowerBound, $1.range.upperBound)
    }
    var names: Set<String> = []
    var end = dataStart
    for entry in entries {
      guard names.insert(entry.name).inserted else {
        throw malformed(entry.name, "two tensors of one name")
      }
      let start = entry.range.lowerBound
      if start != end {
        let complaint = start < end ? "overlaps the one before it" : "gap before it"
        throw malformed(
          entry.name, "\(complaint): starts at \(start - dataStart), not \(end - dataStart)")
      }
      end = entry.range.upperBound
    }
    guard end == dataStart + dataCount else {
      throw FormatError(
        .malformed,
        "safetensors: bytes after the last tensor: \(dataStart + dataCount - end): \(path)")
    }
  }
}
