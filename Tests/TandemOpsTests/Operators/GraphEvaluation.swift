import TandemOps

extension Graph {
  /// The values of the outputs for the given inputs, one node after another.
  func evaluate<A: TestArray>(_ arguments: [A]) -> [A] {
    let live = liveNodes
    var values: [[A]] = []
    for (index, node) in nodes.enumerated() {
      guard live[index] else {
        values.append([])
        continue
      }
      switch node.kind {
      case .input(let position): values.append([arguments[position]])
      case .constant(let value): values.append([arguments[0].constant(value)])
      case .operation(let op):
        values.append(A.apply(op, node.inputs.map { values[$0.node][$0.output] }))
      }
    }
    return outputs.map { values[$0.node][$0.output] }
  }
}

extension Op {
  /// The gradient of an operator as a graph of its inputs, outputs and cotangents (of float
  /// outputs); `nil` for inputs to which none flows.
  func gradientGraph(
    _ inputs: TensorTypes, _ outputs: TensorTypes
  ) -> (graph: Graph, targets: [Int]) {
    let builder = GraphBuilder()
    let inputs = inputs.map(builder.input)
    let symbols = outputs.map(builder.input)
    let cotangents = outputs.map { $0.dtype.isFloatingPoint ? builder.input($0) : nil }
    let gradients = gradient(inputs, symbols, cotangents)
    let targets = gradients.indices.filter { gradients[$0] != nil }
    return (builder.graph(outputs: gradients.compactMap { $0 }), targets)
  }
}
