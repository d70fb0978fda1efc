import CTandem
import TandemArray
import TandemShapes

/// A picture as bytes on the host: what image transforms work on before it becomes an array.
public struct Picture: Hashable, Sendable {
  /// The largest picture that is decoded, in bytes.
  public static let largestByteCount = 1 << 28

  /// The number of rows.
  public let height: Int
  /// The number of columns.
  public let width: Int
  /// 1 for grey, 3 for red, green and blue.
  public let channels: Int
  /// `height × width × channels` bytes, row-major, 0 dark.
  public let pixels: [UInt8]

  /// A picture of as many bytes as its size says.
  public init(
    height: Int, width: Int, channels: Int, pixels: [UInt8], file: StaticString = #fileID,
    line: UInt = #line
  ) {
    guard height > 0, width > 0, channels > 0, pixels.count == height * width * channels else {
      fail(
        "picture: \(pixels.count) bytes are not \(height) × \(width) × \(channels)",
        at: CallSite(file, line))
    }
    (self.height, self.width, self.channels, self.pixels) = (height, width, channels, pixels)
  }

  /// Reads a JPEG or PNG file.
  ///
  /// - Throws: `DataSetError` that names the file if it cannot be read, is neither or is damaged.
  public init(path: String) throws(DataSetError) {
    let bytes = try wholeFile(path, largest: Picture.largestByteCount)
    try self.init(decoding: bytes, name: path)
  }

  /// Decodes a JPEG (baseline or progressive, grey or colour) or PNG (any depth; transparent pixels
  /// lie on black).
  ///
  /// - Parameter name: of the file, for messages.
  /// - Throws: `DataSetError` if the bytes are neither or are damaged, or the system's library is
  ///   missing.
  public init(decoding bytes: [UInt8], name: String) throws(DataSetError) {
    let isJPEG = bytes.starts(with: [0xFF, 0xD8])
    guard isJPEG || bytes.starts(with: [0x89, 0x50, 0x4E, 0x47]) else {
      throw DataSetError(.malformed, "picture: neither JPEG nor PNG: \(name)")
    }
    var picture = tandem_picture()
    let largest = Picture.largestByteCount
    let status =
      isJPEG
      ? tandem_decode_jpeg(bytes, bytes.count, largest, &picture)
      : tandem_decode_png(bytes, bytes.count, largest, &picture)
    defer { tandem_picture_free(&picture) }
    guard Int(status) == TANDEM_PICTURE_FINE else {
      let message = withUnsafeBytes(of: &picture.message) { bytes in
        String(decoding: bytes.prefix { $0 != 0 }, as: UTF8.self)
      }
      let code: DataSetError.Code =
        Int(status) == TANDEM_PICTURE_DAMAGED || Int(status) == TANDEM_PICTURE_TOO_LARGE
        ? .malformed : .missing
      throw DataSetError(code, "\(isJPEG ? "jpeg" : "png"): \(message): \(name)")
    }
    (height, width) = (Int(picture.height), Int(picture.width))
    channels = Int(picture.channels)
    pixels = Array(UnsafeBufferPointer(start: picture.pixels, count: height * width * channels))
  }

  /// float32 `[channels, height, width]` from 0 to 1: each byte divided by 255.
  public func array() -> NDArray { normalized(mean: [0], deviation: [1]) }

  /// float32 `[channels, height, width]`: `(byte / 255 − mean) / deviation` for each channel.
  ///
  /// - Parameters:
  ///   - mean: one for each channel, or one for all.
  ///   - deviation: one for each channel, or one for all; not zero.
  public func normalized(
    mean: [Float], deviation: [Float], file: StaticString = #fileID, line: UInt = #line
  ) -> NDArray {
    guard [1, channels].contains(mean.count), [1, channels].contains(deviation.count),
      !deviation.contains(0)
    else {
      fail(
        "picture: \(channels) channels are not normalised by \(mean) and \(deviation)",
        at: CallSite(file, line))
    }
    let plane = height * width
    return NDArray.filled([channels, height, width], .float32) { memory in
      let out = memory.bindMemory(to: Float.self, capacity: plane * channels)
      for channel in 0..<channels {
        let (mean, deviation) = (
          mean[mean.count == 1 ? 0 : channel], deviation[deviation.count == 1 ? 0 : channel]
        )
        // Each byte's value once.
        let values = (0..<256).map { (Float($0) / 255 - mean) / deviation }
        for place in 0..<plane {
          out[channel * plane + place] = values[Int(pixels[place * channels + channel])]
        }
      }
    }
  }
}
