/// What running a node takes, as far as it can be told without layouts.
struct NodeWork {
  /// About how long it runs, on one core.
  var seconds = 0.0
  var temporaryBytes = 0
  /// Whether running it again gives the same and changes nothing.
  var isRepeatable = false
  /// Whether running it again computes all of its outputs.
  var isWhole = true
  /// Whether a result may lie where an operand was.
  var mayOverwrite = false
  /// Outputs that can be computed again without the rest.
  var derived: Derived?

  /// Outputs of a loop behind a kernel whose own result is an output, too.
  struct Derived {
    /// The kernel's result.
    let source: Int
    let outputs: Range<Int>
    /// The inputs of the node that the loop reads, too.
    let inputs: Range<Int>
    let seconds: Double
  }

  /// About what a core does in a second, and what a kernel costs beside its work.
  private static let (bytesPerSecond, operationsPerSecond, start) = (8e9, 100e9, 2e-6)

  init(_ node: Graph.Node, _ graph: Graph, _ context: PassContext) {
    guard case .operation(let op) = node.kind else { return }
    isRepeatable = !(op is any SubgraphOp) && !(op is any UpdateOp) && !node.isAsynchronous
    mayOverwrite = op is Loop || op is RowLoops
    if let loop = op as? Loop {
      isWhole = loop.results.count == 1 || node.types.indices.contains(where: loop.isReduced)
    }
    guard isRepeatable, !(op is Literal) else { return }
    let inputs = TensorTypes(node.inputs.lazy.map(graph.type(of:)))
    var lowering = Lowering(
      outputs: node.types.map { (Layout($0.shape), $0.dtype) },
      inputs: inputs.map { (Layout($0.shape), $0.dtype) },
      scalarInputs: node.inputs.map {
        type(of: op).acceptsNumbers && context.isNumber(graph.nodes[$0.node])
      })
    op.lower(inputs, to: &lowering)
    let program = lowering.program(named: "")
    temporaryBytes = program.temporaryBytes
    if let behind = op as? LoopBehind, let source = behind.keptResult {
      let bytes = 2 * node.types[source].byteCount
      derived = Derived(
        source: source, outputs: 0..<source,
        inputs: behind.producerInputCount..<behind.arrayCount,
        seconds: NodeWork.start + Double(bytes) / NodeWork.bytesPerSecond)
    }
    seconds =
      NodeWork.start + Double(program.movedBytes) / NodeWork.bytesPerSecond
      + Double(program.floatingPointOperations) / NodeWork.operationsPerSecond
  }
}
