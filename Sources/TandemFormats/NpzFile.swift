import CTandem
import TandemArray
import TandemShapes

/// A file of named arrays as NumPy's `savez` and `savez_compressed` write it: a zip file of npy
/// files, mapped into memory. Arrays are read when they are asked for.
public struct NpzFile: Sendable {
  /// The arrays' names, in the file's order; members that are no npy files are left out.
  public let names: [String]
  /// The path that was read, for messages.
  public let path: String

  private let file: MappedFile
  private let places: [String: ZipDirectory.Entry]

  /// Opens a file and checks its list of members.
  ///
  /// - Throws: `FormatError` if the file cannot be read, is no zip file, or is torn.
  public init(reading path: String) throws(FormatError) {
    let file = try MappedFile(path, format: "npz")
    (self.path, self.file) = (path, file)
    var (names, places) = ([String](), [String: ZipDirectory.Entry]())
    for entry in try ZipDirectory(file.bytes, path: path).entries
    where entry.name.hasSuffix(".npy") {
      let name = String(entry.name.dropLast(".npy".count))
      guard places.updateValue(entry, forKey: name) == nil else {
        throw FormatError(.malformed, "npz: two members of one name: \"\(name)\": \(path)")
      }
      names.append(name)
    }
    (self.names, self.places) = (names, places)
  }

  /// Reads an array.
  ///
  /// - Throws: `FormatError` if there is none of this name, or if it is torn or breaks the format's
  ///   rules.
  public func array(_ name: String) throws(FormatError) -> NDArray {
    let place = "member \"\(name)\": \(path)"
    guard let entry = places[name] else { throw FormatError(.malformed, "npz: no \(place)") }
    let stored = UnsafeRawBufferPointer(rebasing: file.bytes[entry.range])
    return try withExtendedLifetime(file) { () throws(FormatError) in
      if !entry.isDeflated { return try checked(stored, entry, place) }
      let plain = UnsafeMutableRawBufferPointer.allocate(byteCount: entry.size, alignment: 64)
      defer { plain.deallocate() }
      try inflate(stored, into: plain, place)
      return try checked(UnsafeRawBufferPointer(plain), entry, place)
    }
  }

  private func checked(
    _ bytes: UnsafeRawBufferPointer, _ entry: ZipDirectory.Entry, _ place: String
  ) throws(FormatError) -> NDArray {
    guard tandem_crc32(0, bytes.baseAddress, bytes.count) == entry.checksum else {
      throw FormatError(.malformed, "npz: wrong checksum: \(place)")
    }
    return try NpyFile.array(in: bytes, place: place)
  }

  /// Decodes a member that must fill `out` exactly.
  private func inflate(
    _ bytes: UnsafeRawBufferPointer, into out: UnsafeMutableRawBufferPointer, _ place: String
  ) throws(FormatError) {
    guard let inflater = tandem_inflate_open_raw(bytes.baseAddress, bytes.count) else {
      throw FormatError(.inputOutput, "npz: out of memory: \(place)")
    }
    defer { tandem_inflate_close(inflater) }
    var (count, excess) = (0, 0)
    var spare: UInt8 = 0
    let filled = Int(tandem_inflate_read(inflater, out.baseAddress, out.count, &count))
    // What follows must be the end, and nothing behind it.
    let ended =
      filled == TANDEM_INFLATE_FILLED
      ? Int(tandem_inflate_read(inflater, &spare, 1, &excess)) : filled
    guard ended == TANDEM_INFLATE_ENDED, count == out.count, excess == 0 else {
      throw FormatError(.malformed, "npz: corrupt member: \(place)")
    }
  }
}

/// Reads all arrays of an npz file, by name: `numpy.load`.
///
/// - Throws: `FormatError` if the file cannot be read or breaks the format's rules.
public func loadNpz(from path: String) throws(FormatError) -> [String: NDArray] {
  let file = try NpzFile(reading: path)
  var result: [String: NDArray] = [:]
  for name in file.names { result[name] = try file.array(name) }
  return result
}
