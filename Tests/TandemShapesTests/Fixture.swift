import Foundation
import Testing

@testable import TandemShapes

/// The rows of a text that NumPy wrote (`Tests/Fixtures/shapes.py`), cut at `|`.
func fixtureRows(_ name: String) throws -> [[String]] {
  let folder = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
    .deletingLastPathComponent().appendingPathComponent("Fixtures")
  let text = try String(contentsOf: folder.appendingPathComponent(name), encoding: .utf8)
  let rows = text.split(separator: "\n").map { line in
    line.split(separator: "|", omittingEmptySubsequences: false).map(String.init)
  }
  try #require(rows.count > 100)
  return rows
}

func integers(_ field: String) -> [Int] { field.split(separator: " ").compactMap { Int($0) } }

extension Layout {
  /// Where every element lies, in row-major order: counted one by one, the oracle of all views.
  var elementOffsets: [Int] {
    var result = [offset]
    for axis in 0..<rank {
      result = result.flatMap { start in
        (0..<shape[axis]).map { start + $0 * stridesArray[axis] }
      }
    }
    return result
  }
}
