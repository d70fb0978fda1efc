import TandemKernels

/// Writes one loop for the members of a group.
struct FusedLoop {
  private let graph: Graph
  private let nodes: [Int]
  private let group: LoopGroup
  private let escaping: Set<Graph.Value>

  /// An array as the group reads it.
  private struct Reading: Hashable {
    let value: Graph.Value
    let map: AxisMap
  }

  private let builder = LoopBuilder()
  private var arrays: [Reading] = []
  private var arrayValues: [Reading: LoopValue] = [:]
  private var numbers: [Graph.Value] = []
  private var numberValues: [Graph.Value: LoopValue] = [:]
  private var elements: [Graph.Value: LoopValue] = [:]
  private var results: [(value: Graph.Value, result: Loop.Result)] = []

  /// - Parameter escaping: the values for which somebody else has a use.
  init(_ graph: Graph, _ nodes: [Int], _ group: LoopGroup, escaping: Set<Graph.Value>) {
    (self.graph, self.nodes, self.group, self.escaping) = (graph, nodes, group, escaping)
  }

  /// Adds the loop to a draft in which all that the members use is there.
  mutating func add(to draft: inout GraphDraft) throws(ShapeError) {
    for node in nodes { replay(node) }
    let loop = Loop(
      program: builder.build(), shape: group.shape, reducedAxes: group.reducedAxes ?? [],
      arrays: arrays.map(\.map), results: results.map(\.result), label: graph.label(ofLoops: nodes))
    let operands = arrays.map { draft.value($0.value) } + numbers.map(draft.value)
    let last = graph.nodes[nodes[nodes.count - 1]]
    let values = try draft.add(loop, operands, like: last)
    var found: [Graph.Value: Graph.Value] = [:]
    for (index, result) in results.enumerated() { found[result.value] = values[index] }
    for node in nodes {
      // What nobody uses stands for itself no more; any value does.
      draft.replace(
        node,
        by: graph.nodes[node].types.indices.map {
          found[Graph.Value(node: node, output: $0)] ?? values[0]
        })
    }
  }

  private mutating func replay(_ node: Int) {
    guard case .operation(let op) = graph.nodes[node].kind, let loop = op as? Loop else { return }
    let contents = loop.program.contents
    let operands = graph.nodes[node].inputs
    let inputs = contents.inputs.indices.map { index -> LoopValue in
      if let element = elements[operands[index]] { return element }
      return array(
        Reading(value: operands[index], map: group.map(loop.arrays[index], of: node)),
        contents.inputs[index])
    }
    let scalars = contents.scalars.indices.map {
      number(operands[loop.arrays.count + $0], contents.scalars[$0])
    }
    let values = builder.replay(loop.program, inputs: inputs, scalars: scalars)
    for (index, output) in contents.outputs.enumerated() {
      let value = Graph.Value(node: node, output: index)
      if output.reduction == nil {
        elements[value] = values[index].rounded(to: output.dtype)
      }
      guard escaping.contains(value) else { continue }
      builder.output(values[index], as: output.dtype, reducing: output.reduction)
      let result = Loop.Result(
        type: loop.results[index].type, axes: group.map(loop.results[index].axes, of: node))
      results.append((value, result))
    }
  }

  private mutating func array(_ reading: Reading, _ dtype: DType) -> LoopValue {
    if let known = arrayValues[reading] { return known }
    let value = builder.input(dtype)
    arrayValues[reading] = value
    arrays.append(reading)
    return value
  }

  private mutating func number(_ value: Graph.Value, _ dtype: DType) -> LoopValue {
    if let known = numberValues[value] { return known }
    let scalar = builder.scalar(dtype)
    numberValues[value] = scalar
    numbers.append(value)
    return scalar
  }
}
