import CTandem
import TandemArray

/// Writes named arrays to an npz file in one step: `numpy.savez`, or `numpy.savez_compressed`.
/// Waits until they are computed. The same arrays give the same bytes.
///
/// - Parameters:
///   - arrays: names, unique, and arrays of any dtype but `bfloat16`.
///   - path: the file; readers see the old one or the whole new one.
///   - compressed: whether members are deflated where that makes them smaller.
/// - Throws: `FormatError` if a name is used twice, if NumPy has no such dtype or if the file
///   cannot be written; what went wrong while an array was computed.
public func saveNpz(
  _ arrays: [(String, NDArray)], to path: String, compressed: Bool = false
) throws {
  var names: Set<String> = []
  for (name, _) in arrays {
    guard names.insert(name).inserted, name.utf8.count < 0xFF00 else {
      throw FormatError(.malformed, "npz: used twice or too long: \"\(name)\": \(path)")
    }
  }
  let file = try AtomicFile(path, format: "npz")
  var writer = ZipWriter()
  for (name, array) in arrays {
    let header = try NpyFile.header(for: array, place: "member \"\(name)\": \(path)")
    try array.withUnsafeBytes { bytes in
      let member = ZipWriter.Member(name + ".npy", header, bytes, compressed: compressed)
      try file.write(writer.begin(member))
      if let deflated = member.deflated {
        try file.write(deflated)
      } else {
        try file.write(header)
        try file.write(bytes)
      }
    }
  }
  try file.write(writer.end())
  try file.commit()
}

/// What stands between and behind the members of a zip file.
struct ZipWriter {
  /// A member with its checksum.
  struct Member {
    let name: String
    let size: Int
    let checksum: UInt32
    /// The encoded bytes; `nil` where they are stored as they are.
    let deflated: [UInt8]?

    init(
      _ name: String, _ header: [UInt8], _ bytes: UnsafeRawBufferPointer, compressed: Bool
    ) {
      (self.name, size) = (name, header.count + bytes.count)
      checksum = tandem_crc32(
        tandem_crc32(0, header, header.count), bytes.baseAddress, bytes.count)
      deflated = compressed ? Member.deflate(header + bytes) : nil
    }

    var storedSize: Int { deflated?.count ?? size }

    private static func deflate(_ plain: [UInt8]) -> [UInt8]? {
      let encoded = [UInt8](unsafeUninitializedCapacity: plain.count) { buffer, count in
        count = tandem_deflate(plain, plain.count, buffer.baseAddress, buffer.count)
      }
      return encoded.isEmpty ? nil : encoded
    }
  }

  private var position = 0
  private var directory: [UInt8] = []
  private var count = 0

  /// The header in front of a member's bytes.
  mutating func begin(_ member: Member) -> [UInt8] {
    let name = Array(member.name.utf8)
    let sizes = [member.size, member.storedSize]
    let extra = ZipWriter.wide(sizes, always: sizes.contains { $0 >= 0xFFFF_FFFF })
    let header =
      ZipWriter.little(0x0403_4B50, 4) + ZipWriter.common(member, isWide: !extra.isEmpty)
      + ZipWriter.little(name.count, 2) + ZipWriter.little(extra.count, 2) + name + extra
    let all = sizes + [position]
    let isWide = all.contains { $0 >= 0xFFFF_FFFF }
    let numbers = ZipWriter.wide(all, always: isWide)
    directory +=
      ZipWriter.little(0x0201_4B50, 4) + ZipWriter.little(45, 2)
      + ZipWriter.common(member, isWide: isWide) + ZipWriter.little(name.count, 2)
      + ZipWriter.little(numbers.count, 2) + [UInt8](repeating: 0, count: 10)
      + ZipWriter.little(isWide ? 0xFFFF_FFFF : position, 4) + name + numbers
    count += 1
    position += header.count + member.storedSize
    return header
  }

  /// The list of members and the file's end.
  func end() -> [UInt8] {
    let isWide = count >= 0xFFFF || position >= 0xFFFF_FFFF || directory.count >= 0xFFFF_FFFF
    func short(_ value: Int, _ width: Int) -> [UInt8] {
      ZipWriter.little(isWide ? -1 : value, width)
    }
    var wide: [UInt8] = []
    if isWide {
      wide = ZipWriter.little(0x0606_4B50, 4) + ZipWriter.little(44, 8)
      wide += ZipWriter.little(45, 2) + ZipWriter.little(45, 2) + ZipWriter.little(0, 8)
      for number in [count, count, directory.count, position] {
        wide += ZipWriter.little(number, 8)
      }
      wide += ZipWriter.little(0x0706_4B50, 4) + ZipWriter.little(0, 4)
      wide += ZipWriter.little(position + directory.count, 8) + ZipWriter.little(1, 4)
    }
    return directory + wide + ZipWriter.little(0x0605_4B50, 4) + ZipWriter.little(0, 4)
      + short(count, 2) + short(count, 2) + short(directory.count, 4) + short(position, 4)
      + ZipWriter.little(0, 2)
  }

  /// What both records of a member have: version, flags, method, a fixed time (the first that the
  /// format has), checksum and sizes.
  private static func common(_ member: Member, isWide: Bool) -> [UInt8] {
    // Flag 11: names are UTF-8.
    little(45, 2) + little(0x800, 2) + little(member.deflated == nil ? 0 : 8, 2) + little(0, 2)
      + little(0x21, 2) + little(Int(member.checksum), 4)
      + little(isWide ? 0xFFFF_FFFF : member.storedSize, 4)
      + little(isWide ? 0xFFFF_FFFF : member.size, 4)
  }

  /// The extra field with numbers of eight bytes, or nothing.
  private static func wide(_ numbers: [Int], always: Bool) -> [UInt8] {
    guard always else { return [] }
    return little(1, 2) + little(8 * numbers.count, 2) + numbers.flatMap { little($0, 8) }
  }

  private static func little(_ value: Int, _ width: Int) -> [UInt8] {
    (0..<width).map { UInt8(truncatingIfNeeded: value >> (8 * $0)) }
  }
}
