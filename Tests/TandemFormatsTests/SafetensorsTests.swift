import Glibc
import TandemShapes
import TestSupport
import Testing

@testable import TandemFormats

/// Against files of the PyPI package safetensors; `Fixtures/Formats/generate.py` wrote them.
@Suite struct SafetensorsTests {
  let folder = TemporaryFolder()

  /// The bytes of a tensor in the fixtures follow from its name (as Python counts its length).
  func contents(_ name: String, _ count: Int) -> [UInt8] {
    let length = name.unicodeScalars.count
    return (0..<count).map { UInt8((length * 31 + 7 * $0) % (name.hasPrefix("bool") ? 2 : 251)) }
  }

  func contents(_ file: SafetensorsFile, _ entry: SafetensorsFile.Entry) -> [UInt8] {
    file.withBytes(of: entry) { Array($0) }
  }

  func write(
    _ tensors: [(name: String, type: TensorType)], _ name: String, metadata: [String: String] = [:]
  ) throws -> String {
    let path = "\(folder.path)/\(name)"
    try SafetensorsFile.write(tensors, to: path, metadata: metadata) {
      (index, sink) throws(FormatError) in
      let bytes = contents(tensors[index].name, tensors[index].type.byteCount)
      try handOver(bytes, sink)
    }
    return path
  }

  /// In two pieces, as callers may.
  func handOver(
    _ bytes: [UInt8], _ sink: (UnsafeRawBufferPointer) throws(FormatError) -> Void
  ) throws(FormatError) {
    let copy = UnsafeMutableRawBufferPointer.allocate(byteCount: bytes.count, alignment: 1)
    defer { copy.deallocate() }
    copy.copyBytes(from: bytes)
    try sink(UnsafeRawBufferPointer(rebasing: copy.prefix(bytes.count / 2)))
    try sink(UnsafeRawBufferPointer(rebasing: copy.dropFirst(bytes.count / 2)))
  }

  @Test func readsEveryDType() throws {
    let file = try SafetensorsFile(reading: fixtures + "/dtypes.safetensors")
    #expect(file.entries.count == 15 && file.metadata.isEmpty)
    let dtypes: [DType] = [
      .bool, .int8, .uint8, .int16, .uint16, .float16, .bfloat16, .int32, .uint32, .float32, .int64,
      .uint64, .float64, .complex64,
    ]
    for (index, dtype) in dtypes.enumerated() {
      let entry = try #require(file["\(dtype).weight"])
      #expect(entry.type == TensorType(Shape([2, 3, 1, 2, 1].prefix(index % 6)), dtype))
      #expect(contents(file, entry) == contents(entry.name, entry.type.byteCount))
    }
    let empty = try #require(file["empty"])
    #expect(empty.type == .float32([0, 3]) && contents(file, empty).isEmpty)
    #expect(file["none"] == nil)
  }

  /// Our writer gives the bytes of the reference writer.
  @Test(arguments: ["dtypes", "names", "none"]) func writesTheSameFile(name: String) throws {
    let original = "\(fixtures)/\(name).safetensors"
    let file = try SafetensorsFile(reading: original)
    // Handed over in another order.
    let tensors = file.entries.reversed().map { (name: $0.name, type: $0.type) }
    let path = try write(tensors, "copy", metadata: file.metadata)
    #expect(bytes(of: path) == bytes(of: original))
    #expect(folder.files == ["copy"])
  }

  @Test func readsNamesAndMetadata() throws {
    let file = try SafetensorsFile(reading: fixtures + "/names.safetensors")
    #expect(file.metadata == ["format": "tandem é \"x\""])
    let names = ["quote\"", "back\\slash", "größe", "数", "😀", "line\nfeed", "\u{1}", "tab\t"]
    #expect(Set(file.entries.map(\.name)) == Set(names))
    for entry in file.entries { #expect(contents(file, entry) == contents(entry.name, 2)) }
  }

  @Test func aFailedWriteLeavesTheOldFile() throws {
    let path = try write([("a", .float32([2]))], "file")
    let before = bytes(of: path)
    let error = #expect(throws: FormatError.self) {
      try SafetensorsFile.write([("a", .float32([2]))], to: path) {
        (_, sink) throws(FormatError) in try handOver([1, 2, 3], sink)
      }
    }
    #expect(
      error?.message == "safetensors: float32[2] takes 8 bytes, got 3: tensor \"a\": \(path)")
    #expect(bytes(of: path) == before && folder.files == ["file"])
  }

  @Test func writingSaysWhatIsWrong() {
    func complaint(_ tensors: [(name: String, type: TensorType)], _ name: String = "f") -> String? {
      #expect(throws: FormatError.self) { try write(tensors, name) }?.message
    }
    let path = "\(folder.path)/f"
    #expect(
      complaint([("a", .float32([])), ("a", .int64([]))])
        == "safetensors: two tensors of one name: tensor \"a\": \(path)")
    #expect(
      complaint([("__metadata__", .float32([]))])
        == "safetensors: reserved name: tensor \"__metadata__\": \(path)")
    #expect(
      complaint([("z", TensorType([1], .complex128))])
        == "safetensors: the format has no complex128: tensor \"z\": \(path)")
    #expect(
      complaint([], "none/f")
        == "safetensors: cannot write: No such file or directory: \(folder.path)/none/f")
    #expect(folder.files.isEmpty)
  }

  @Test func aMissingFileIsNamed() {
    let error = #expect(throws: FormatError.self) { try SafetensorsFile(reading: "/none/x") }
    #expect(error?.message == "safetensors: cannot open: No such file or directory: /none/x")
    let folderError = #expect(throws: FormatError.self) {
      try SafetensorsFile(reading: folder.path)
    }
    #expect(folderError?.message == "safetensors: not a regular file: \(folder.path)")
  }
}
