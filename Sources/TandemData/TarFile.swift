/// The files inside of a tar archive (POSIX ustar, long names of GNU), which may be gzipped.
public struct TarFile: Sendable {
  /// The largest archive that is read, after decompression, in bytes.
  public static let largestByteCount = 1 << 31

  /// The regular files by name, in the archive's order.
  public let files: [(name: String, range: Range<Int>)]
  /// The archive's bytes; a file's are those of its range.
  public let bytes: [UInt8]

  /// Reads an archive.
  ///
  /// - Throws: `DataSetError` that names the archive and the byte at which it is wrong.
  public init(path: String) throws(DataSetError) {
    try self.init(try plainFile(path, largest: TarFile.largestByteCount), name: path)
  }

  /// Takes an archive apart.
  ///
  /// - Parameter name: of the archive, for messages.
  /// - Throws: `DataSetError` that names the archive and the byte at which it is wrong.
  public init(_ bytes: [UInt8], name: String) throws(DataSetError) {
    var files: [(name: String, range: Range<Int>)] = []
    var (place, longName): (Int, String?) = (0, nil)
    while bytes.count - place >= 512, bytes[place] != 0 {
      let block = bytes[place..<place + 512]
      func refuse(_ complaint: String) -> DataSetError {
        DataSetError(.malformed, "tar: \(complaint) at byte \(place): \(name)")
      }
      guard let checksum = TarFile.octal(block[place + 148..<place + 156]),
        checksum == TarFile.checksum(block)
      else { throw refuse("wrong checksum of a header") }
      guard let size = TarFile.octal(block[place + 124..<place + 136]),
        size <= bytes.count - place - 512
      else { throw refuse("a file that is longer than the archive") }
      let range = place + 512..<place + 512 + size
      switch block[place + 156] {
      case UInt8(ascii: "L"): longName = TarFile.text(bytes[range])
      case UInt8(ascii: "0"), 0:
        let prefix = TarFile.text(block[place + 345..<place + 500])
        let short = TarFile.text(block[place..<place + 100])
        let isStandard = block[place + 257..<place + 262].elementsEqual("ustar".utf8)
        let full = isStandard && !prefix.isEmpty ? "\(prefix)/\(short)" : short
        files.append((longName ?? full, range))
        longName = nil
      default: longName = nil
      }
      let next = range.upperBound + (512 - size % 512) % 512
      if next > bytes.count { throw refuse("torn archive") }
      place = next
    }
    guard bytes.count - place >= 512 else {
      throw DataSetError(.malformed, "tar: no end at byte \(place): \(name)")
    }
    (self.files, self.bytes) = (files, bytes)
  }

  private static func text(_ bytes: ArraySlice<UInt8>) -> String {
    String(decoding: bytes.prefix { $0 != 0 }, as: UTF8.self)
  }

  private static func octal(_ bytes: ArraySlice<UInt8>) -> Int? {
    let digits = text(bytes).split(separator: " ").first
    return digits.flatMap { Int($0, radix: 8) }.flatMap { $0 >= 0 ? $0 : nil }
  }

  /// The sum of a header's bytes, as if its checksum were spaces.
  private static func checksum(_ block: ArraySlice<UInt8>) -> Int {
    let start = block.startIndex
    let own = block[start + 148..<start + 156].reduce(0) { $0 + Int($1) }
    return block.reduce(0) { $0 + Int($1) } - own + 8 * 32
  }
}

/// All bytes of a file, decompressed if it starts as gzip does.
///
/// - Throws: `DataSetError` if it cannot be read, is damaged, or has more than `largest` bytes.
func plainFile(_ path: String, largest: Int) throws(DataSetError) -> [UInt8] {
  let file = try wholeFile(path, largest: largest)
  guard file.starts(with: GzipReader.magic) else { return file }
  let result = file.withUnsafeBytes { bytes -> Result<[UInt8], DataSetError> in
    Result { () throws(DataSetError) in
      let reader = try GzipReader(bytes, name: path)
      var whole: [UInt8] = []
      while true {
        var piece = [UInt8](repeating: 0, count: 1 << 20)
        let count = try piece.fill(from: reader)
        whole += piece.prefix(count)
        guard whole.count <= largest else {
          throw DataSetError(.malformed, "gzip: more than \(largest) bytes: \(path)")
        }
        if count < piece.count { return whole }
      }
    }
  }
  return try result.get()
}

extension [UInt8] {
  fileprivate mutating func fill(from reader: borrowing GzipReader) throws(DataSetError) -> Int {
    do {
      return try withUnsafeMutableBytes { try reader.read(into: $0) }
    } catch let error as DataSetError {
      throw error
    } catch {
      throw DataSetError(.inputOutput, "gzip: \(error)")
    }
  }
}
