// Checking mode: what the program of a region holds as constants is compared with what the closure
// would compute now.

extension Region {
  /// Traces the closure again and stops with a message if it has become another program, which
  /// names the operator, the line, and the old and the new constant.
  func check(
    _ frame: RegionFrame, _ mode: CallMode, _ body: (inout ArrayLeafReader) -> ArrayLeaves
  ) {
    guard let entry = entry(for: frame.arguments, mode) else { return }
    let random = RandomState.current
    let key = random.upcoming
    defer { random.upcoming = key }
    let now = RegionTrace(arguments: frame.arguments, writable: writable, at: site, body).graph
    if let (difference, place) = entry.program.trace.graph.difference(to: now) {
      fail(
        "compile: the closure is no longer what was compiled: \(difference); pass what changes as "
          + "an argument, or keep it in an array or a StateCell", at: place)
    }
  }
}

extension Graph {
  /// The first node at which another trace of the same closure differs, in words: operator, old and
  /// new; and where the user wrote it.
  fileprivate func difference(to other: Graph) -> (String, CallSite)? {
    for index in other.nodes.indices {
      guard nodes.indices.contains(index) else { break }
      let (old, new) = (nodes[index], other.nodes[index])
      switch (old.kind, new.kind) {
      case (.constant(let a), .constant(let b)) where a != b:
        let user = other.nodes[index...].first { node in
          node.inputs.contains { $0.node == index }
        }
        return ("\(user?.name ?? "a result"): \(a) → \(b)", user?.site ?? .unknown)
      case (.operation(let a), .operation(let b)) where a.text != b.text:
        return ("\(a.text) → \(b.text)", new.site)
      case (.operation, .operation), (.constant, .constant), (.input, .input):
        if old.inputs == new.inputs && old.types == new.types { continue }
        return ("\(new.name): has other inputs", new.site)
      default: return ("\(old.name) → \(new.name)", new.site)
      }
    }
    guard nodes.count < other.nodes.count || outputs.count < other.outputs.count else { return nil }
    return ("has more operators", other.nodes.last?.site ?? .unknown)
  }
}

extension Graph.Node {
  /// What the node is called in messages.
  fileprivate var name: String {
    switch kind {
    case .input: "an input"
    case .constant(let value): "constant \(value)"
    case .operation(let op): type(of: op).name
    }
  }
}
