/// Where asynchronous operators cut a plan: which of them each node of a graph waits for.
///
/// Nodes that wait for the same ones are a part. What runs in one part never stands in the way of
/// another: loops are fused within a part, memory is shared within a part, and what passes from one
/// to another lies in memory of its own. So what does not depend on an operator that is under way
/// overtakes it, in this call and in the next ones.
struct PlanParts {
  /// The part of each node.
  private let parts: [Int]
  /// For each part the asynchronous nodes that it waits for.
  private let awaited: [Set<Int>]
  private let graph: Graph

  init(_ graph: Graph) {
    self.graph = graph
    guard graph.nodes.contains(where: \.isAsynchronous) else {
      (parts, awaited) = (graph.nodes.map { _ in 0 }, [[]])
      return
    }
    var (parts, awaited): ([Int], [Set<Int>]) = ([], [[]])
    var known: [Set<Int>: Int] = [[]: 0]
    for node in graph.nodes {
      var set: Set<Int> = []
      for input in Set(node.inputs.map(\.node)) {
        set.formUnion(awaited[parts[input]])
        if graph.nodes[input].isAsynchronous { set.insert(input) }
      }
      if known[set] == nil {
        known[set] = awaited.count
        awaited.append(set)
      }
      parts.append(known[set]!)
    }
    (self.parts, self.awaited) = (parts, awaited)
  }

  /// Whether there is but one part, and nothing asynchronous.
  var isWhole: Bool { awaited.count == 1 && !graph.nodes.contains(where: \.isAsynchronous) }

  /// The part of a node.
  func part(of node: Int) -> Int { parts[node] }

  /// The part whose memory a node may use; an asynchronous one uses that of none.
  func memoryPart(of node: Int) -> Int? {
    graph.nodes[node].isAsynchronous ? nil : parts[node]
  }

  /// Whether all that one node waits for, itself included if it is asynchronous, another waits for,
  /// too.
  func waits(_ node: Int, forAllOf other: Int) -> Bool {
    let own = awaited[parts[node]]
    return awaited[parts[other]].isSubset(of: own)
      && (!graph.nodes[other].isAsynchronous || own.contains(other))
  }
}
