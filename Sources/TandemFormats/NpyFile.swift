import TandemArray
import TandemShapes

// One array in a file, as NumPy's save and load have it.

/// Reads the array of an npy file: `numpy.load`. Elements of either byte order and arrays of either
/// memory order are read; Python objects, records, strings and dates are refused.
///
/// - Throws: `FormatError` if the file cannot be read or breaks the format's rules.
public func loadNpy(from path: String) throws(FormatError) -> NDArray {
  let file = try MappedFile(path, format: "npy")
  return try withExtendedLifetime(file) { () throws(FormatError) in
    try NpyFile.array(in: file.bytes, place: path)
  }
}

/// Writes an array to an npy file in one step: `numpy.save`. Waits until it is computed.
///
/// - Throws: `FormatError` if NumPy has no such dtype or the file cannot be written; what went
///   wrong while the array was computed.
public func saveNpy(_ array: NDArray, to path: String) throws {
  let header = try NpyFile.header(for: array, place: path)
  try array.withUnsafeBytes { bytes in
    let file = try AtomicFile(path, format: "npy")
    try file.write(header)
    try file.write(bytes)
    try file.commit()
  }
}

/// An array between bytes and memory.
enum NpyFile {
  static func header(for array: NDArray, place: String) throws(FormatError) -> [UInt8] {
    guard let header = NpyHeader.bytes(for: array.type) else {
      throw FormatError(.unsupported, "npy: NumPy has no \(array.dtype): \(array.type): \(place)")
    }
    return header
  }

  /// The array that fills `bytes`.
  static func array(
    in bytes: UnsafeRawBufferPointer, place: String
  ) throws(FormatError) -> NDArray {
    let header = try NpyHeader(bytes, place: place)
    let (type, found) = (header.type, bytes.count - header.start)
    // A shape with a zero has no elements, however long its other axes are.
    let wanted = type.byteCount
    if found < wanted {
      throw FormatError(
        .malformed, "npy: torn file: \(type) takes \(wanted) bytes, there are \(found): \(place)")
    }
    if found > wanted {
      throw FormatError(
        .unsupported, "npy: \(found - wanted) bytes after the array, \(type): \(place)")
    }
    let elements = UnsafeRawBufferPointer(rebasing: bytes[header.start...])
    let stored = header.isColumnMajor ? Shape(type.shape.array.reversed()) : type.shape
    let array = NDArray.filled(stored, type.dtype) { memory in
      copy(elements, to: memory, type.dtype, isBigEndian: header.isBigEndian)
    }
    return header.isColumnMajor ? array.transposed() : array
  }

  /// Copies elements; truth values become 0 or 1, on which kernels count.
  private static func copy(
    _ source: UnsafeRawBufferPointer, to memory: UnsafeMutableRawPointer, _ dtype: DType,
    isBigEndian: Bool
  ) {
    guard let start = source.baseAddress else { return }
    memory.copyMemory(from: start, byteCount: source.count)
    let bytes = memory.bindMemory(to: UInt8.self, capacity: source.count)
    if dtype == .bool {
      for index in 0..<source.count where bytes[index] > 1 { bytes[index] = 1 }
    }
    guard isBigEndian else { return }
    let width = dtype.kind == .complex ? dtype.byteCount / 2 : dtype.byteCount
    for first in stride(from: 0, to: source.count, by: width) {
      for step in 0..<(width / 2) {
        (bytes[first + step], bytes[first + width - 1 - step]) = (
          bytes[first + width - 1 - step], bytes[first + step]
        )
      }
    }
  }
}
