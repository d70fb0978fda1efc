import TandemArray
import TandemShapes

/// Writes named arrays to a safetensors file in one step; waits until they are computed.
///
/// - Parameters:
///   - arrays: names, unique, and arrays of any dtype but `complex128`.
///   - path: the file; readers see the old one or the whole new one.
///   - metadata: text to attach.
/// - Throws: `FormatError`, see ``SafetensorsFile/write(_:to:metadata:bytes:)``; what went wrong
///   while an array was computed.
public func save(
  _ arrays: [(String, NDArray)], to path: String, metadata: [String: String] = [:]
) throws {
  let tensors = arrays.map { (name: $0.0, type: $0.1.type) }
  try SafetensorsFile.write(tensors, to: path, metadata: metadata) { index, sink in
    try arrays[index].1.withUnsafeBytes { try sink($0) }
  }
}

/// Reads all arrays of a safetensors file, by name.
///
/// - Throws: `FormatError` if the file cannot be read or breaks the format's rules.
public func loadArrays(from path: String) throws(FormatError) -> [String: NDArray] {
  let file = try SafetensorsFile(reading: path)
  return Dictionary(uniqueKeysWithValues: file.entries.map { ($0.name, file.array($0)) })
}

extension SafetensorsFile {
  /// One of the file's tensors as an array of its own: the bytes are copied, so that the array
  /// stays when the file is changed.
  public func array(_ entry: Entry) -> NDArray {
    NDArray.filled(entry.type.shape, entry.type.dtype) { memory in
      withBytes(of: entry) { bytes in
        if let start = bytes.baseAddress { memory.copyMemory(from: start, byteCount: bytes.count) }
      }
      guard entry.type.dtype == .bool else { return }
      // Kernels count on 0 and 1; a file may hold any byte.
      let count = entry.type.byteCount
      let truths = UnsafeMutableBufferPointer(
        start: memory.bindMemory(to: UInt8.self, capacity: count), count: count)
      for index in truths.indices where truths[index] > 1 { truths[index] = 1 }
    }
  }
}

extension SafetensorsFile {
  /// One of the file's tensors as an array that shows the file's own pages: nothing is copied, and
  /// a page is read from disk when it is first used. The file stays mapped as long as such an array
  /// lives; a program that shortens it meanwhile makes reads fatal, replacing it by another is
  /// safe.
  ///
  /// Tensors that do not lie aligned to their elements, truth values and empty ones are copied.
  /// Changing the array copies it first; the file never changes.
  public func mappedArray(_ entry: Entry) -> NDArray {
    let unit = entry.type.dtype == .complex64 ? 4 : entry.type.dtype.byteCount
    let start = withBytes(of: entry) { $0.baseAddress }
    guard let start, entry.type.dtype != .bool, entry.type.byteCount > 0,
      Int(bitPattern: start) % unit == 0
    else { return array(entry) }
    let file = self
    return NDArray.borrowing(start, entry.type) { withExtendedLifetime(file) {} }
  }
}
