/// A graph while a closure of arrays is traced into it.
///
/// Arrays from outside that the closure uses become further inputs of the graph: captures.
final class Trace {
  let builder = GraphBuilder()
  private var captured: [ObjectIdentifier: Symbol] = [:]
  /// The arrays that were used without being arguments, in the order of the graph's inputs.
  private(set) var captures: [NDArray] = []

  /// Adds an operator to the graph.
  func apply<O: Op>(_ op: O, _ inputs: [NDArray]) throws(ShapeError) -> [NDArray] {
    try builder.add(op, inputs.map(symbol)).map { NDArray(ArrayHandle($0)) }
  }

  /// What an array is in this graph.
  func symbol(_ array: NDArray) -> Symbol {
    switch array.handle.content {
    case .symbol(let symbol): return symbol
    case .number(let number): return builder.constant(number)
    case .literal(let value): return builder.constant(value.converted(to: array.dtype))
    case .storage:
      let id = ObjectIdentifier(array.handle)
      if let known = captured[id] { return known }
      let symbol = builder.input(array.type)
      captured[id] = symbol
      captures.append(array)
      return symbol
    }
  }
}

extension Graph {
  /// Traces a function of arrays into a graph.
  ///
  /// - Parameters:
  ///   - inputs: the types of the arguments.
  ///   - function: is called once, with symbols; reading a value inside is an error.
  /// - Returns: the graph, whose inputs are the arguments and then the arrays that the function
  ///   captured, and these arrays.
  public static func trace(
    inputs: [TensorType], file: StaticString = #fileID, line: UInt = #line,
    _ function: ([NDArray]) -> [NDArray]
  ) -> (graph: Graph, captures: [NDArray]) {
    let site = CallSite(file, line)
    let trace = Trace()
    var before: (trace: Trace?, tapes: [Tape]) = (nil, [])
    let arguments = inputs.map { NDArray(ArrayHandle(trace.builder.input($0))) }
    let results = Scope.with { scope in
      // Tapes outside of the trace see the graph's application, not its symbols.
      before = (scope.trace, scope.tapes)
      (scope.trace, scope.tapes) = (trace, [])
    } leave: {
      ($0.trace, $0.tapes) = before
    } _: {
      function(arguments)
    }
    let outputs = results.map { result in
      let symbol = trace.symbol(result)
      guard symbol.builder === trace.builder else {
        fail("trace: a result belongs to another traced region: \(result.type)", at: site)
      }
      return symbol
    }
    let graph = trace.builder.graph(outputs: outputs)
    return (graph, trace.captures)
  }
}
