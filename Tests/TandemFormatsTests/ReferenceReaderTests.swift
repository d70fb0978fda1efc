import Foundation
import TandemShapes
import TestSupport
import Testing

@testable import TandemFormats

/// What the PyPI package safetensors reads from a file that we wrote, on machines that have it: in
/// the Python that `TANDEM_PYTHON` names, or in `python3`.
@Suite struct ReferenceReaderTests {
  static let python: String? = {
    let candidate = ProcessInfo.processInfo.environment["TANDEM_PYTHON"] ?? "python3"
    return run(candidate, "import safetensors.numpy")?.status == 0 ? candidate : nil
  }()

  static func run(_ python: String, _ script: String, _ arguments: String...) -> (
    status: Int32, output: String
  )? {
    let process = Process()
    let pipe = Pipe()
    process.executableURL = URL(fileURLWithPath: "/usr/bin/env")
    process.arguments = [python, "-c", script] + arguments
    (process.standardOutput, process.standardError) = (pipe, FileHandle.nullDevice)
    guard (try? process.run()) != nil else { return nil }
    let output = pipe.fileHandleForReading.readDataToEndOfFile()
    process.waitUntilExit()
    return (process.terminationStatus, String(decoding: output, as: UTF8.self))
  }

  @Test(.enabled(if: python != nil, "no Python with safetensors: set TANDEM_PYTHON"))
  func readsOurFiles() throws {
    let folder = TemporaryFolder()
    let path = folder.path + "/ours.safetensors"
    let values: [Float] = [1.5, -2, 3.25, 0, 1e-30, .infinity]
    try SafetensorsFile.write(
      [("layer.bias", .int64([1])), ("layer.weight", .float32([2, 3]))], to: path,
      metadata: ["by": "tandem"]
    ) { (index, sink) throws(FormatError) in
      let pieces: [[UInt8]] =
        index == 0
        ? [[7, 0, 0, 0, 0, 0, 0, 0x80]]
        : values.map { value in
          (0..<4).map { UInt8(truncatingIfNeeded: value.bitPattern >> (8 * $0)) }
        }
      for piece in pieces {
        let copy = UnsafeMutableRawBufferPointer.allocate(byteCount: piece.count, alignment: 1)
        defer { copy.deallocate() }
        copy.copyBytes(from: piece)
        try sink(UnsafeRawBufferPointer(copy))
      }
    }
    let script = """
      import sys, safetensors, safetensors.numpy
      for name, array in sorted(safetensors.numpy.load_file(sys.argv[1]).items()):
          print(name, array.dtype, array.shape, array.ravel().tolist())
      print(safetensors.safe_open(sys.argv[1], "np").metadata())
      """
    let python = try #require(ReferenceReaderTests.python)
    let result = try #require(ReferenceReaderTests.run(python, script, path))
    #expect(result.status == 0)
    #expect(
      result.output == """
        layer.bias int64 (1,) [-9223372036854775801]
        layer.weight float32 (2, 3) [1.5, -2.0, 3.25, 0.0, 1.0000000031710769e-30, inf]
        {'by': 'tandem'}

        """)
  }
}
