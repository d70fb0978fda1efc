import TandemGraph
import TandemThreads

/// A graph with the values of its parameters: a program on its own, which runs, is differentiated,
/// saved and loaded without the Swift code that it was traced from.
///
///     let graph = Graph.trace(inputs: ["x": .float32(["batch", 2])]) { (x: NDArray) in
///       (x * 2 + 1).sum(axis: 1)
///     }
///     let y = try graph(["x": NDArray([[1, 2], [3, 4]])])["output"]!
///
/// A value: the parameters are those of the moment of the trace, whatever the model learns later.
public struct BoundGraph: Sendable {
  /// The program with the names of its inputs and results.
  public let named: NamedGraph
  /// The value of each input that is a parameter or a constant.
  private(set) var values: [NDArray?]
  /// Where among the inputs each parameter or constant is, by name.
  private let positions: [String: Int]
  private let programs: GraphPrograms

  /// A graph with values.
  ///
  /// - Parameter values: of the inputs that are parameters or constants, by name.
  /// - Throws: `ShapeError` if one is missing, or has another type, or there are others; if the
  ///   graph takes seed or stream of the random state but no tick.
  public init(_ named: NamedGraph, values: [String: NDArray]) throws(ShapeError) {
    if named.positions(of: .randomTick).isEmpty,
      let word = named.inputs.first(where: { $0.role == .randomSeed || $0.role == .randomStream })
    {
      throw ShapeError("graph: input \"\(word.name)\" is a \(word.role), but none is a randomTick")
    }
    self.named = named
    self.values = named.inputs.map { _ in nil }
    positions = named.inputs.enumerated().reduce(into: [:]) { positions, input in
      if input.element.isBound { positions[input.element.name] = input.offset }
    }
    programs = GraphPrograms()
    for name in values.keys.sorted() { try bind(name, values[name]?.detached()) }
    for (position, input) in named.inputs.enumerated() where input.isBound {
      if self.values[position] == nil {
        throw ShapeError("graph: no value for \(input.role) \"\(input.name)\": \(input.type)")
      }
    }
  }

  private mutating func bind(_ name: String, _ value: NDArray?) throws(ShapeError) {
    guard let position = positions[name] else {
      throw ShapeError("graph: no parameter \"\(name)\"")
    }
    let wanted = graph.nodes[position].types[0]
    guard let value = value?.settled, value.type == wanted else {
      throw ShapeError(
        "graph: \(named.inputs[position].role) \"\(name)\" is \(wanted), was given "
          + (value.map { "\($0.type)" } ?? "nothing"))
    }
    values[position] = value
  }

  // MARK: What it holds

  /// The program, for the example lengths of dynamic axes.
  public var graph: Graph { named.graph }

  /// The steps of the program, inputs first.
  public var nodes: [Graph.Node] { named.graph.nodes }

  /// What is given at each run.
  public var arguments: [GraphInput] { named.inputs.filter { $0.role == .argument } }

  /// The results and their types.
  public var results: [(name: String, type: PartialType)] {
    Array(zip(named.resultNames, named.resultTypes))
  }

  /// The values of the parameters, by name.
  public var parameters: [String: NDArray] { bound(.parameter) }

  /// The values of the arrays that the traced closure used, by name.
  public var constants: [String: NDArray] { bound(.constant) }

  private func bound(_ role: GraphInput.Role) -> [String: NDArray] {
    var found: [String: NDArray] = [:]
    for position in named.positions(of: role) {
      found[named.inputs[position].name] = values[position]
    }
    return found
  }

  /// The same graph with other values for some parameters.
  ///
  /// - Throws: `ShapeError` if there is no such parameter or a type differs.
  public func binding(_ parameters: [String: NDArray]) throws(ShapeError) -> BoundGraph {
    var copy = self
    for name in parameters.keys.sorted() { try copy.bind(name, parameters[name]) }
    return copy
  }

  /// The types of results and nodes for types of arguments, some of whose axes may be open; see
  /// ``NamedGraph/inferred(_:)``.
  ///
  /// - Throws: `ShapeError` that names argument, axis and node.
  public func inferredTypes(
    _ arguments: [String: PartialType] = [:]
  ) throws(ShapeError) -> InferredTypes { try named.inferred(arguments) }

  /// A new graph that computes the gradient of one result, a float of one element.
  ///
  /// - Parameters:
  ///   - result: its name.
  ///   - names: of inputs that are floats; the results of the new graph have these names.
  /// - Throws: `ShapeError` if there is no such result or input, or it has no gradient.
  public func gradient(
    of result: String, withRespectTo names: [String]
  ) throws(ShapeError) -> BoundGraph {
    let derivative = try named.gradient(of: result, withRespectTo: names)
    var values: [String: NDArray] = [:]
    for (input, value) in zip(named.inputs, self.values) { values[input.name] = value }
    return try BoundGraph(derivative, values: values)
  }

  /// The graph in the language of Graphviz.
  public var dot: String { named.dot }

  // MARK: Running

  /// Runs the graph.
  ///
  /// Random operators draw from the caller's random state, one tick each in the order in which they
  /// were traced, as the closure would. While gradients are recorded, they flow through; inside of
  /// a region the graph becomes a part of it.
  ///
  /// - Parameters:
  ///   - arguments: by name, all of them.
  ///   - parameters: values in place of those that the graph holds.
  /// - Returns: the results by name.
  /// - Throws: `ShapeError` if an argument is missing, unknown or of another type, with its name
  ///   and axis.
  public func callAsFunction(
    _ arguments: [String: NDArray], parameters: [String: NDArray] = [:],
    file: StaticString = #fileID, line: UInt = #line
  ) throws(ShapeError) -> [String: NDArray] {
    let bound = parameters.isEmpty ? self : try binding(parameters)
    let found = try bound.run(named.ordered(arguments), at: CallSite(file, line))
    return Dictionary(uniqueKeysWithValues: zip(named.resultNames, found))
  }

  /// Runs the graph for arguments in their order.
  ///
  /// - Returns: the results in their order.
  /// - Throws: `ShapeError` as the other form.
  public func callAsFunction(
    _ arguments: NDArray..., file: StaticString = #fileID, line: UInt = #line
  ) throws(ShapeError) -> [NDArray] { try run(arguments, at: CallSite(file, line)) }

  private func run(_ arguments: [NDArray], at site: CallSite) throws(ShapeError) -> [NDArray] {
    let positions = named.positions(of: .argument)
    guard arguments.count == positions.count else {
      throw ShapeError(
        "graph: takes \(positions.map { named.inputs[$0].name }), was given \(arguments.count) "
          + "arrays")
    }
    let arguments = arguments.map(\.settled)
    let lengths = try named.lengths(of: arguments.map(\.type))
    var inputs = values
    for (position, array) in zip(positions, arguments) { inputs[position] = array }
    draw(&inputs)
    let all = inputs.compactMap { $0 }
    if let scope = Scope.current, scope.trace != nil || !scope.tapes.isEmpty {
      return try programs.graph(named, lengths)(all)
    }
    return try programs.function(named, lengths)(throwing: all)
  }

  /// The keys of the draws: the next ones of the thread's random state.
  private func draw(_ inputs: inout [NDArray?]) {
    var isFirst = true
    for (position, input) in named.inputs.enumerated() where input.role == .randomTick {
      let key = RandomArrays.nextKey()
      inputs[position] = key[2]
      guard isFirst else { continue }
      for (other, word) in named.inputs.enumerated() {
        if word.role == .randomSeed { inputs[other] = key[0] }
        if word.role == .randomStream { inputs[other] = key[1] }
      }
      isFirst = false
    }
  }
}

extension NamedGraph {
  /// The arguments in order.
  fileprivate func ordered(_ arguments: [String: NDArray]) throws(ShapeError) -> [NDArray] {
    let names = positions(of: .argument).map { inputs[$0].name }
    let known = Set(names)
    for name in arguments.keys.sorted() where !known.contains(name) {
      throw ShapeError("graph: no argument \"\(name)\": it takes \(names)")
    }
    var found: [NDArray] = []
    for name in names {
      guard let array = arguments[name] else {
        throw ShapeError("graph: argument \"\(name)\" is missing: it takes \(names)")
      }
      found.append(array)
    }
    return found
  }
}

extension GraphInput {
  /// Whether the graph holds its value.
  fileprivate var isBound: Bool { role == .parameter || role == .constant }
}

/// The programs of a graph, one for each choice of its dynamic axes.
private final class GraphPrograms: Sendable {
  private let graphs = Guarded<[[String: Int]: Graph]>([:])
  private let functions = Guarded<[[String: Int]: GraphFunction]>([:])

  func graph(_ named: NamedGraph, _ lengths: [String: Int]) throws(ShapeError) -> Graph {
    if let known = graphs.withLock({ $0[lengths] }) { return known }
    let graph = try named.graph(for: lengths)
    graphs.withLock { graphs in
      if graphs.count == Limits.programsOfRegionMax { graphs.removeAll() }
      graphs[lengths] = graph
    }
    return graph
  }

  func function(
    _ named: NamedGraph, _ lengths: [String: Int]
  ) throws(ShapeError) -> GraphFunction {
    if let known = functions.withLock({ $0[lengths] }) { return known }
    let function = GraphFunction(try graph(named, lengths), options: .standard)
    return functions.withLock { functions in
      if functions.count == Limits.programsOfRegionMax { functions.removeAll() }
      let first = functions[lengths] ?? function
      functions[lengths] = first
      return first
    }
  }
}
