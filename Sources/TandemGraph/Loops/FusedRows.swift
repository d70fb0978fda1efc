/// Writes one operator for loops over the same rows.
struct FusedRows {
  private let graph: Graph
  private let nodes: [Int]
  private let rowAxes: [Int: [Int]]
  private let escaping: Set<Graph.Value>

  private var arrays: [Graph.Value] = []
  private var numbers: [Graph.Value] = []
  private var results: [Graph.Value] = []
  private var scratch: [TensorType] = []
  /// Where members find what other members computed.
  private var places: [Graph.Value: RowLoops.Source] = [:]
  /// For scratch memory: which of its axes is each axis of the value.
  private var scratchAxes: [Graph.Value: [Int]] = [:]
  private var stages: [RowLoops.Stage] = []

  /// - Parameters:
  ///   - rowAxes: for each member, which of its axes is each row axis.
  ///   - escaping: the values for which somebody else has a use.
  init(
    _ graph: Graph, _ nodes: [Int], _ rowAxes: [Int: [Int]], escaping: Set<Graph.Value>
  ) {
    (self.graph, self.nodes, self.rowAxes) = (graph, nodes, rowAxes)
    self.escaping = escaping
  }

  /// Adds the operator to a draft in which all that the members use is there.
  mutating func add(to draft: inout GraphDraft) throws(ShapeError) {
    for node in nodes { addStage(node) }
    let first = loop(nodes[0])
    let rows = Shape(rowAxes[nodes[0]]!.map { first.shape[$0] })
    var sharing = StageSharing(stages, rows: rows, scratch: scratch)
    sharing.share()
    let op = RowLoops(
      rows: rows, stages: sharing.stages, scratch: sharing.scratch,
      arrays: arrays.map(graph.type(of:)), numbers: numbers.map { graph.type(of: $0).dtype },
      results: results.map(graph.type(of:)), label: graph.label(ofLoops: nodes))
    let last = graph.nodes[nodes[nodes.count - 1]]
    let values = try draft.add(op, (arrays + numbers).map(draft.value), like: last)
    for node in nodes {
      // What nobody uses stands for itself no more; any value does.
      draft.replace(
        node,
        by: graph.nodes[node].types.indices.map {
          let value = Graph.Value(node: node, output: $0)
          return results.firstIndex(of: value).map { values[$0] } ?? values[0]
        })
    }
  }

  private func loop(_ node: Int) -> Loop {
    guard case .operation(let op) = graph.nodes[node].kind, let loop = op as? Loop else {
      fail("row fusion: broken invariant: %\(node) is no loop", at: graph.nodes[node].site)
    }
    return loop
  }

  private mutating func addStage(_ node: Int) {
    let loop = loop(node)
    let rows = rowAxes[node]!
    let inner = (0..<loop.shape.rank).filter { !rows.contains($0) }
    let order = rows + inner
    let operands = graph.nodes[node].inputs
    let inputs = loop.arrays.indices.map { position in
      reference(to: operands[position], loop.arrays[position].reordered(order))
    }
    let outputs = loop.results.indices.map { output in
      target(
        Graph.Value(node: node, output: output), loop.results[output].axes.reordered(order),
        rowCount: rows.count)
    }
    stages.append(
      RowLoops.Stage(
        program: loop.program, shape: Shape(inner.map { loop.shape[$0] }),
        reducedAxes: inner.indices.filter { loop.isGathered(inner[$0]) }, outputs: outputs,
        inputs: inputs, scalars: operands[loop.arrays.count...].map { number($0) }))
  }

  private mutating func number(_ value: Graph.Value) -> Int {
    if let known = numbers.firstIndex(of: value) { return known }
    numbers.append(value)
    return numbers.count - 1
  }

  private mutating func reference(to value: Graph.Value, _ map: AxisMap) -> RowLoops.Reference {
    if let place = places[value] {
      guard let axes = scratchAxes[value] else {
        return RowLoops.Reference(source: place, map: map)
      }
      return RowLoops.Reference(
        source: place, map: AxisMap(map.axes.map { $0 < 0 ? -1 : axes[$0] }))
    }
    let index = arrays.firstIndex(of: value) ?? arrays.count
    if index == arrays.count { arrays.append(value) }
    return RowLoops.Reference(source: .array(index), map: map)
  }

  /// Where a value goes: to memory if somebody else reads it, else to scratch memory with the row
  /// axes first.
  private mutating func target(
    _ value: Graph.Value, _ map: AxisMap, rowCount: Int
  ) -> RowLoops.Reference {
    if escaping.contains(value) {
      results.append(value)
      places[value] = .result(results.count - 1)
      return RowLoops.Reference(source: .result(results.count - 1), map: map)
    }
    let type = graph.type(of: value)
    // Scratch axes in the order of the iteration: rows first, what is reduced left out.
    let walked = map.axes.filter { $0 >= 0 }
    let shape = Shape(walked.map { type.shape[$0] })
    var axes = Array(repeating: -1, count: type.rank)
    for (place, axis) in walked.enumerated() { axes[axis] = place }
    scratch.append(TensorType(shape, type.dtype))
    places[value] = .scratch(scratch.count - 1)
    scratchAxes[value] = axes
    return RowLoops.Reference(
      source: .scratch(scratch.count - 1), map: AxisMap(map.axes.map { $0 < 0 ? -1 : axes[$0] }))
  }
}
