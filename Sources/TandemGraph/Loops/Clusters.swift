/// Sets of nodes of a graph that are to become one node each, kept so that the graph stays free of
/// cycles.
struct Clusters {
  let graph: Graph
  private let parts: PlanParts
  /// The cluster of each node, named by its first node.
  private(set) var owner: [Int]
  /// The nodes of each cluster in order; empty for names that were merged into others.
  private(set) var members: [[Int]]

  init(_ graph: Graph) {
    self.graph = graph
    parts = PlanParts(graph)
    owner = Array(graph.nodes.indices)
    members = graph.nodes.indices.map { [$0] }
  }

  /// Whether nodes outside of two clusters lead from one to the other, so that merging them would
  /// close a circle, or an asynchronous operator that only one of them waits for.
  ///
  /// - Complexity: O(nodes).
  func isBetween(_ first: Int, _ second: Int) -> Bool {
    parts.part(of: first) != parts.part(of: second) || leads(from: first, to: second)
      || leads(from: second, to: first)
  }

  /// Whether any path leads from one cluster to another, a direct use included.
  func depends(_ user: Int, on source: Int) -> Bool {
    members[user].contains { node in
      graph.nodes[node].inputs.contains { owner[$0.node] == source }
    } || leads(from: source, to: user)
  }

  /// Whether a path of other clusters leads from `source` to `user`.
  private func leads(from source: Int, to user: Int) -> Bool {
    var visited: Set<Int> = [source, user]
    var waiting: [Int] = []
    func visit(_ cluster: Int, isFirst: Bool) -> Bool {
      for node in members[cluster] {
        for input in graph.nodes[node].inputs {
          let next = owner[input.node]
          if next == source && !isFirst { return true }
          // No shortcut by positions: an early node's cluster may lead to later ones.
          guard visited.insert(next).inserted else { continue }
          waiting.append(next)
        }
      }
      return false
    }
    if visit(user, isFirst: true) { return true }
    while let next = waiting.popLast() {
      if visit(next, isFirst: false) { return true }
    }
    return false
  }

  /// Makes two clusters one; its name is the lesser.
  mutating func merge(_ a: Int, _ b: Int) {
    let (into, from) = (min(a, b), max(a, b))
    for node in members[from] { owner[node] = into }
    members[into] = (members[into] + members[from]).sorted()
    members[from] = []
  }

  /// The clusters in an order in which each comes after those that it uses, otherwise by where
  /// their last nodes stand.
  var order: [Int] {
    var waits: [Int: Int] = [:]
    var users: [Int: [Int]] = [:]
    let all = members.indices.filter { !members[$0].isEmpty }
    for cluster in all {
      let sources = Set(
        members[cluster].flatMap { graph.nodes[$0].inputs.map { owner[$0.node] } }
      ).subtracting([cluster])
      waits[cluster] = sources.count
      for source in sources { users[source, default: []].append(cluster) }
    }
    var ready = all.filter { waits[$0] == 0 }.sorted { members[$0].last! > members[$1].last! }
    var result: [Int] = []
    while let next = ready.popLast() {
      result.append(next)
      for user in users[next] ?? [] {
        waits[user]! -= 1
        guard waits[user] == 0 else { continue }
        let place = ready.firstIndex { members[$0].last! < members[user].last! } ?? ready.count
        ready.insert(user, at: place)
      }
    }
    return result
  }
}

extension Clusters {
  /// The graph with each cluster of several nodes as what `fuse` makes of it.
  ///
  /// - Parameter fuse: is given the cluster, its nodes, and the values that somebody outside of
  ///   their cluster uses.
  func fused(
    changeCount: Int,
    _ fuse: (
      _ cluster: Int, _ nodes: [Int], _ escaping: Set<Graph.Value>, _ draft: inout GraphDraft
    ) throws(ShapeError) -> Void
  ) throws(ShapeError) -> PassResult {
    let escaping = usedOutside
    var draft = GraphDraft(graph)
    for cluster in order {
      let nodes = members[cluster]
      if nodes.count == 1 {
        draft.keep(nodes[0])
      } else {
        try fuse(cluster, nodes, escaping, &draft)
      }
    }
    return PassResult(draft.graph(), changeCount: changeCount)
  }

  /// The values that results are, or that nodes of other clusters use.
  private var usedOutside: Set<Graph.Value> {
    var result = Set(graph.outputs)
    for (index, node) in graph.nodes.enumerated() {
      for input in node.inputs where owner[input.node] != owner[index] { result.insert(input) }
    }
    return result
  }
}

extension Graph {
  /// The names of the operators that some loops stand for, repetitions left out.
  func label(ofLoops loops: [Int]) -> String {
    var names: [String] = []
    for node in loops {
      guard case .operation(let loop as Loop) = nodes[node].kind else { continue }
      for name in loop.label.split(separator: "+").map(String.init) where !names.contains(name) {
        names.append(name)
      }
    }
    return names.joined(separator: "+")
  }
}
