import TandemArray
import TandemShapes

extension Layer {
  /// A table of what a model is made of: for each part that has parameters its path and type, the
  /// type that comes out, how many numbers its parameters hold and how many of them training
  /// changes.
  ///
  ///     print(model.summary(.float32([1, 1, 28, 28])))
  ///
  /// The model is traced, not run: nothing is computed, but parameters get their first values, so
  /// call it after the trainer is made. An output is the last one that was traced in the part;
  /// parts that the model does not use have none.
  ///
  /// - Parameter input: the type of the model's input; axes without a number stand for 2.
  public func summary(
    _ input: PartialType, file: StaticString = #fileID, line: UInt = #line
  ) -> String {
    let graph = Graph.trace(
      inputs: ["x": input], parametersOf: self, file: file, line: line
    ) { (x: NDArray) in self(x) }
    var outputs: [String: String] = [:]
    for node in graph.nodes {
      guard let type = node.types.first, !node.path.isEmpty else { continue }
      outputs[Substring(node.path).withoutType] = "\(type)"
    }
    var rows: [SummaryRow] = []
    for (path, parameter) in parameters {
      let place = path.lastIndex(of: ".").map { String(path[..<$0]) } ?? ""
      if rows.last?.path != place { rows.append(SummaryRow(path: place)) }
      let count = parameter.isInitialized ? parameter.value.count : 0
      rows[rows.count - 1].parameters += count
      if parameter.isTrainable { rows[rows.count - 1].trainable += count }
      rows[rows.count - 1].shapes.append("\(path.dropFirst(place.isEmpty ? 0 : place.count + 1))")
    }
    let result = graph.results.map { "\($0.type)" }.joined(separator: ", ")
    return SummaryRow.table(rows, outputs: outputs, result: result)
  }
}

extension Substring {
  /// A node's path without the type of the layer at its end: `0.conv.Conv2D` → `0.conv`.
  fileprivate var withoutType: String {
    guard let last = split(separator: ".").last, last.first?.isUppercase == true else {
      return String(self)
    }
    let rest = dropLast(last.count)
    return String(rest.last == "." ? rest.dropLast() : rest)
  }
}

/// One line of a summary.
private struct SummaryRow {
  let path: String
  var shapes: [String] = []
  var parameters = 0
  var trainable = 0

  static func table(_ rows: [SummaryRow], outputs: [String: String], result: String) -> String {
    var lines = [["path", "holds", "output", "parameters", "trainable"]]
    for row in rows {
      lines.append([
        row.path.isEmpty ? "(model)" : row.path, row.shapes.joined(separator: ", "),
        outputs[row.path] ?? "", "\(row.parameters)", "\(row.trainable)",
      ])
    }
    let (all, trainable) = (
      rows.reduce(0) { $0 + $1.parameters }, rows.reduce(0) { $0 + $1.trainable }
    )
    lines.append(["all", "", result, "\(all)", "\(trainable)"])
    let widths = lines[0].indices.map { column in lines.map { $0[column].count }.max() ?? 0 }
    return lines.map { line in
      let cells = line.enumerated().map { column, text in
        let blank = String(repeating: " ", count: widths[column] - text.count)
        return column < 3 ? text + blank : blank + text
      }
      return cells.joined(separator: "  ")
    }.joined(separator: "\n")
  }
}
