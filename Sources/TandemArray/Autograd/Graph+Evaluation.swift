extension Graph {
  /// Computes a graph eagerly.
  ///
  /// - Parameter inputs: one array for each input, of its type.
  /// - Throws: `ShapeError` if the number of inputs or a type differs.
  public func callAsFunction(
    _ inputs: [NDArray], file: StaticString = #fileID, line: UInt = #line
  ) throws(ShapeError) -> [NDArray] {
    guard inputs.count == self.inputs.count else {
      throw ShapeError("graph: takes \(self.inputs.count) inputs, was given \(inputs.count)")
    }
    var values: [[NDArray]] = Array(repeating: [], count: nodes.count)
    for (position, (node, array)) in zip(self.inputs, inputs).enumerated() {
      guard nodes[node].types[0] == array.type else {
        throw ShapeError(
          "graph: input \(position) is \(nodes[node].types[0]), was given \(array.type)")
      }
      values[node] = [array]
    }
    evaluate(&values, live: liveNodes, at: CallSite(file, line))
    return outputs.map { values[$0.node][$0.output] }
  }

  /// Computes the live nodes whose values are not there yet.
  func evaluate(_ values: inout [[NDArray]], live: [Bool], at site: CallSite) {
    for index in nodes.indices where live[index] && values[index].isEmpty {
      switch nodes[index].kind {
      case .input(let position):
        fail("graph: broken invariant: input \(position) was not given", at: site)
      case .constant(let value):
        values[index] = [NDArray(ArrayHandle(value))]
      case .operation(let op):
        let own = nodes[index].site
        let inputs = nodes[index].inputs.map { values[$0.node][$0.output] }
        values[index] = Graph.apply(
          op, inputs, count: nodes[index].types.count,
          at: own == .unknown ? site : own)
      }
    }
  }

  private static func apply(
    _ op: any Op, _ inputs: [NDArray], count: Int, at site: CallSite
  ) -> [NDArray] {
    func opened<O: Op>(_ op: O) -> [NDArray] {
      // The calls with one output have a fast path.
      switch (inputs.count, count) {
      case (1, 1): [NDArray.apply(op, inputs[0], at: site)]
      case (2, 1): [NDArray.apply(op, inputs[0], inputs[1], at: site)]
      default: NDArray.apply(op, inputs: inputs, at: site)
      }
    }
    return opened(op)
  }
}
