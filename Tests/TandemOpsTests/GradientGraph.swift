import Testing

@testable import TandemOps

/// A traced operator with its gradient, and the gradient of that.
struct GradientGraph {
  let builder = GraphBuilder()
  let inputs: Symbols
  let outputs: Symbols

  /// Traces an operator applied to inputs of these types.
  init<O: Op>(_ op: O, _ types: [TensorType]) throws {
    let builder = self.builder
    inputs = types.map { builder.input($0) }
    outputs = try builder.add(op, inputs)
  }

  /// The gradients with respect to `inputs` of values whose cotangents are given: reverse mode over
  /// everything that was traced up to now.
  func gradients(of values: Symbols, _ cotangents: Symbols) -> [Symbol?] {
    let graph = builder.graph(outputs: values)
    var sums: [Graph.Value: Symbol] = [:]
    func add(_ symbol: Symbol, to value: Graph.Value) {
      sums[value] = sums[value].map { $0 + symbol } ?? symbol
    }
    for (value, cotangent) in zip(values, cotangents) { add(cotangent, to: value.value) }
    func symbol(_ value: Graph.Value) -> Symbol {
      Symbol(builder: builder, value: value, type: graph.type(of: value))
    }
    for (index, node) in graph.nodes.enumerated().reversed() {
      guard case .operation(let op) = node.kind else { continue }
      let results = node.types.indices.map { Graph.Value(node: index, output: $0) }
      let slopes = results.map { sums[$0] }
      guard slopes.contains(where: { $0 != nil }) else { continue }
      let sent = op.gradient(node.inputs.map(symbol), results.map(symbol), slopes)
      #expect(sent.count == node.inputs.count, "\(op.text): one gradient for each input")
      for (input, gradient) in zip(node.inputs, sent) {
        guard let gradient else { continue }
        #expect(gradient.type == graph.type(of: input), "\(op.text): gradient of \(input)")
        add(gradient, to: input)
      }
    }
    return inputs.map { sums[$0.value] }
  }

  /// Checks that gradients of first and second order can be traced, have the types of what they are
  /// gradients of, and that the graph of all of it verifies.
  ///
  /// - Parameter expected: which inputs gradients flow to.
  func check(flowsTo expected: [Bool], sourceLocation: SourceLocation = #_sourceLocation) throws {
    let floating = outputs.filter { $0.dtype.isFloatingPoint }
    let first = gradients(of: floating, floating.map { builder.input($0.type) })
    #expect(first.map { $0 != nil } == expected, sourceLocation: sourceLocation)
    let reached = first.compactMap { $0 }
    let second = gradients(of: reached, reached.map { builder.input($0.type) })
    try builder.graph(outputs: floating + reached + second.compactMap { $0 }).verify()
  }
}

/// The words with which an operator refuses inputs of these types.
func complaint(_ op: some Op, _ types: TensorType...) -> String? {
  do throws(ShapeError) {
    _ = try op.checkedOutputTypes(for: TensorTypes(types))
    return nil
  } catch {
    return error.message
  }
}
