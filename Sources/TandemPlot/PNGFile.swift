import CTandem

/// PNG files of 8-bit colours.
///
/// - Reference: ISO/IEC 15948, *Portable Network Graphics*; RFC 1950 for the stream inside.
enum PNGFile {
  /// The file of a picture; grey where all colours are.
  static func bytes(_ picture: Picture) -> [UInt8] {
    let isGray = picture.pixels.allSatisfy { $0.red == $0.green && $0.green == $0.blue }
    var file: [UInt8] = [0x89, 0x50, 0x4E, 0x47, 0x0D, 0x0A, 0x1A, 0x0A]
    // Eight bits; grey or red, green, blue; deflate, filters, no interlacing.
    let header =
      bigEndian(picture.width) + bigEndian(picture.height) + [8, isGray ? 0 : 2, 0, 0, 0]
    file += chunk("IHDR", header)
    file += chunk("IDAT", zlibStream(rows(picture, isGray: isGray)))
    file += chunk("IEND", [])
    return file
  }

  /// The rows, each with the number of its filter and the differences to the row above: most of a
  /// plot is like what is above it.
  private static func rows(_ picture: Picture, isGray: Bool) -> [UInt8] {
    let depth = isGray ? 1 : 3
    let stride = picture.width * depth
    var (result, above) = ([UInt8](), [UInt8](repeating: 0, count: stride))
    result.reserveCapacity((stride + 1) * picture.height)
    var row = above
    for y in 0..<picture.height {
      for x in 0..<picture.width {
        let pixel = picture.pixels[y * picture.width + x]
        row[x * depth] = pixel.red
        if !isGray {
          row[x * 3 + 1] = pixel.green
          row[x * 3 + 2] = pixel.blue
        }
      }
      result.append(2)
      for index in 0..<stride { result.append(row[index] &- above[index]) }
      swap(&row, &above)
    }
    return result
  }

  private static func chunk(_ name: String, _ content: [UInt8]) -> [UInt8] {
    let checked = Array(name.utf8) + content
    let sum = checked.withUnsafeBytes { tandem_crc32(0, $0.baseAddress, $0.count) }
    return bigEndian(content.count) + checked + bigEndian(Int(sum))
  }

  private static func bigEndian(_ value: Int) -> [UInt8] {
    withUnsafeBytes(of: UInt32(truncatingIfNeeded: value).bigEndian) { Array($0) }
  }

  /// Deflated bytes with the header and checksum of zlib.
  private static func zlibStream(_ bytes: [UInt8]) -> [UInt8] {
    let capacity = bytes.count + bytes.count / 500 + 64
    let deflated = [UInt8](unsafeUninitializedCapacity: capacity) { buffer, count in
      count = bytes.withUnsafeBytes {
        tandem_deflate($0.baseAddress, $0.count, buffer.baseAddress, capacity)
      }
    }
    return [0x78, 0x9C] + deflated + bigEndian(Int(adler32(bytes)))
  }

  private static func adler32(_ bytes: [UInt8]) -> UInt32 {
    var (a, b) = (UInt32(1), UInt32(0))
    var index = 0
    while index < bytes.count {
      // 5552: after so many bytes the sums could overflow.
      let end = min(index + 5552, bytes.count)
      while index < end {
        a &+= UInt32(bytes[index])
        b &+= a
        index += 1
      }
      (a, b) = (a % 65521, b % 65521)
    }
    return b << 16 | a
  }
}
