import TandemKernels

/// Computes values again where they are next needed instead of keeping them, so that the graph
/// stays under the memory limit, if that can be; ``RecomputeSearch`` decides which. Without a
/// limit, what costs little: at most 1.5 % of the graph's work.
///
/// A random operator draws the same again, for its key is an input. Outputs that are results of the
/// graph, the new states among them, are computed once.
///
/// - Reference: Chen, Xu, Zhang and Guestrin, *Training Deep Nets with Sublinear Memory Cost*,
///   2016, arXiv:1604.06174.
public struct Recompute: Pass {
  public let name = "recompute"

  /// Bytes to stay under, if not ``CompilerOptions/memoryLimitBytes``.
  let budget: Int?

  /// The pass; the limit is ``CompilerOptions/memoryLimitBytes``.
  public init() { budget = nil }

  /// The pass with a limit of its own: less than the caller's where a plan needs more than its
  /// values take.
  init(budget: Int) { self.budget = budget }

  /// Bytes of a graph from which on values are computed again unasked, where that costs little.
  static let automaticBytesMin = 32 << 20
  /// The part of the graph's work that may be done again unasked.
  static let automaticWorkMax = 0.015

  public func run(_ graph: Graph, _ context: PassContext) throws(ShapeError) -> PassResult {
    let limit = budget ?? context.options.memoryLimitBytes
    if limit == nil, graph.computedBytes < Recompute.automaticBytesMin {
      return PassResult(graph, changeCount: 0)
    }
    let ordered = graph.ordered(by: NodeOrder(graph, donations: context.donations).nodes)
    let works = ordered.nodes.map { NodeWork($0, ordered, context) }
    func search(_ budget: Int, _ rateMin: Double) -> RecomputeSearch {
      RecomputeSearch(
        ordered, works: works, donations: context.donations, budget: budget, rateMin: rateMin)
    }
    let found = limit.map { search($0, 0) } ?? Recompute.cheapest(works, search)
    guard found.repeatCount > 0 else { return PassResult(graph, changeCount: 0) }
    return PassResult(try ordered.repeating(found.events), changeCount: found.repeatCount)
  }

  /// Bytes per second of what is computed again unasked: what memory bounds, not arithmetic.
  static let automaticRateMin = 2e9

  /// What saves most memory for little work, in steps of a sixteenth of the peak.
  private static func cheapest(
    _ works: [NodeWork], _ search: (_ budget: Int, _ rateMin: Double) -> RecomputeSearch
  ) -> RecomputeSearch {
    let allowed = automaticWorkMax * works.reduce(0) { $0 + $1.seconds }
    var best = search(.max, 0)
    let peak = best.peakBytes
    guard peak >= automaticBytesMin else { return best }
    for part in (8...15).reversed() {
      let next = search(peak / 16 * part, automaticRateMin)
      if next.repeatedSeconds > allowed { break }
      if next.peakBytes < best.peakBytes { best = next }
    }
    return best
  }
}

extension Graph {
  /// Bytes of all that nodes compute.
  fileprivate var computedBytes: Int {
    nodes.reduce(0) { sum, node in
      guard case .operation = node.kind else { return sum }
      return node.types.reduce(sum) { $0 + $1.byteCount }
    }
  }
}

extension Graph {
  /// The graph with its live nodes in another order; inputs that nobody needs stay.
  fileprivate func ordered(by order: [Int]) -> Graph {
    var draft = GraphDraft(self)
    let placed = Set(order)
    for input in inputs where !placed.contains(input) { draft.keep(input) }
    for node in order { draft.keep(node) }
    return draft.graph()
  }

  /// The graph as a search wants it to run.
  fileprivate func repeating(_ events: [RecomputeSearch.Event]) throws(ShapeError) -> Graph {
    var writer = RepeatingWriter(self)
    for event in events {
      switch event {
      case .node(let node): writer.keep(node)
      case .again(let node, let outputs): try writer.repeat(node, outputs)
      }
    }
    return writer.draft.graph()
  }
}

/// Writes a graph in which nodes run again; what comes after them reads the new values.
private struct RepeatingWriter {
  var draft: GraphDraft
  private let graph: Graph
  private let homes: MemoryHomes
  /// How often each node has run, and for views how often had what they show.
  private var runs: [Int]

  init(_ graph: Graph) {
    self.graph = graph
    draft = GraphDraft(graph)
    homes = MemoryHomes(graph)
    runs = graph.nodes.map { _ in 0 }
  }

  mutating func keep(_ node: Int) {
    refreshInputs(of: node)
    draft.keep(node)
    if homes.isView(node) { runs[node] = shownRuns(node) }
  }

  mutating func `repeat`(_ node: Int, _ outputs: [Int]) throws(ShapeError) {
    refreshInputs(of: node)
    var values = graph.nodes[node].types.indices.map {
      draft.value(Graph.Value(node: node, output: $0))
    }
    let new = try draft.repeated(graph.nodes[node], outputs, values)
    for (output, value) in zip(outputs, new) { values[output] = value }
    draft.replace(node, by: values)
    runs[node] += 1
  }

  /// Views of what has been computed again are made again.
  private mutating func refreshInputs(of node: Int) {
    for input in graph.nodes[node].inputs
    where homes.isView(input.node) && runs[input.node] != shownRuns(input.node) {
      keep(input.node)
    }
  }

  private func shownRuns(_ view: Int) -> Int { runs[homes.home(Graph.Value(node: view)).node] }
}

extension GraphDraft {
  /// Some outputs of an operator once more; of a loop one output alone.
  ///
  /// - Parameter known: what there is of its outputs.
  fileprivate mutating func repeated(
    _ node: Graph.Node, _ outputs: [Int], _ known: [Graph.Value]
  ) throws(ShapeError) -> [Graph.Value] {
    guard case .operation(let op) = node.kind else {
      fail("recompute: broken invariant: no operator", at: node.site)
    }
    if let behind = op as? LoopBehind, let source = behind.keptResult, outputs.count == 1,
      outputs[0] < source
    {
      let (part, operands) = behind.loop.alone(outputs[0])
      let others = node.inputs[behind.producerInputCount...].map(value)
      return try add(part, operands.map { ([known[source]] + others)[$0] }, like: node)
    }
    guard let loop = op as? Loop, loop.results.count > 1, outputs.count == 1,
      !loop.results.indices.contains(where: loop.isReduced)
    else {
      let all = try add(op, node.inputs.map(value), like: node)
      return outputs.map { all[$0] }
    }
    let (part, operands) = loop.alone(outputs[0])
    return try add(part, operands.map { value(node.inputs[$0]) }, like: node)
  }
}

extension LoopBehind {
  /// The output that is what the loop reads first, as the producer makes it, if there is one; it
  /// comes after those that the loop computes.
  var keptResult: Int? {
    let contents = loop.program.contents
    let last = contents.outputs.count - 1
    guard last > 0, contents.outputs[last].value == 0, contents.outputs[last].reduction == nil,
      contents.outputs[last].dtype == contents.inputs[0]
    else { return nil }
    return last
  }
}

extension Loop {
  /// The loop that computes one output alone, and which of the operands it takes.
  fileprivate func alone(_ output: Int) -> (loop: Loop, operands: [Int]) {
    let contents = program.contents
    let kept = contents.outputs[output]
    var needed: Set<Int> = []
    var waiting = [kept.value]
    while let value = waiting.popLast() {
      guard needed.insert(value).inserted, value >= contents.firstResult else { continue }
      waiting += contents.instructions[value - contents.firstResult].operands
    }
    let builder = LoopBuilder()
    var values: [Int: LoopValue] = [:]
    let inputs = contents.inputs.indices.filter(needed.contains)
    for input in inputs { values[input] = builder.input(contents.inputs[input]) }
    let scalars = contents.scalars.indices.filter { needed.contains(contents.inputs.count + $0) }
    for scalar in scalars {
      values[contents.inputs.count + scalar] = builder.scalar(contents.scalars[scalar])
    }
    for value in needed.sorted() where value >= contents.firstConstant {
      if value < contents.firstResult {
        values[value] = builder.constant(contents.constants[value - contents.firstConstant])
      } else {
        let instruction = contents.instructions[value - contents.firstResult]
        values[value] = builder.add(instruction, instruction.operands.map { values[$0]! })
      }
    }
    builder.output(values[kept.value]!, as: kept.dtype)
    let loop = Loop(
      program: builder.build(), shape: shape, reducedAxes: [], arrays: inputs.map { arrays[$0] },
      results: [results[output]], label: label)
    return (loop, inputs + scalars.map { arrays.count + $0 })
  }
}
