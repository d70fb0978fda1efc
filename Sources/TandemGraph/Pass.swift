/// A step of the compiler: a pure function from graph to graph that keeps what the graph computes.
///
/// Results, their order and types never change, nor do inputs. In exact mode no bit of a result
/// changes.
public protocol Pass: Sendable {
  /// What reports, dumps and ``CompilerOptions/disabledPasses`` call it.
  var name: String { get }

  /// Whether no bit of a result changes; other passes run in fast mode alone.
  var keepsBits: Bool { get }

  /// The graph after this pass.
  func run(_ graph: Graph, _ context: PassContext) throws(ShapeError) -> PassResult
}

extension Pass {
  /// True.
  public var keepsBits: Bool { true }
}

/// What passes may look at beside the graph.
public struct PassContext: Sendable {
  /// How the graph is compiled.
  public let options: CompilerOptions
  /// What the inputs of the graph are at a call.
  public let inputs: [InputForm]
  /// For each result the input whose memory it may take over; empty if there is none for any.
  public let donations: [Int?]

  /// What there is to know about a graph's surroundings.
  init(options: CompilerOptions, inputs: [InputForm], donations: [Int?] = []) {
    (self.options, self.inputs, self.donations) = (options, inputs, donations)
  }

  /// Whether a node is a number that no memory holds.
  func isNumber(_ node: Graph.Node) -> Bool {
    switch node.kind {
    case .constant: true
    case .input(let position): inputs[position] == .number
    case .operation: false
    }
  }
}

/// What a pass made.
public struct PassResult: Sendable {
  /// The new graph.
  public let graph: Graph
  /// How often something was changed.
  public let changeCount: Int

  /// A graph and how much of it is new.
  public init(_ graph: Graph, changeCount: Int) {
    (self.graph, self.changeCount) = (graph, changeCount)
  }
}
