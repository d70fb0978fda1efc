// Checking mode: what the program of a region holds as constants is compared with what the closure
// would compute now.

extension Region {
  /// Traces the closure again and stops with a message if it has become another program, which
  /// names the operator, the line, and the old and the new constant.
  func check(
    _ frame: RegionFrame, _ mode: CallMode, _ body: (inout ArrayLeafReader) -> ArrayLeaves
  ) {
    guard let entry = entry(for: frame.arguments, mode).entry else { return }
    let now = traceWithoutDrawing(frame.arguments, body)
    let old = entry.reference ?? entry.program.trace
    if let (difference, place) = old.difference(to: now) {
      fail(
        "compile: the closure is no longer what was compiled: \(difference); pass what changes as "
          + "an argument, or keep it in an array or a StateCell", at: place)
    }
  }

  /// What later traces are compared with, if not the trace of the program: the first one may differ
  /// from all others, where it gave state cells their lengths.
  func reference(
    for trace: RegionTrace, _ arguments: ArrayLeaves,
    _ body: (inout ArrayLeafReader) -> ArrayLeaves
  ) -> RegionTrace? {
    let hasUnused = trace.sources.contains { if case .unused = $0 { true } else { false } }
    return options.isChecking && hasUnused ? traceWithoutDrawing(arguments, body) : nil
  }

  /// Traces the closure and leaves the random state as it is.
  private func traceWithoutDrawing(
    _ arguments: ArrayLeaves, _ body: (inout ArrayLeafReader) -> ArrayLeaves
  ) -> RegionTrace {
    let random = RandomState.current
    let key = random.upcoming
    defer { random.upcoming = key }
    return trace(arguments, body).0
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
    case (.randomSeed, .randomSeed), (.randomStream, .randomStream), (.unused, .unused): return nil
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
