import TandemShapes

/// A file of named tensors in the safetensors format, mapped into memory.
///
/// | bytes | holds |
/// | --- | --- |
/// | 0–7 | the length *n* of the header, little-endian |
/// | 8–*n*+7 | JSON: for each name its `dtype`, `shape` and `data_offsets`, and `__metadata__` |
/// | then | the tensors' elements, little-endian, row-major, without gaps |
///
/// Reading trusts nothing: everything that the format demands is checked before the first tensor is
/// handed out, and nothing is allocated by a number of the file's alone.
///
/// - Reference: Hugging Face, *Safetensors*, format description, 2022.
public struct SafetensorsFile: Sendable {
  /// The longest header that is read, in bytes; the format's own limit.
  public static let largestHeader = 100_000_000

  /// One tensor of a file.
  public struct Entry: Hashable, Sendable {
    /// Unique in its file.
    public let name: String
    /// Shape and dtype.
    public let type: TensorType
    /// Where the elements are, in bytes from the start of the file.
    public let range: Range<Int>
  }

  /// The tensors, by their place in the file.
  public let entries: [Entry]
  /// The text that the writer attached, by name.
  public let metadata: [String: String]
  /// The path that was read, for messages.
  public let path: String

  private let file: MappedFile
  private let places: [String: Int]

  /// Opens and checks a file.
  ///
  /// - Throws: `FormatError` that names the file and, where it is about one, the tensor.
  /// - Complexity: O(length of the header); elements are read when they are used.
  public init(reading path: String) throws(FormatError) {
    let file = try MappedFile(path, format: "safetensors")
    let header = try SafetensorsHeader(file.bytes, path: path)
    (self.path, self.file) = (path, file)
    (entries, metadata) = (header.entries, header.metadata)
    places = Dictionary(uniqueKeysWithValues: entries.enumerated().map { ($1.name, $0) })
  }

  /// The tensor of a name, if there is one.
  public subscript(name: String) -> Entry? { places[name].map { entries[$0] } }

  /// Gives the bytes of one of this file's entries to a closure.
  ///
  /// They may start at any address: only files that keep to the order of ``write(_:to:metadata:)``
  /// align their tensors.
  public func withBytes<Result, Failure: Error>(
    of entry: Entry, _ body: (UnsafeRawBufferPointer) throws(Failure) -> Result
  ) throws(Failure) -> Result {
    guard entry.range.upperBound <= file.bytes.count else {
      fail("safetensors: broken invariant: entry of another file: \(entry)", at: .unknown)
    }
    let result = try body(UnsafeRawBufferPointer(rebasing: file.bytes[entry.range]))
    withExtendedLifetime(file) {}
    return result
  }

  /// The names that the format gives to dtypes (`complex128` has none), in the order in which its
  /// reference writer puts them from the end of the file to the start.
  static let dtypeNames: [(dtype: DType, name: String)] = [
    (.bool, "BOOL"), (.uint8, "U8"), (.int8, "I8"), (.int16, "I16"), (.uint16, "U16"),
    (.float16, "F16"), (.bfloat16, "BF16"), (.int32, "I32"), (.uint32, "U32"), (.float32, "F32"),
    (.complex64, "C64"), (.float64, "F64"), (.int64, "I64"), (.uint64, "U64"),
  ]
}
