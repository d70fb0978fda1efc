import TandemGraph
import TandemThreads
import TestSupport

/// The oracle: a graph run operator by operator, each on memory of its own, as eager arrays are.
struct OneByOne {
  private enum Value {
    case array(HostArray, Layout)
    case number(ScalarValue)
  }

  /// What the caller gives for an input.
  enum Argument {
    case array(HostArray)
    case number(ScalarValue)
  }

  /// Random arrays for the inputs of a graph, dense in row-major order.
  static func arguments(_ graph: Graph, _ random: inout SplitMix) -> [Argument] {
    graph.inputs.map { node in
      let type = graph.nodes[node].types[0]
      let array = HostArray(Layout(type.shape), type.dtype)
      array.fill(&random)
      return .array(array)
    }
  }

  /// The bytes of each result in row-major order.
  static func run(_ graph: Graph, _ arguments: [Argument]) throws -> [[UInt8]] {
    var values: [Graph.Value: Value] = [:]
    let live = graph.liveNodes
    for (index, node) in graph.nodes.enumerated() where live[index] {
      switch node.kind {
      case .input(let position):
        switch arguments[position] {
        case .array(let array): values[Graph.Value(node: index)] = .array(array, array.layout)
        case .number(let number): values[Graph.Value(node: index)] = .number(number)
        }
      case .constant(let number): values[Graph.Value(node: index)] = .number(number)
      case .operation(let op):
        let results = try run(op, node, node.inputs.map { values[$0]! }, graph)
        for (output, result) in results.enumerated() {
          values[Graph.Value(node: index, output: output)] = result
        }
      }
    }
    return try graph.outputs.map { output in
      let (array, layout) = try stored(values[output]!)
      return array.bytes(under: layout)
    }
  }

  private static func stored(_ value: Value) throws -> (HostArray, Layout) {
    switch value {
    case .array(let array, let layout): return (array, layout)
    case .number(let number):
      let layout = Layout(Shape())
      let array = HostArray(layout, number.dtype)
      var lowering = Lowering(
        outputs: [(layout, number.dtype)], inputs: [(layout, number.dtype)], scalarInputs: [true])
      Full(shape: []).lower(TensorTypes(TensorType([], number.dtype)), to: &lowering)
      try lowering.program(named: "full").run(
        bases: [array.memory, array.memory], scalars: [number], in: .serial)
      return (array, layout)
    }
  }

  private static func run(
    _ op: any Op, _ node: Graph.Node, _ inputs: [Value], _ graph: Graph
  ) throws -> [Value] {
    if inputs.count == 1 {
      let (array, layout) = try stored(inputs[0])
      if let view = op.view(of: layout) { return [.array(array, view)] }
    }
    var operands: [(Layout, DType)] = []
    var bases: [UnsafeMutableRawPointer] = []
    var (isNumber, scalars, kept): ([Bool], [ScalarValue], [HostArray]) = ([], [], [])
    let nowhere = UnsafeMutableRawPointer(bitPattern: 64)!
    for (input, value) in zip(node.inputs, inputs) {
      if case .number(let number) = value, type(of: op).acceptsNumbers {
        operands.append((Layout(Shape()), number.dtype))
        isNumber.append(true)
        scalars.append(number)
        bases.append(nowhere)
      } else {
        let (array, layout) = try stored(value)
        var start = layout
        start.offset = 0
        operands.append((start, graph.type(of: input).dtype))
        isNumber.append(false)
        bases.append(array.memory + layout.offset * array.dtype.byteCount)
        kept.append(array)
      }
    }
    let layouts = operands.indices.filter { !isNumber[$0] }.map { operands[$0].0 }
    let outputs = node.types.indices.map {
      HostArray(op.outputLayout(for: node.types[$0], at: $0, inputs: layouts), node.types[$0].dtype)
    }
    var lowering = Lowering(
      outputs: outputs.map { ($0.layout, $0.dtype) }, inputs: operands, scalarInputs: isNumber)
    op.lower(TensorTypes(node.inputs.map(graph.type(of:))), to: &lowering)
    try lowering.program(named: type(of: op).name).run(
      bases: outputs.map(\.memory) + bases, scalars: scalars, in: .serial)
    withExtendedLifetime(kept) {}
    return outputs.map { .array($0, $0.layout) }
  }
}
