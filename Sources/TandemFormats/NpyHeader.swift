import TandemShapes

/// The header of an npy file: what the array is and how its elements are stored.
///
/// | bytes | holds |
/// | --- | --- |
/// | 0–5 | `0x93` and `NUMPY` |
/// | 6–7 | the version, 1, 2 or 3, and 0 |
/// | 8– | the length of the text, little-endian: two bytes in version 1, four later |
/// | then | a Python dictionary: `descr`, `fortran_order` and `shape` |
///
/// - Reference: NumPy, *A simple file format for NumPy arrays*, `numpy.lib.format`.
struct NpyHeader {
  /// The longest text that is read, in bytes. NumPy writes a hundred or so.
  static let longestText = 1 << 16

  let type: TensorType
  /// Whether the first index runs fastest.
  let isColumnMajor: Bool
  /// Whether the bytes of each number come in the other order than here.
  let isBigEndian: Bool
  /// Where the elements begin.
  let start: Int

  static let magic: [UInt8] = [0x93] + Array("NUMPY".utf8)

  /// Reads the header of what lies in `bytes`; `place` names it in messages.
  init(_ bytes: UnsafeRawBufferPointer, place: String) throws(FormatError) {
    func refuse(_ code: FormatError.Code, _ complaint: String) -> FormatError {
      FormatError(code, "npy: \(complaint): \(place)")
    }
    guard bytes.count >= 10, bytes.prefix(6).elementsEqual(NpyHeader.magic) else {
      throw refuse(.malformed, "not an npy file")
    }
    let version = bytes[6]
    guard (1...3).contains(version), bytes[7] == 0 else {
      throw refuse(.unsupported, "version \(version).\(bytes[7]), known are 1.0 to 3.0")
    }
    let width = version == 1 ? 2 : 4
    guard bytes.count >= 8 + width else { throw refuse(.malformed, "torn header") }
    let length = (0..<width).reduce(0) { $0 | Int(bytes[8 + $1]) << (8 * $1) }
    guard length <= NpyHeader.longestText else {
      throw refuse(.malformed, "header too long: \(length) bytes, at most \(NpyHeader.longestText)")
    }
    start = 8 + width + length
    guard start <= bytes.count else { throw refuse(.malformed, "torn header") }
    var reader = NpyDictionary(Array(bytes[(8 + width)..<start]))
    do throws(NpyDictionary.Complaint) {
      let fields = try reader.fields()
      (type, isBigEndian) = try NpyHeader.element(fields.descr, fields.shape)
      isColumnMajor = fields.isColumnMajor
    } catch {
      throw refuse(error.isUnsupported ? .unsupported : .malformed, error.text)
    }
  }

  /// The dtype that a text like `<f4` means, with the shape.
  private static func element(
    _ descr: String, _ lengths: [Int]
  ) throws(NpyDictionary.Complaint) -> (TensorType, isBigEndian: Bool) {
    let letters = Array(descr)
    guard letters.count >= 2, "<>|=".contains(letters[0]) else {
      throw .init("no dtype: \"\(descr)\"", isUnsupported: false)
    }
    if letters[1] == "O" {
      throw .init("holds Python objects, which are not read", isUnsupported: true)
    }
    guard let dtype = names.first(where: { $0.name == String(letters[1...]) })?.dtype else {
      throw .init("dtype \"\(descr)\" is not known", isUnsupported: true)
    }
    guard lengths.count <= Shape.maximumRank else {
      throw .init(
        "\(lengths.count) axes, at most \(Shape.maximumRank)", isUnsupported: true)
    }
    do throws(ShapeError) {
      let type = TensorType(try Shape(checking: lengths), dtype)
      return (type, letters[0] == ">" && dtype.byteCount > 1)
    } catch {
      throw .init("\(error.message)", isUnsupported: false)
    }
  }

  /// What NumPy calls the dtypes (it has no bfloat16).
  static let names: [(dtype: DType, name: String)] = [
    (.bool, "b1"), (.int8, "i1"), (.uint8, "u1"), (.int16, "i2"), (.uint16, "u2"), (.int32, "i4"),
    (.uint32, "u4"), (.int64, "i8"), (.uint64, "u8"), (.float16, "f2"), (.float32, "f4"),
    (.float64, "f8"), (.complex64, "c8"), (.complex128, "c16"),
  ]

  /// The header of a little-endian row-major array, as NumPy writes it: padded so that the
  /// elements begin at a multiple of 64; `nil` if NumPy has no such dtype.
  static func bytes(for type: TensorType) -> [UInt8]? {
    guard let name = names.first(where: { $0.dtype == type.dtype })?.name else { return nil }
    let order = type.dtype.byteCount == 1 ? "|" : "<"
    let lengths = type.shape.array.map(String.init)
    let shape = lengths.count == 1 ? "(\(lengths[0]),)" : "(\(lengths.joined(separator: ", ")))"
    var text = "{'descr': '\(order)\(name)', 'fortran_order': False, 'shape': \(shape), }"
    // Ten bytes before the text, the line's end behind it.
    text += String(repeating: " ", count: 63 - (10 + text.utf8.count) % 64) + "\n"
    let length = text.utf8.count
    return magic + [1, 0, UInt8(length & 0xFF), UInt8(length >> 8)] + Array(text.utf8)
  }
}
