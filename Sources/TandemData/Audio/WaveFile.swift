import TandemArray

/// Sound as a RIFF file holds it: `WAVE` with whole numbers of 8, 16, 24 or 32 bits or float32.
///
/// - Reference: IBM and Microsoft, *Multimedia Programming Interface and Data Specifications 1.0*,
///   1991.
public struct WaveFile: Sendable {
  /// The largest file that is read, in bytes.
  public static let largestByteCount = 1 << 30

  /// Samples of one channel in a second.
  public let samplesPerSecond: Int
  /// The number of channels.
  public let channels: Int
  /// `count × channels` samples from −1 to 1, those of one moment side by side.
  public let samples: [Float]

  /// The number of moments.
  public var count: Int { samples.count / channels }

  /// Reads a file.
  ///
  /// - Throws: `DataSetError` that names the file and the byte at which it is wrong.
  public init(path: String) throws(DataSetError) {
    let bytes = try wholeFile(path, largest: WaveFile.largestByteCount)
    try self.init(bytes, name: path)
  }

  /// Reads what a file holds.
  ///
  /// - Parameter name: of the file, for messages.
  /// - Throws: `DataSetError` that names the file and the byte at which it is wrong.
  public init(_ bytes: [UInt8], name: String) throws(DataSetError) {
    func refuse(_ complaint: String, _ place: Int) -> DataSetError {
      DataSetError(.malformed, "wave: \(complaint) at byte \(place): \(name)")
    }
    func number(_ place: Int, _ count: Int) -> Int {
      (0..<count).reduce(0) { $0 | Int(bytes[place + $1]) << (8 * $1) }
    }
    guard bytes.count >= 12, bytes.starts(with: "RIFF".utf8),
      bytes[8..<12].elementsEqual("WAVE".utf8)
    else { throw refuse("no RIFF WAVE header", 0) }
    var (place, format): (Int, Format?) = (12, nil)
    while bytes.count - place >= 8 {
      let (id, size, start) = (bytes[place..<place + 4], number(place + 4, 4), place + 8)
      guard size <= bytes.count - start else {
        throw refuse("chunk of \(size) bytes, \(bytes.count - start) are left", place)
      }
      if id.elementsEqual("fmt ".utf8) {
        guard size >= 16 else { throw refuse("format of \(size) bytes", place) }
        let known = Format(
          code: number(start, 2), channels: number(start + 2, 2), rate: number(start + 4, 4),
          bits: number(start + 14, 2))
        guard known.isKnown else { throw refuse("unknown format \(known)", place) }
        format = known
      } else if id.elementsEqual("data".utf8) {
        guard let format else { throw refuse("samples before their format", place) }
        let width = format.bits / 8
        guard size % (width * format.channels) == 0 else {
          throw refuse("\(size) bytes are no whole samples", place)
        }
        (samplesPerSecond, channels) = (format.rate, format.channels)
        samples = stride(from: start, to: start + size, by: width).map {
          format.sample(number($0, width))
        }
        return
      }
      place = start + size + size % 2
    }
    throw refuse("no samples", min(place, bytes.count))
  }

  private struct Format: CustomStringConvertible {
    let code: Int
    let channels: Int
    let rate: Int
    let bits: Int

    var isKnown: Bool {
      channels > 0 && rate > 0
        && (code == 1 && [8, 16, 24, 32].contains(bits) || code == 3 && bits == 32)
    }

    var description: String { "\(code), \(channels) channels, \(rate) Hz, \(bits) bits" }

    func sample(_ bits: Int) -> Float {
      if code == 3 { return Float(bitPattern: UInt32(truncatingIfNeeded: bits)) }
      if self.bits == 8 { return Float(bits - 128) / 128 }
      let sign = 1 << (self.bits - 1)
      return Float(Double((bits ^ sign) - sign) / Double(sign))
    }
  }
}
