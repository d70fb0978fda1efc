import Foundation
import TandemShapes

/// What `Tests/Fixtures/generate.py` wrote: cases with inputs and the outputs that NumPy and SciPy
/// give; the format is described in `fixture_file.py`.
struct FixtureFile {
  /// An array of a case.
  struct Values {
    let type: DType
    let shape: Shape
    let stored: Substring
    let at: Int

    /// From `float32 2,3 f8 24`.
    init(_ text: Substring) {
      let fields = text.split(separator: " ", omittingEmptySubsequences: false)
      type = DType(named: fields[0])!
      shape = Shape(fields[1].split(separator: ",").map { Int($0)! })
      (stored, at) = (fields[2], Int(fields[3])!)
    }
  }

  /// An operator applied to inputs, with what must come out.
  struct Case {
    let `operator`: String
    let form: String
    let ulps: Double
    let absolute: Double
    let inputs: [Values]
    let outputs: [Values]

    init(_ line: Substring) {
      let fields = line.split(separator: "\t", omittingEmptySubsequences: false)
      (self.operator, form) = (String(fields[0]), String(fields[1]))
      (ulps, absolute) = (Double(fields[2])!, Double(fields[3])!)
      let arrow = fields.firstIndex(of: "->")!
      inputs = fields[4..<arrow].map(Values.init)
      outputs = fields[(arrow + 1)...].map(Values.init)
    }
  }

  /// All files.
  static let names = [
    "elementwise", "reductions", "movement", "linear", "structured", "methods", "edges",
    "functions", "linalg",
  ]

  let cases: [Case]
  private let bytes: [UInt8]

  init(_ name: String) throws {
    let folder = URL(filePath: #filePath).deletingLastPathComponent()
      .deletingLastPathComponent().deletingLastPathComponent().appending(path: "Fixtures")
    let index = try String(contentsOf: folder.appending(path: "\(name).txt"), encoding: .utf8)
    cases = index.split(separator: "\n").map(Case.init)
    bytes = [UInt8](try Data(contentsOf: folder.appending(path: "\(name).bin")))
  }

  /// The numbers of an array in row-major order: float64 for floats, else int64.
  func scalars(_ values: Values) -> [ScalarValue] {
    let count = values.shape.elementCount
    return bytes.withUnsafeBytes { bytes in
      func read<T>(_ type: T.Type, _ index: Int) -> T {
        bytes.loadUnaligned(fromByteOffset: values.at + index * MemoryLayout<T>.size, as: type)
      }
      return (0..<count).map { index in
        switch values.stored {
        case "f4": ScalarValue(Double(read(Float.self, index)), .float64)
        case "f8": ScalarValue(read(Double.self, index), .float64)
        case "i1": ScalarValue(Int(read(Int8.self, index)), .int64)
        case "u1": ScalarValue(Int(read(UInt8.self, index)), .int64)
        case "i2": ScalarValue(Int(read(Int16.self, index)), .int64)
        case "u2": ScalarValue(Int(read(UInt16.self, index)), .int64)
        case "i4": ScalarValue(Int(read(Int32.self, index)), .int64)
        case "u4": ScalarValue(Int(read(UInt32.self, index)), .int64)
        default: ScalarValue(read(Int.self, index), .int64)
        }
      }
    }
  }
}
