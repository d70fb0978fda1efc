import TandemKernels

/// Computes cheap values again where they are next needed instead of keeping them over the point at
/// which most memory is in use, until the graph stays under the limit or nothing cheap is left.
///
/// Cheap are loops without reductions, operators on rows, and random draws, which depend on their
/// key alone: the second time gives the same bits. Only what can be computed from values that are
/// there anyway is computed again. Outputs that others keep are not repeated.
///
/// - Complexity: O(nodes) for each value that is computed again.
/// - Reference: Chen, Xu, Zhang and Guestrin, *Training Deep Nets with Sublinear Memory Cost*,
///   2016, arXiv:1604.06174.
public struct Recompute: Pass {
  public let name = "recompute"

  /// Values computed again in one graph.
  static let countMax = 1000

  /// The pass, which has no settings; the limit is ``CompilerOptions/memoryLimitBytes``.
  public init() {}

  public func run(_ graph: Graph, _ context: PassContext) throws(ShapeError) -> PassResult {
    guard let limit = context.options.memoryLimitBytes else {
      return PassResult(graph, changeCount: 0)
    }
    var current = graph
    var count = 0
    while count < Recompute.countMax {
      let usage = MemoryUsage(current)
      guard usage.peakBytes > limit, let choice = usage.bestRepetition() else { break }
      current = try current.repeating(choice)
      count += 1
    }
    return PassResult(current, changeCount: count)
  }
}

/// When the memory of each value of a graph is in use, as far as it can be told without layouts.
struct MemoryUsage {
  let graph: Graph
  /// Bytes of the values that are in use while the worst node runs, inputs not counted.
  private(set) var peakBytes = 0
  private var peak = 0
  /// The node whose memory a node's outputs are: itself, or what a view shows.
  private var homes: [Int]
  /// The last node that reads each home; the end of the graph for results.
  private var lastUses: [Graph.Value: Int] = [:]
  private var uses: [Graph.Value: [Int]] = [:]

  /// A value to be computed again.
  struct Repetition {
    let value: Graph.Value
    /// The first node that reads the repeated value.
    let place: Int
  }

  init(_ graph: Graph) {
    self.graph = graph
    homes = Array(graph.nodes.indices)
    for (index, node) in graph.nodes.enumerated() where isView(node) {
      homes[index] = homes[node.inputs[0].node]
    }
    for (index, node) in graph.nodes.enumerated() {
      for input in node.inputs { note(input, index) }
    }
    for output in graph.outputs { note(output, graph.nodes.count) }
    findPeak()
  }

  private func isView(_ node: Graph.Node) -> Bool {
    guard case .operation(let op) = node.kind, node.inputs.count == 1 else { return false }
    return op.view(of: Layout(graph.type(of: node.inputs[0]).shape)) != nil
  }

  /// The value whose memory a value is.
  private func home(_ value: Graph.Value) -> Graph.Value {
    var value = value
    while homes[value.node] != value.node { value = graph.nodes[value.node].inputs[0] }
    return value
  }

  private mutating func note(_ value: Graph.Value, _ user: Int) {
    uses[value, default: []].append(user)
    let home = home(value)
    lastUses[home] = max(lastUses[home] ?? 0, user)
  }

  private mutating func findPeak() {
    var changes = Array(repeating: 0, count: graph.nodes.count + 2)
    for (index, node) in graph.nodes.enumerated() where isComputed(index) {
      for output in node.types.indices {
        let value = Graph.Value(node: index, output: output)
        changes[index] += node.types[output].byteCount
        changes[max(index, lastUses[value] ?? index) + 1] -= node.types[output].byteCount
      }
    }
    var bytes = 0
    for index in graph.nodes.indices {
      bytes += changes[index]
      if bytes > peakBytes { (peakBytes, peak) = (bytes, index) }
    }
  }

  private func isComputed(_ index: Int) -> Bool {
    guard case .operation(let op) = graph.nodes[index].kind else { return false }
    return homes[index] == index && !(op is Literal)
  }

  /// The largest value that is kept over the peak and can be computed again after it.
  func bestRepetition() -> Repetition? {
    var best: Repetition?
    var bestBytes = 0
    for (value, users) in uses where value.node < peak && isCheap(value) {
      let bytes = graph.type(of: value).byteCount
      guard home(value) == value, !users.contains(peak),
        let place = users.first(where: { $0 > peak }),
        place < graph.nodes.count, lastViewUse(value) < peak,
        graph.nodes[value.node].inputs.allSatisfy({ isThere($0, until: place) })
      else { continue }
      let isBetter =
        bytes > bestBytes
        || bytes == bestBytes && bytes > 0
          && (value.node, value.output) < (best!.value.node, best!.value.output)
      if isBetter { (best, bestBytes) = (Repetition(value: value, place: place), bytes) }
    }
    return best
  }

  /// The last read of a value through a view; views are not repeated.
  private func lastViewUse(_ value: Graph.Value) -> Int {
    uses.reduce(-1) { last, entry in
      entry.key != value && home(entry.key) == value ? max(last, entry.value.max() ?? -1) : last
    }
  }

  /// Whether a value would be in memory at a node anyway.
  private func isThere(_ value: Graph.Value, until place: Int) -> Bool {
    let home = home(value)
    return !isComputed(home.node) || (lastUses[home] ?? -1) >= place
  }

  private func isCheap(_ value: Graph.Value) -> Bool {
    guard case .operation(let op) = graph.nodes[value.node].kind else { return false }
    if type(of: op).isRandom { return true }
    if op is RowLoops { return graph.nodes[value.node].types.count == 1 }
    guard let loop = op as? Loop else { return false }
    return !loop.isReduced(value.output)
  }
}

extension Graph {
  /// The graph with a value computed again right before a node, for it and all later users.
  func repeating(_ choice: MemoryUsage.Repetition) throws(ShapeError) -> Graph {
    var draft = GraphDraft(self)
    let source = nodes[choice.value.node]
    for index in nodes.indices {
      if index == choice.place {
        var values = source.types.indices.map {
          draft.value(Value(node: choice.value.node, output: $0))
        }
        values[choice.value.output] = try draft.repeated(source, choice.value.output)
        draft.replace(choice.value.node, by: values)
      }
      draft.keep(index)
    }
    var result = draft.graph()
    // A result of the graph is the value as it was first computed; both are the same bits, and the
    // last one is there when the graph ends.
    result.outputs = outputs.map(draft.value)
    return result
  }
}

extension GraphDraft {
  /// The output of an operator once more; of a loop that output alone.
  fileprivate mutating func repeated(
    _ node: Graph.Node, _ output: Int
  ) throws(ShapeError) -> Graph.Value {
    guard case .operation(let op) = node.kind else {
      fail("recompute: broken invariant: no operator", at: node.site)
    }
    guard let loop = op as? Loop, loop.results.count > 1 else {
      return try add(op, node.inputs.map(value), like: node)[output]
    }
    let (part, operands) = loop.alone(output)
    return try add(part, operands.map { value(node.inputs[$0]) }, like: node)[0]
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
