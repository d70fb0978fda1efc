/// A graph while it is being traced.
///
/// `@unchecked Sendable`: a trace belongs to the thread that runs the traced closure from its first
/// node to ``graph(outputs:)``; symbols carry the builder along so that using one in another trace
/// is recognised, and a symbol that leaves its closure is refused by what receives it. No other
/// thread touches a builder, so its storage needs no lock.
public final class GraphBuilder: @unchecked Sendable {
  private var nodes: [Graph.Node] = []
  private var inputs: [Int] = []

  /// The module whose operators are being traced; nodes carry it.
  public var path = ""

  public init() {}

  /// Adds an input of the graph.
  public func input(_ type: TensorType) -> Symbol {
    inputs.append(nodes.count)
    return add(.input(inputs.count - 1), inputs: [], types: TensorTypes(type))[0]
  }

  /// Adds a zero-dimensional constant.
  public func constant(_ value: ScalarValue) -> Symbol {
    add(.constant(value), inputs: [], types: TensorTypes(TensorType(Shape(), value.dtype)))[0]
  }

  /// Adds an operator.
  ///
  /// - Parameter site: where the user wrote it.
  /// - Throws: `ShapeError` if the inputs do not fit or belong to another trace.
  public func add(
    _ op: some Op, _ operands: Symbols, at site: CallSite = .unknown
  ) throws(ShapeError) -> Symbols {
    for operand in operands where operand.builder !== self {
      throw ShapeError("\(type(of: op).name): a symbol has left the trace that it belongs to")
    }
    let types = try op.checkedOutputTypes(for: TensorTypes(operands.lazy.map(\.type)))
    return add(.operation(op), inputs: operands.map(\.value), types: types, at: site)
  }

  /// The graph of all that was traced, with these results.
  public func graph(outputs: Symbols) -> Graph {
    Graph(nodes: nodes, inputs: inputs, outputs: outputs.map(\.value))
  }

  private func add(
    _ kind: Graph.Kind, inputs: [Graph.Value], types: TensorTypes, at site: CallSite = .unknown
  ) -> Symbols {
    nodes.append(Graph.Node(kind: kind, inputs: inputs, types: types, site: site, path: path))
    let node = nodes.count - 1
    return types.indices.map {
      Symbol(builder: self, value: Graph.Value(node: node, output: $0), type: types[$0])
    }
  }
}
