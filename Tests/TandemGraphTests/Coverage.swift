import Synchronization
import TandemGraph

/// How often each pass changed something about each operator, counted in programs.
final class Coverage: Sendable {
  private let counts = Mutex<[String: [String: Int]]>([:])

  /// Programs in which a pass did something.
  func count(of pass: String) -> Int { counts.withLock { $0[pass]?[""] ?? 0 } }

  fileprivate func note(_ pass: String, _ operators: Set<String>) {
    counts.withLock { counts in
      for name in operators.union([""]) { counts[pass, default: [:]][name, default: 0] += 1 }
    }
  }

  /// Operators down, passes across: in how many programs the pass took the operator out, put it in
  /// or joined it with others.
  var table: String {
    counts.withLock { counts in
      let passes = counts.keys.sorted()
      let operators = Set(counts.values.flatMap(\.keys)).subtracting([""]).sorted()
      var lines = ["operator × pass: programs in which the pass changed it"]
      for (index, pass) in passes.enumerated() {
        lines.append("  \(index + 1): \(pass), \(counts[pass]?[""] ?? 0) programs")
      }
      lines.append(row("", passes.indices.map { "\($0 + 1)" }))
      for name in operators {
        lines.append(row(name, passes.map { counts[$0]?[name].map(String.init) ?? "" }))
      }
      let cells = counts.values.flatMap { $0.filter { $0.key != "" }.values }
      lines.append(
        "\(cells.count) pairs, \(cells.count { $0 >= 20 }) of them in 20 programs or more")
      return lines.joined(separator: "\n")
    }
  }

  private func row(_ name: String, _ cells: [String]) -> String {
    let head = name + String(repeating: " ", count: max(1, 32 - name.count))
    return head
      + cells.map { String(repeating: " ", count: max(1, 6 - $0.count)) + $0 }.joined()
  }
}

/// A pass that notes which operators it changes: those of which there are more or fewer afterwards,
/// alone or joined.
struct Watched: Pass {
  private let pass: any Pass
  private let coverage: Coverage

  init(_ pass: any Pass, _ coverage: Coverage) { (self.pass, self.coverage) = (pass, coverage) }

  var name: String { pass.name }
  var keepsBits: Bool { pass.keepsBits }

  func run(_ graph: Graph, _ context: PassContext) throws(ShapeError) -> PassResult {
    let result = try pass.run(graph, context)
    if result.changeCount > 0 {
      let (before, after) = (Watched.labels(graph), Watched.labels(result.graph))
      let changed = Set(before.keys).union(after.keys).filter { before[$0] != after[$0] }
      coverage.note(name, Set(changed.flatMap { $0.split(separator: "+").map(String.init) }))
    }
    return result
  }

  /// How often each operator is there, by what printed graphs call it.
  private static func labels(_ graph: Graph) -> [String: Int] {
    var counts: [String: Int] = [:]
    for node in graph.nodes {
      guard case .operation(let op) = node.kind else { continue }
      let children = Mirror(reflecting: op).children
      let label = children.first { $0.label == "of" }.map { "\($0.value)" }
      counts[label ?? type(of: op).name, default: 0] += 1
    }
    return counts
  }
}
