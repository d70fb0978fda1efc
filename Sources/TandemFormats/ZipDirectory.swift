/// The list of what a zip file holds, read from its end.
///
/// Every number of the file is checked before it is used: members lie within the file and do not
/// overlap, so that what is read is never more than the file could hold.
///
/// - Reference: PKWARE, *.ZIP File Format Specification* (APPNOTE.TXT) 6.3, sections 4.3 and 4.5.
struct ZipDirectory {
  /// A member.
  struct Entry {
    let name: String
    let isDeflated: Bool
    let checksum: UInt32
    /// Where its stored bytes lie in the file.
    let range: Range<Int>
    /// How many bytes it has once they are decoded.
    let size: Int
  }

  /// The members in the order of the list.
  let entries: [Entry]

  private static let longestComment = 0xFFFF
  private static let endLength = 22
  /// Deflate cannot shrink bytes by more, and some slack for headers.
  private static let largestRatio = 1040

  /// Reads the list; `path` is for messages.
  init(_ bytes: UnsafeRawBufferPointer, path: String) throws(FormatError) {
    let reader = ZipReader(bytes, path: path)
    let (count, offset, end) = try ZipDirectory.place(reader)
    var entries: [Entry] = []
    var places: [Range<Int>] = []
    var position = offset
    for _ in 0..<count {
      let (entry, header, next) = try ZipDirectory.entry(reader, at: position, end)
      entries.append(entry)
      places.append(header..<entry.range.upperBound)
      position = next
    }
    let sorted = places.sorted { $0.lowerBound < $1.lowerBound }
    for (place, next) in zip(sorted, sorted.dropFirst()) where place.overlaps(next) {
      throw reader.malformed("members overlap")
    }
    if let last = sorted.last, last.upperBound > offset {
      throw reader.malformed("members overlap")
    }
    self.entries = entries
  }

  /// How many members the list has, where it begins and where it ends.
  private static func place(
    _ reader: ZipReader
  ) throws(FormatError) -> (count: Int, offset: Int, end: Int) {
    let last = reader.count - endLength
    guard last >= 0 else { throw reader.malformed("not a zip file") }
    var end = last
    while reader.word(end) != 0x0605_4B50 {
      end -= 1
      if end < max(0, last - longestComment) { throw reader.malformed("not a zip file") }
    }
    var (count, length, offset) = (
      Int(reader.half(end + 10)), Int(reader.word(end + 12)), Int(reader.word(end + 16))
    )
    if end >= 20, reader.word(end - 20) == 0x0706_4B50 {
      // The wide form of the same numbers.
      let wide = try reader.long(end - 20 + 8)
      guard wide <= end - 76, reader.word(wide) == 0x0606_4B50 else {
        throw reader.malformed("torn directory")
      }
      (count, length, offset) = (
        try reader.long(wide + 32), try reader.long(wide + 40), try reader.long(wide + 48)
      )
    }
    // A member takes 46 bytes of the list at least.
    guard offset <= end, length <= end - offset, count <= length / 46 else {
      throw reader.malformed("torn directory")
    }
    return (count, offset, offset + length)
  }

  /// The member whose record begins at `position`, where its own header is, and where the next
  /// record begins.
  private static func entry(
    _ reader: ZipReader, at position: Int, _ end: Int
  ) throws(FormatError) -> (Entry, header: Int, next: Int) {
    guard position <= end - 46, reader.word(position) == 0x0201_4B50 else {
      throw reader.malformed("torn directory")
    }
    let (flags, method) = (reader.half(position + 8), reader.half(position + 10))
    let (nameLength, extraLength) = (
      Int(reader.half(position + 28)), Int(reader.half(position + 30))
    )
    let next = position + 46 + nameLength + extraLength + Int(reader.half(position + 32))
    guard next <= end else { throw reader.malformed("torn directory") }
    let name = reader.text(position + 46, nameLength)
    if flags & 1 != 0 { throw reader.unsupported("encrypted", name) }
    guard method == 0 || method == 8 else {
      throw reader.unsupported("compression method \(method)", name)
    }
    var numbers = [position + 24, position + 20, position + 42].map { Int(reader.word($0)) }
    try reader.widen(&numbers, position + 46 + nameLength, extraLength)
    let (size, stored, header) = (numbers[0], numbers[1], numbers[2])
    guard header <= reader.count - 30, reader.word(header) == 0x0403_4B50 else {
      throw reader.malformed("torn member", name)
    }
    let start = header + 30 + Int(reader.half(header + 26)) + Int(reader.half(header + 28))
    guard start <= reader.count, stored <= reader.count - start else {
      throw reader.malformed("torn member", name)
    }
    let isDeflated = method == 8
    guard isDeflated ? size / largestRatio <= stored + 1 : size == stored else {
      throw reader.malformed("\(stored) bytes cannot hold \(size)", name)
    }
    let entry = Entry(
      name: name, isDeflated: isDeflated, checksum: reader.word(position + 16),
      range: start..<(start + stored), size: size)
    return (entry, header, next)
  }
}

/// Numbers of a zip file. Places are checked by whoever asks, but for what says otherwise.
struct ZipReader {
  private let bytes: UnsafeRawBufferPointer
  private let path: String

  init(_ bytes: UnsafeRawBufferPointer, path: String) { (self.bytes, self.path) = (bytes, path) }

  var count: Int { bytes.count }

  func half(_ place: Int) -> UInt16 { UInt16(bytes[place]) | UInt16(bytes[place + 1]) << 8 }

  func word(_ place: Int) -> UInt32 { UInt32(half(place)) | UInt32(half(place + 2)) << 16 }

  /// Eight bytes, which must be there and a number that could be a place.
  func long(_ place: Int) throws(FormatError) -> Int {
    guard place <= count - 8 else { throw malformed("torn directory") }
    let value = UInt64(word(place)) | UInt64(word(place + 4)) << 32
    guard value <= UInt64(Int.max / 4) else { throw malformed("torn directory") }
    return Int(value)
  }

  func text(_ place: Int, _ length: Int) -> String {
    String(decoding: bytes[place..<(place + length)], as: UTF8.self)
  }

  /// Replaces those of a record's numbers that are too large for it by those of its extra field.
  func widen(_ numbers: inout [Int], _ place: Int, _ length: Int) throws(FormatError) {
    let wide = numbers.indices.filter { numbers[$0] == 0xFFFF_FFFF }
    if wide.isEmpty { return }
    var (field, end) = (place, place + length)
    while field + 4 <= end {
      let inner = field + 4 + Int(half(field + 2))
      if half(field) == 1 {
        end = min(end, inner)
        for (position, index) in wide.enumerated() {
          guard field + 4 + 8 * position + 8 <= end else { throw malformed("torn directory") }
          numbers[index] = try long(field + 4 + 8 * position)
        }
        return
      }
      field = inner
    }
    throw malformed("torn directory")
  }

  func malformed(_ complaint: String, _ member: String? = nil) -> FormatError {
    FormatError(.malformed, message(complaint, member))
  }

  func unsupported(_ complaint: String, _ member: String) -> FormatError {
    FormatError(.unsupported, message(complaint, member))
  }

  private func message(_ complaint: String, _ member: String?) -> String {
    "npz: \(complaint): " + (member.map { "member \"\($0)\": " } ?? "") + path
  }
}
