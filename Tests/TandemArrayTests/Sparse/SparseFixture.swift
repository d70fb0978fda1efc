import Foundation
import TandemArray

/// An item of `Tests/Fixtures/sparse.json`, which SciPy wrote.
struct SparseFixture: Sendable {
  let shape: Shape
  let stored: Int
  let columns: [Int]
  let rowStarts: [Int]
  private let arrays: [String: NDArray]

  init(_ item: [String: Any]) {
    func integers(_ key: String) -> [Int] { item[key] as? [Int] ?? [] }
    shape = Shape(integers("shape"))
    (columns, rowStarts) = (integers("columns"), integers("rowStarts"))
    stored = item["stored"] as? Int ?? -1
    let keys = item.keys.filter { !["shape", "columns", "rowStarts", "stored"].contains($0) }
    arrays = keys.reduce(into: [:]) { $0[$1] = Self.array(item[$1] as? [Any] ?? []) }
  }

  static let all: [SparseFixture] = {
    let folder = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
      .deletingLastPathComponent()
    guard let data = try? Data(contentsOf: folder.appending(path: "Fixtures/sparse.json")),
      let items = try? JSONSerialization.jsonObject(with: data) as? [[String: Any]]
    else { return [] }
    return items.map(SparseFixture.init)
  }()

  /// An array of the item, float64.
  subscript(_ key: String) -> NDArray { arrays[key]! }

  /// The matrix in CSR form.
  func matrix(_ dtype: DType = .float64, index: DType = .int64) -> SparseMatrix {
    SparseMatrix(
      values: self["values"].cast(to: dtype),
      columns: NDArray(columns, shape: [stored], dtype: index),
      rowStarts: NDArray(rowStarts, shape: [shape[0] + 1], dtype: index), shape: shape)
  }

  private static func array(_ list: [Any]) -> NDArray {
    if list.first is [Any], let rows = list as? [[Double]] {
      return NDArray(rows.flatMap { $0 }, shape: [rows.count, rows.first?.count ?? 0])
    }
    let numbers = list as? [Double] ?? []
    return NDArray(numbers, shape: [numbers.count])
  }
}
