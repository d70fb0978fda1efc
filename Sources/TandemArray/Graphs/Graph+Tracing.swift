import TandemGraph

/// What a traced closure takes: an array for each input.
public protocol GraphArgument: ArrayTree {}

extension NDArray: GraphArgument {}

extension Graph {
  /// Traces a closure of arrays into a graph with named inputs and results, which holds the values
  /// of all that the closure uses: parameters, state cells, captured arrays.
  ///
  ///     let graph = Graph.trace(
  ///       inputs: ["x": .float32(["batch", 4]), "w": .float32([4, 2])]
  ///     ) { (x: NDArray, w: NDArray) in ["y": x.matmul(w), "norm": w.squared().sum()] }
  ///
  /// An axis with a name is dynamic: the graph runs for any length. To find what depends on it, the
  /// closure is called for several lengths, and must do the same for each but for lengths.
  ///
  /// The result's name is `output`; several are called `output0` and so on, those of a dictionary
  /// by their keys. Random operators become inputs of the graph; see ``BoundGraph``.
  ///
  /// - Parameters:
  ///   - inputs: names and types of the closure's arguments.
  ///   - model: whose parameters are named by their paths in it; others by their own names.
  ///   - examples: lengths of dynamic axes with which the closure is called, 2 unless given; also
  ///     with two and more times that.
  ///   - body: is called with arrays that stand for values; reading one stops with a message.
  public static func trace<Output: ArrayTree, each Input: GraphArgument>(
    inputs: KeyValuePairs<String, PartialType>, parametersOf model: Any? = nil,
    examples: [String: Int] = [:], file: StaticString = #fileID, line: UInt = #line,
    _ body: (repeat each Input) -> Output
  ) -> BoundGraph {
    let site = CallSite(file, line)
    var count = 0
    repeat ((each Input).self, count += 1).1
    if count != inputs.count {
      fail("graph: the closure takes \(count) arrays, there are \(inputs.count) inputs", at: site)
    }
    let tracing = GraphTracing(inputs: inputs, model: model, examples: examples, site: site)
    do throws(ShapeError) {
      return try tracing.run { arrays in
        var reader = ArrayLeafReader(arrays, structure: [])
        func next<Tree: ArrayTree>(_ type: Tree.Type) -> Tree { .take(from: &reader) }
        return GraphTracing.named(body(repeat next((each Input).self)))
      }
    } catch {
      fail(error.message, at: site)
    }
  }
}

/// One trace of a closure into a named graph; for dynamic axes, several.
package struct GraphTracing {
  let inputs: KeyValuePairs<String, PartialType>
  let model: Any?
  let examples: [String: Int]
  let site: CallSite

  package init(
    inputs: KeyValuePairs<String, PartialType>, model: Any?, examples: [String: Int],
    site: CallSite
  ) {
    (self.inputs, self.model, self.examples, self.site) = (inputs, model, examples, site)
  }

  /// What a closure gave, and what it is called.
  package typealias Results = [(name: String, array: NDArray)]

  /// The arrays of a result with their names.
  package static func named(_ output: some ArrayTree) -> Results {
    if let dictionary = output as? [String: NDArray] {
      return dictionary.sorted { $0.key < $1.key }.map { ($0.key, $0.value) }
    }
    var leaves = ArrayLeaves()
    output.append(to: &leaves)
    guard leaves.arrays.count > 1 else { return leaves.arrays.map { ("output", $0) } }
    return leaves.arrays.enumerated().map { ("output\($0)", $1) }
  }

  /// The graph.
  package func run(_ body: ([NDArray]) -> Results) throws(ShapeError) -> BoundGraph {
    var axes: [String: Int] = [:]
    for (name, type) in inputs {
      for axis in type.axes {
        if case .length = axis { continue }
        guard let axisName = axis.name else {
          throw ShapeError("graph: an axis of \"\(name)\" needs a length or a name: \(type)")
        }
        axes[axisName] = examples[axisName] ?? 2
      }
    }
    var first: (graph: NamedGraph, values: [String: NDArray])?
    var graphs: [Graph] = []
    for lengths in axes.isEmpty ? [[:]] : try NamedGraph.tracePoints(axes) {
      let traced = try trace(lengths, body)
      if first == nil { first = try named(traced, axes) }
      graphs.append(traced.graph)
      if let first { try requireSame(first.graph, traced.graph) }
    }
    guard let (graph, values) = first else {
      fail("graph: broken invariant: nothing was traced", at: site)
    }
    return try BoundGraph(axes.isEmpty ? graph : graph.generalized(graphs), values: values)
  }

  private struct Traced {
    let graph: Graph
    let sources: [TraceSource]
    let names: [String]
  }

  private func trace(
    _ lengths: [String: Int], _ body: ([NDArray]) -> Results
  ) throws(ShapeError) -> Traced {
    var types: [TensorType] = []
    for (_, type) in inputs { types.append(try type.type(lengths)) }
    // Draws while tracing take no ticks of the user's random state.
    var before: RandomState?
    return Scope.with { scope in
      before = scope.random
      scope.random = RandomState(seed: 0)
    } leave: {
      $0.random = before
    } _: {
      Trace.settled(at: site) { trace(types, body) }
    }
  }

  private func trace(
    _ types: [TensorType], _ body: ([NDArray]) -> Results
  ) -> (traced: Traced, readsDropped: Bool) {
    let trace = Trace()
    let arguments = types.enumerated().map {
      NDArray(ArrayHandle(trace.input($1, from: .argument($0))))
    }
    let results = trace.tracing { body(arguments) }
    let outputs = results.map { result in
      let symbol = trace.symbol(result.array.settled)
      guard symbol.builder === trace.builder else {
        fail("graph: a result belongs to another traced region: \(result.array.type)", at: site)
      }
      return symbol
    }
    let graph = trace.builder.graph(outputs: outputs)
    let traced = Traced(
      graph: graph.reduced(toInputs: graph.inputs), sources: trace.sources,
      names: results.map(\.name))
    return (traced, graph.readsDropped(trace.sources))
  }

  /// Names and values of the inputs.
  private func named(
    _ traced: Traced, _ axes: [String: Int]
  ) throws(ShapeError) -> (NamedGraph, [String: NDArray]) {
    let arguments = Array(inputs)
    let paths = GraphTracing.paths(of: model)
    var names = UniqueNames(arguments.map(\.key))
    var (found, values): ([GraphInput], [String: NDArray]) = ([], [:])
    for (position, source) in traced.sources.enumerated() {
      let type = traced.graph.nodes[position].types[0]
      func add(_ name: String, _ role: GraphInput.Role, _ value: NDArray? = nil) {
        let name = names.next(name)
        found.append(GraphInput(name, role, PartialType(type)))
        values[name] = value
      }
      switch source {
      case .argument(let index):
        found.append(GraphInput(arguments[index].key, .argument, arguments[index].value))
      case .array(let array): add("constant", .constant, array.settled)
      case .state(let state):
        add(paths[state] ?? state.ownName, .parameter, state.current ?? .zeros(like: type))
      case .unused(let type): add("unused", .constant, .zeros(like: type))
      case .randomSeed: add("randomSeed", .randomSeed)
      case .randomStream: add("randomStream", .randomStream)
      case .randomTick(let draw): add("randomTick\(draw)", .randomTick)
      case .cotangent:
        fail("graph: broken invariant: a cotangent is left", at: site)
      }
    }
    let graph = try NamedGraph(
      traced.graph, inputs: found, resultNames: traced.names, axes: axes)
    return (graph, values)
  }

  /// The parameters and cells of a model by their paths.
  private static func paths(of model: Any?) -> [StateReference: String] {
    guard let model else { return [:] }
    var paths: [StateReference: String] = [:]
    for (path, parameter) in TandemArray.parameters(of: model) {
      paths[.parameter(parameter)] = path
    }
    for (path, cell) in stateCells(of: model) { paths[.cell(cell)] = path }
    return paths
  }

  private func requireSame(_ first: NamedGraph, _ other: Graph) throws(ShapeError) {
    guard first.inputs.count == other.inputs.count else {
      throw ShapeError(
        "graph: what the closure uses from outside depends on the lengths of "
          + "\(first.axes.keys.sorted().joined(separator: ", "))")
    }
    for (position, input) in first.inputs.enumerated() where input.role != .argument {
      let (own, type) = (first.graph.nodes[position].types[0], other.nodes[position].types[0])
      if own != type {
        throw ShapeError(
          "graph: \(input.role) \"\(input.name)\" depends on the lengths of "
            + "\(first.axes.keys.sorted().joined(separator: ", ")): \(own), \(type)")
      }
    }
  }
}

/// Hands out names, each once.
private struct UniqueNames {
  private var known: Set<String>

  init(_ taken: [String]) { known = Set(taken) }

  mutating func next(_ wanted: String) -> String {
    let base = wanted.isEmpty ? "value" : wanted
    var name = base
    var number = 1
    while !known.insert(name).inserted {
      number += 1
      name = "\(base)_\(number)"
    }
    return name
  }
}

extension StateReference {
  /// What it is called where no model knows it.
  fileprivate var ownName: String {
    switch self {
    case .parameter(let parameter): parameter.path == "unbound" ? "parameter" : parameter.path
    case .gradient(let parameter): "\(parameter.path).gradient"
    case .cell(let cell): cell.name
    }
  }
}

extension NDArray {
  fileprivate static func zeros(like type: TensorType) -> NDArray {
    .zeros(type.shape, dtype: type.dtype)
  }
}
