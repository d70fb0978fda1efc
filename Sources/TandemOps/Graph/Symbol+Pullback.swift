extension Symbol {
  /// The gradients with respect to `inputs` of values that were computed from them, given the
  /// values' cotangents: reverse mode over the part of the trace that lies between.
  ///
  /// For operators with a kernel of their own whose gradient is a formula of elementary operators:
  /// the formula is traced beside them and differentiated.
  ///
  /// - Parameters:
  ///   - values: of one trace, as are `inputs`.
  ///   - cotangents: one for each value; `nil` is zero.
  /// - Returns: one gradient for each input; `nil` where none flows.
  package static func pullback(
    of values: Symbols, _ cotangents: [Symbol?], to inputs: Symbols
  ) -> [Symbol?] {
    guard let builder = values.first?.builder else { return inputs.map { _ in nil } }
    let graph = builder.graph(outputs: values)
    let leaves = Set(inputs.map(\.value))
    var sums: [Graph.Value: Symbol] = [:]
    func add(_ symbol: Symbol, to value: Graph.Value) {
      sums[value] = sums[value].map { $0 + symbol } ?? symbol
    }
    for (value, cotangent) in zip(values, cotangents) {
      if let cotangent { add(cotangent, to: value.value) }
    }
    func symbol(_ value: Graph.Value) -> Symbol {
      Symbol(builder: builder, value: value, type: graph.nodes[value.node].types[value.output])
    }
    for (index, node) in graph.nodes.enumerated().reversed() {
      guard case .operation(let op) = node.kind else { continue }
      let results = node.types.indices.map { Graph.Value(node: index, output: $0) }
      // Gradients that an operator sends to integers or truth values end there.
      let slopes = results.map { result in
        let isFloat = node.types[result.output].dtype.isDifferentiable
        return isFloat && !leaves.contains(result) ? sums[result] : nil
      }
      guard slopes.contains(where: { $0 != nil }) else { continue }
      let sent = op.gradient(node.inputs.map(symbol), results.map(symbol), slopes)
      for (input, gradient) in zip(node.inputs, sent) {
        if let gradient { add(gradient, to: input) }
      }
    }
    return inputs.map { sums[$0.value] }
  }
}
