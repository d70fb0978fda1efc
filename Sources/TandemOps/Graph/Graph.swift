/// An immutable symbolic program: inputs, operators in an order in which they can run, outputs.
///
/// Invariants, which ``verify()`` checks: a node uses only values of earlier nodes; the types of an
/// operator's outputs are what its shape rule says; every output exists.
public struct Graph: Sendable {
  /// One output of one node.
  public struct Value: Hashable, Sendable {
    /// The position of the node in ``Graph/nodes``.
    public let node: Int
    /// Which of the node's outputs.
    public let output: Int

    public init(node: Int, output: Int = 0) { (self.node, self.output) = (node, output) }
  }

  /// What a node stands for.
  public enum Kind: Sendable {
    /// The input of the graph with this position.
    case input(Int)
    /// A zero-dimensional constant.
    case constant(ScalarValue)
    /// An operator applied to values.
    case operation(any Op)
  }

  /// A step of the program.
  public struct Node: Sendable {
    /// What it stands for.
    public let kind: Kind
    /// What the operator is applied to; empty for inputs and constants.
    public let inputs: [Value]
    /// The types of the outputs.
    public let types: TensorTypes
    /// Where the user wrote it.
    public let site: CallSite
    /// The module in which it stands (`blocks.3.attention`), empty outside of modules.
    public let path: String

    /// A step; see the properties.
    package init(
      kind: Kind, inputs: [Value], types: TensorTypes, site: CallSite = .unknown,
      path: String = ""
    ) {
      (self.kind, self.inputs, self.types) = (kind, inputs, types)
      (self.site, self.path) = (site, path)
    }
  }

  /// The steps, each after those that it uses.
  public package(set) var nodes: [Node]
  /// The nodes that stand for the inputs, in the order in which they are given.
  public package(set) var inputs: [Int]
  /// The results.
  public package(set) var outputs: [Value]

  /// A graph of these steps; ``verify()`` says whether it is one.
  package init(nodes: [Node], inputs: [Int], outputs: [Value]) {
    (self.nodes, self.inputs, self.outputs) = (nodes, inputs, outputs)
  }

  /// The type of a value.
  public func type(of value: Value) -> TensorType { nodes[value.node].types[value.output] }

  /// Which nodes are to run: those that the outputs depend on, and asynchronous operators with what
  /// they depend on.
  public var liveNodes: [Bool] {
    var live = nodes.map(\.isAsynchronous)
    for output in outputs { live[output.node] = true }
    for index in nodes.indices.reversed() where live[index] {
      for input in nodes[index].inputs { live[input.node] = true }
    }
    return live
  }
}

extension Graph.Node {
  /// Whether the node is an operator that is started and ended elsewhere; see
  /// ``Op/isAsynchronous``.
  public var isAsynchronous: Bool {
    guard case .operation(let op) = kind else { return false }
    return type(of: op).isAsynchronous
  }
}
