/// An array of bytes in the IDX format, in which MNIST and its successors are distributed.
///
/// | bytes | holds |
/// | --- | --- |
/// | 0–1 | zero |
/// | 2 | the element type; only 0x08, unsigned bytes, is read |
/// | 3 | the number of axes |
/// | 4… | their lengths, 32 bits each, big-endian |
/// | then | the elements, the last axis varying fastest |
///
/// - Reference: LeCun, Cortes and Burges, *The MNIST database of handwritten digits*, 1998.
public struct IDXFile: Sendable {
  /// The largest file that is read, compressed or not; a header that asks for more is refused
  /// before anything is allocated for it.
  public static let largestByteCount = 1 << 31

  /// The lengths of the axes.
  public let lengths: [Int]
  /// The elements, row-major.
  public let bytes: [UInt8]

  /// Reads a file, decompressing it if it starts as gzip does.
  ///
  /// - Parameter rank: the number of axes that the file must have: 3 for images, 1 for labels.
  /// - Throws: `DataSetError` if it cannot be read or is malformed; the message names the file.
  public init(path: String, rank: Int) throws(DataSetError) {
    let name = path.split(separator: "/").last.map(String.init) ?? path
    let file = try wholeFile(path, largest: IDXFile.largestByteCount)
    self = try IDXFile(file, name: name, rank: rank)
  }

  /// Reads what a file holds; `name` is for messages.
  init(_ file: [UInt8], name: String, rank: Int) throws(DataSetError) {
    let result = file.withUnsafeBytes { file -> Result<IDXFile, DataSetError> in
      Result { () throws(DataSetError) in
        file.starts(with: GzipReader.magic)
          ? try IDXFile(gzip: file, name: name, rank: rank)
          : try IDXFile(plain: file, name: name, rank: rank)
      }
    }
    self = try result.get()
  }

  private init(
    plain file: UnsafeRawBufferPointer, name: String, rank: Int
  ) throws(DataSetError) {
    let headerSize = 4 + 4 * rank
    let header = Array(file.prefix(headerSize))
    lengths = try IDXFile.lengths(header, name: name, rank: rank, limit: file.count)
    let expected = lengths.reduce(1, *)
    guard file.count - headerSize == expected else {
      throw DataSetError(
        .malformed,
        "idx: header wants \(expected) elements, file has \(file.count - headerSize): \(name)")
    }
    bytes = Array(file.dropFirst(headerSize))
  }

  private init(
    gzip file: UnsafeRawBufferPointer, name: String, rank: Int
  ) throws(DataSetError) {
    let reader = try GzipReader(file, name: name)
    var header = [UInt8](repeating: 0, count: 4 + 4 * rank)
    let headerCount = try IDXFile.fill(&header, from: reader)
    lengths = try IDXFile.lengths(
      Array(header.prefix(headerCount)), name: name, rank: rank,
      limit: file.count * GzipReader.largestRatio)
    let expected = lengths.reduce(1, *)
    var elements = [UInt8](repeating: 0, count: expected)
    let count = try IDXFile.fill(&elements, from: reader)
    guard count == expected else {
      throw DataSetError(
        .malformed, "idx: header wants \(expected) elements, file has \(count): \(name)")
    }
    // Reading on to the end of the stream is what makes zlib compare the checksum.
    var beyond: [UInt8] = [0]
    guard try IDXFile.fill(&beyond, from: reader) == 0 else {
      throw DataSetError(
        .malformed, "idx: header wants \(expected) elements, file has more: \(name)")
    }
    bytes = elements
  }

  private static func fill(
    _ bytes: inout [UInt8], from reader: borrowing GzipReader
  ) throws(DataSetError) -> Int {
    do {
      return try bytes.withUnsafeMutableBytes { try reader.read(into: $0) }
    } catch let error as DataSetError {
      throw error
    } catch {
      throw DataSetError(.inputOutput, "idx: \(error)")
    }
  }

  /// Checks a header and returns its lengths; `limit` bounds how many elements the file can hold.
  private static func lengths(
    _ header: [UInt8], name: String, rank: Int, limit: Int
  ) throws(DataSetError) -> [Int] {
    guard header.count == 4 + 4 * rank else {
      throw DataSetError(.malformed, "idx: torn header: \(header.count) bytes: \(name)")
    }
    let words = stride(from: 0, to: header.count, by: 4).map { start in
      header[start..<start + 4].reduce(UInt32(0)) { $0 << 8 | UInt32($1) }
    }
    let wanted = UInt32(0x0800 + rank)
    guard words[0] == wanted else {
      throw DataSetError(
        .malformed, "idx: wrong magic \(hex(words[0])), wanted \(hex(wanted)): \(name)")
    }
    let lengths = words.dropFirst().map(Int.init)
    var count = 1
    for length in lengths {
      let (product, overflow) = count.multipliedReportingOverflow(by: length)
      guard !overflow, product <= min(limit, largestByteCount) else {
        throw DataSetError(.malformed, "idx: header asks for too much: \(lengths): \(name)")
      }
      count = product
    }
    return lengths
  }

  private static func hex(_ word: UInt32) -> String {
    let digits = String(word, radix: 16)
    return "0x" + String(repeating: "0", count: 8 - digits.count) + digits
  }
}
