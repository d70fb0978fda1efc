// Checking mode: what the program of a region holds as constants is compared with what the closure
// would compute now.

extension Region {
  /// Traces the closure again and stops with a message if it has become another program, which
  /// names the operator, the line, and the old and the new constant.
  func check(
    _ frame: RegionFrame, _ mode: CallMode, _ body: (inout ArrayLeafReader) -> ArrayLeaves
  ) {
    guard let entry = entry(for: frame.arguments, mode).entry else { return }
    let random = RandomState.current
    let key = random.upcoming
    defer { random.upcoming = key }
    let (now, _) = trace(frame.arguments, body)
    let old = entry.program.trace.withoutUnused
    if let (difference, place) = old.difference(to: now.withoutUnused) {
      fail(
        "compile: the closure is no longer what was compiled: \(difference); pass what changes as "
          + "an argument, or keep it in an array or a StateCell", at: place)
    }
  }
}

extension RegionTrace {
  /// How another trace of the same closure differs, in words, and where the user wrote it.
  fileprivate func difference(to other: RegionTrace) -> (String, CallSite)? {
    if let found = graph.nodeDifference(to: other.graph) { return found }
    if graph.nodes.count != other.graph.nodes.count {
      let (old, new) = (graph.nodes.count, other.graph.nodes.count)
      let longer = old < new ? other.graph : graph
      let what = old < new ? "has more operators" : "has fewer operators"
      let counts = "\(graph.operatorCount) → \(other.graph.operatorCount)"
      return ("\(what): \(counts)", longer.nodes[min(old, new)].site)
    }
    if let found = sourceDifference(to: other) { return found }
    if writes != other.writes || clears != other.clears {
      return ("\(assignments) → \(other.assignments)", .unknown)
    }
    if resultCount != other.resultCount || structure != other.structure {
      let isCount = resultCount != other.resultCount
      return (
        isCount
          ? "results: \(resultCount) → \(other.resultCount)"
          : "structure of the results: \(structure) → \(other.structure)", .unknown
      )
    }
    return graph.outputDifference(to: other.graph, resultCount: resultCount, writes)
  }

  /// The trace without inputs that nothing depends on, and what is computed from them: only the
  /// first trace has them, if it gave a state cell its length.
  fileprivate var withoutUnused: RegionTrace {
    var (result, nodes) = (self, [Graph.Node]())
    var places = [Int?](repeating: nil, count: graph.nodes.count)
    var unused: Set<Int> = []
    for (node, source) in zip(graph.inputs, sources) {
      if case .unused = source { unused.insert(node) }
    }
    func moved(_ value: Graph.Value) -> Graph.Value? {
      places[value.node].map { Graph.Value(node: $0, output: value.output) }
    }
    for (index, node) in graph.nodes.enumerated() where !unused.contains(index) {
      let inputs = node.inputs.compactMap(moved)
      guard inputs.count == node.inputs.count else { continue }
      places[index] = nodes.count
      nodes.append(
        Graph.Node(
          kind: node.kind, inputs: inputs, types: node.types, site: node.site, path: node.path))
    }
    result.graph = Graph(
      nodes: nodes, inputs: graph.inputs.compactMap { places[$0] },
      outputs: graph.outputs.compactMap(moved))
    result.sources = zip(graph.inputs, sources).filter { !unused.contains($0.0) }.map(\.1)
    return result
  }

  /// The first input that now comes from somewhere else.
  private func sourceDifference(to other: RegionTrace) -> (String, CallSite)? {
    for (input, (old, new)) in zip(sources, other.sources).enumerated() {
      guard let difference = old.difference(to: new) else { continue }
      let node = graph.inputs[input]
      let user = other.graph.nodes.first { $0.inputs.contains { $0.node == node } }
      return (difference, user?.site ?? .unknown)
    }
    if sources.count == other.sources.count { return nil }
    return ("inputs: \(sources.count) → \(other.sources.count)", .unknown)
  }

  /// What is assigned, in words.
  private var assignments: String {
    let names = writes.map { "\($0)" } + clears.map { "nil to \($0)" }
    return names.isEmpty ? "it assigns nothing" : "it assigns \(names.joined(separator: ", "))"
  }
}

extension TraceSource {
  /// How another source differs, in words; captured arrays by their elements, as a closure may
  /// make the same array at each call.
  fileprivate func difference(to other: TraceSource) -> String? {
    switch (self, other) {
    case (.argument(let a), .argument(let b)) where a == b: return nil
    case (.state(let a), .state(let b)) where a == b: return nil
    case (.randomSeed, .randomSeed), (.randomStream, .randomStream): return nil
    case (.randomTick(let a), .randomTick(let b)) where a == b: return nil
    case (.cotangent(let a), .cotangent(let b)) where a == b: return nil
    case (.array(let old), .array(let new)):
      let name = "a captured array \(old.type)"
      if old.type != new.type { return "\(name) → \(new.type)" }
      if old.isSameMemory(as: new) { return nil }
      do {
        guard let found = try old.bitDifference(to: new) else { return nil }
        return "\(name): element \(found.element): \(found.own) → \(found.other)"
      } catch {
        return "\(name): \(error)"
      }
    default: return "\(text) → \(other.text)"
    }
  }

  private var text: String {
    switch self {
    case .argument(let position): "argument \(position)"
    case .array(let array): "a captured array \(array.type)"
    case .state(let state): "\(state)"
    case .randomSeed, .randomStream, .randomTick: "the random state"
    case .cotangent(let result): "the gradient of result \(result)"
    case .unused: "nothing"
    }
  }
}

extension NDArray {
  /// Whether two arrays of one type are the same elements in the same memory.
  fileprivate func isSameMemory(as other: NDArray) -> Bool {
    guard case .storage(let a) = handle.content, case .storage(let b) = other.handle.content else {
      return false
    }
    return a === b && handle.layout == other.handle.layout
  }
}

extension Graph {
  /// How many nodes are operators.
  fileprivate var operatorCount: Int {
    nodes.count { if case .operation = $0.kind { true } else { false } }
  }

  /// The first result or assigned value that is now another node's.
  fileprivate func outputDifference(
    to other: Graph, resultCount: Int = .max, _ writes: [StateReference] = []
  ) -> (String, CallSite)? {
    for (place, (old, new)) in zip(outputs, other.outputs).enumerated() where old != new {
      let name =
        place < resultCount ? "result \(place)" : "what \(writes[place - resultCount]) is given"
      let (before, now) = (nodes[old.node], other.nodes[new.node])
      return ("\(name): \(before.name) → \(now.name)", now.site)
    }
    if outputs.count == other.outputs.count { return nil }
    return ("results: \(outputs.count) → \(other.outputs.count)", .unknown)
  }

  /// The first node at which another trace of the same closure differs, in words: operator, old and
  /// new; and where the user wrote it.
  fileprivate func nodeDifference(to other: Graph) -> (String, CallSite)? {
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
      case (.operation(let a as any SubgraphOp), .operation(let b as any SubgraphOp)):
        for (old, new) in zip(a.subgraphs, b.subgraphs) {
          let (old, new) = (old.graph.graph, new.graph.graph)
          if let found = old.nodeDifference(to: new) ?? old.outputDifference(to: new) {
            return found
          }
        }
        if old.inputs == new.inputs && old.types == new.types { continue }
        return ("\(new.name): uses something else from outside", new.site)
      case (.operation, .operation), (.constant, .constant), (.input, .input):
        if old.inputs == new.inputs && old.types == new.types { continue }
        return ("\(new.name): has other inputs", new.site)
      default: return ("\(old.name) → \(new.name)", new.site)
      }
    }
    return nil
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
