import Foundation
import TandemArray
import TandemFormats
import TestSupport
import Testing

/// Pictures side by side, byte by byte as the Netpbm formats want them.
@Suite struct PictureGridTests {
  private func written(_ pictures: NDArray, columns: Int, range: ClosedRange<Double>) throws -> Data
  {
    let path = FileManager.default.temporaryDirectory
      .appendingPathComponent("tandem-grid-\(UUID().uuidString)")
    defer { try? FileManager.default.removeItem(at: path) }
    try savePictureGrid(pictures, to: path.path, columns: columns, range: range)
    return try Data(contentsOf: path)
  }

  @Test("grey pictures stand in rows, missing ones are black")
  func grey() throws {
    let pictures = NDArray([0, 0.5, 1, 2, -1, 0.25] as [Float]).reshaped([3, 1, 1, 2])
    let bytes = try written(pictures, columns: 2, range: 0...1)
    #expect(bytes == Data("P5\n4 2\n255\n".utf8) + Data([0, 128, 255, 255, 0, 64, 0, 0]))
  }

  @Test("colours follow each other in a pixel, of any range")
  func colours() throws {
    let pictures = NDArray([-1, 1, 0, -1, 1, 1] as [Float]).reshaped([1, 3, 2, 1])
    let bytes = try written(pictures, columns: 1, range: -1...1)
    #expect(bytes == Data("P6\n1 2\n255\n".utf8) + Data([0, 128, 255, 255, 0, 255]))
  }

  @Test("other shapes are refused in words")
  func refused() {
    let error = #expect(throws: FormatError.self) {
      try savePictureGrid(.zeros([2, 2, 3, 3]), to: "grid.ppm", columns: 1)
    }
    #expect(
      error?.message
        == "pictures: needs floats [count, 1 or 3, height, width] and a column: "
        + "float32[2, 2, 3, 3]: grid.ppm")
  }
}
