import TandemArray
import TandemShapes

/// Reads a `.params` file of MXNet: named arrays. A prefix `arg:` or `aux:` of all names is left as
/// it is, as files of exported models have it and those of Gluon have not.
///
/// | bytes | holds |
/// | --- | --- |
/// | 8, 8 | the number 0x112, and zero |
/// | 8, then each array | how many there are |
/// | 4, 4 | version 0xF993FAC9 or 0xF993FACA; storage 0, dense (0xF993FAC8: not there) |
/// | 4, 8 each | the number of axes, and their lengths |
/// | 4, 4, 4 | device and its number; element type |
/// | then | the elements, little-endian |
/// | 8, then each 8 + text | how many names there are |
///
/// - Throws: `FormatError` that names the file and the byte at which it is wrong; sparse arrays and
///   older versions are unsupported.
public func loadMXNet(from path: String) throws(FormatError) -> [(name: String, array: NDArray)] {
  let file = try MappedFile(path, format: "mxnet")
  var reader = MXNetReader(bytes: file.bytes, path: path)
  let result = try reader.arrays()
  withExtendedLifetime(file) {}
  return result
}

private struct MXNetReader {
  let bytes: UnsafeRawBufferPointer
  let path: String
  private var place = 0

  /// By MXNet's numbers.
  private static let dtypes: [Int: DType] = [
    0: .float32, 1: .float64, 2: .float16, 3: .uint8, 4: .int32, 5: .int8, 6: .int64, 7: .bool,
    12: .bfloat16,
  ]

  init(bytes: UnsafeRawBufferPointer, path: String) { (self.bytes, self.path) = (bytes, path) }

  mutating func arrays() throws(FormatError) -> [(name: String, array: NDArray)] {
    guard try number(8) == 0x112, try number(8) == 0 else {
      throw complaint("not a file of arrays")
    }
    let count = try length(atLeast: 12)
    var arrays: [NDArray] = []
    for _ in 0..<count { arrays.append(try array()) }
    let names = try length(atLeast: 8)
    guard names == count || names == 0 else {
      throw complaint("\(names) names of \(count) arrays")
    }
    var found: [(name: String, array: NDArray)] = []
    for (index, array) in arrays.enumerated() {
      found.append((names == 0 ? "\(index)" : try text(), array))
    }
    guard place == bytes.count else { throw complaint("bytes behind the end") }
    return found
  }

  private mutating func array() throws(FormatError) -> NDArray {
    let version = try number(4)
    guard [0xF993_FAC8, 0xF993_FAC9, 0xF993_FACA].contains(version) else {
      throw complaint("unknown version of an array", isUnsupported: true)
    }
    if version != 0xF993_FAC8, try number(4) != 0 {
      throw complaint("a sparse array", isUnsupported: true)
    }
    let rank = try number(4)
    guard rank <= Shape.maximumRank else { throw complaint("\(rank) axes") }
    var lengths: [Int] = []
    for _ in 0..<rank { lengths.append(try number(8)) }
    _ = try number(8)
    guard let dtype = MXNetReader.dtypes[try number(4)] else {
      throw complaint("unknown element type", isUnsupported: true)
    }
    var size = dtype.byteCount
    for length in lengths {
      let (product, overflow) = size.multipliedReportingOverflow(by: length)
      guard length >= 0, !overflow, product <= bytes.count else {
        throw complaint("an array of \(lengths), longer than the file")
      }
      size = product
    }
    let start = try take(size)
    return NDArray.filled(Shape(lengths), dtype) { memory in
      for index in 0..<(dtype == .bool ? size : 0) {
        memory.storeBytes(
          of: bytes[start + index] == 0 ? 0 : 1, toByteOffset: index, as: UInt8.self)
      }
      if dtype != .bool, size > 0, let from = bytes.baseAddress {
        memory.copyMemory(from: from + start, byteCount: size)
      }
    }
  }

  private mutating func text() throws(FormatError) -> String {
    let count = try length(atLeast: 1)
    let start = try take(count)
    guard let text = String(validating: bytes[start..<start + count], as: UTF8.self) else {
      throw complaint("a name that is not UTF-8")
    }
    return text
  }

  /// A count of things of at least so many bytes each, which the file must be able to hold.
  private mutating func length(atLeast size: Int) throws(FormatError) -> Int {
    let count = try number(8)
    guard (0...(bytes.count - place) / size).contains(count) else {
      throw complaint("a count of \(count)")
    }
    return count
  }

  private mutating func number(_ width: Int) throws(FormatError) -> Int {
    let start = try take(width)
    return (0..<width).reduce(0) { $0 | Int(bytes[start + $1]) << (8 * $1) }
  }

  private mutating func take(_ count: Int) throws(FormatError) -> Int {
    guard count <= bytes.count - place else { throw complaint("torn file") }
    defer { place += count }
    return place
  }

  private func complaint(_ text: String, isUnsupported: Bool = false) -> FormatError {
    FormatError(
      isUnsupported ? .unsupported : .malformed, "mxnet: \(text) at byte \(place): \(path)")
  }
}
