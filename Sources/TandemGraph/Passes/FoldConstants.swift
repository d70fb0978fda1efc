import TandemKernels
import TandemThreads

/// Computes what depends on constants alone when the graph is compiled, by the same kernels that
/// would run, so that the bits are the same.
///
/// Random and asynchronous operators stay, as do loops, which may take for ever, and so does what
/// is larger than ``byteCountMax``: it costs less to make than to keep.
public struct FoldConstants: Pass {
  public let name = "constant folding"

  /// Bytes of the largest array that is kept in a plan.
  static let byteCountMax = 4096

  /// The pass, which has no settings.
  public init() {}

  public func run(_ graph: Graph, _ context: PassContext) throws(ShapeError) -> PassResult {
    var draft = GraphDraft(graph)
    var count = 0
    for index in graph.nodes.indices {
      guard let literals = literals(of: graph.nodes[index], draft) else {
        draft.keep(index)
        continue
      }
      count += 1
      var values: [Graph.Value] = []
      for literal in literals {
        if let number = literal.number {
          values += draft.add(
            .constant(number), [], TensorTypes(literal.type), like: graph.nodes[index])
        } else {
          values += try draft.add(literal, [], like: graph.nodes[index])
        }
      }
      draft.replace(index, by: values)
    }
    return PassResult(draft.graph(), changeCount: count)
  }

  /// What a node computes, if all that it uses is known.
  private func literals(of node: Graph.Node, _ draft: GraphDraft) -> [Literal]? {
    guard case .operation(let op) = node.kind, !(op is Literal), !op.drawsAtRandom,
      !(op is any SubgraphOp), !node.isAsynchronous,
      !node.inputs.isEmpty, node.types.allSatisfy({ $0.byteCount <= FoldConstants.byteCountMax })
    else { return nil }
    var inputs: [Literal] = []
    for input in node.inputs {
      switch draft.nodes[draft.value(input).node].kind {
      case .constant(let number): inputs.append(Literal(number))
      case .operation(let op as Literal): inputs.append(op)
      default: return nil
      }
    }
    return Folding(op, inputs, node.types).literals
  }
}

/// Runs one operator on known arrays.
private struct Folding {
  let op: any Op
  let inputs: [Literal]
  let types: TensorTypes

  init(_ op: any Op, _ inputs: [Literal], _ types: TensorTypes) {
    (self.op, self.inputs, self.types) = (op, inputs, types)
  }

  /// The outputs; `nil` if the operator fails for these inputs.
  var literals: [Literal]? {
    let layouts = inputs.map { Layout($0.type.shape) }
    if inputs.count == 1, let view = op.view(of: layouts[0]) {
      return run(Contiguous(), [view], [Layout(types[0].shape)], [view.shape])
    }
    let outputs = types.indices.map {
      op.outputLayout(for: types[$0], at: $0, inputs: layouts)
    }
    guard outputs.allSatisfy(\.isRowMajor) else { return nil }
    return run(op, layouts, outputs, inputs.map(\.type.shape))
  }

  private func run(
    _ op: any Op, _ layouts: [Layout], _ outputs: [Layout], _ shapes: [Shape]
  ) -> [Literal]? {
    var lowering = Lowering(
      outputs: outputs.indices.map { (outputs[$0], types[$0].dtype) },
      inputs: inputs.indices.map { (layouts[$0], inputs[$0].type.dtype) },
      scalarInputs: inputs.map { _ in false })
    op.lower(
      TensorTypes(inputs.indices.map { TensorType(shapes[$0], inputs[$0].type.dtype) }),
      to: &lowering)
    let program = lowering.program(named: type(of: op).name)
    let counts = types.map(\.byteCount) + inputs.map(\.bytes.count)
    let memories = counts.map { BufferPool.shared.allocate(byteCount: max($0, 1)) }
    defer {
      for (memory, count) in zip(memories, counts) {
        BufferPool.shared.deallocate(memory, byteCount: max(count, 1))
      }
    }
    for (memory, input) in zip(memories.dropFirst(types.count), inputs) {
      memory.copyMemory(from: input.bytes, byteCount: input.bytes.count)
    }
    do throws(KernelFailure) {
      try program.run(bases: memories, scalars: [], in: .serial)
    } catch {
      return nil
    }
    return types.indices.map { index in
      let bytes = UnsafeRawBufferPointer(start: memories[index], count: types[index].byteCount)
      return Literal(types[index], bytes: Array(bytes))
    }
  }
}

extension Literal {
  /// The number that a zero-dimensional array holds, if it is one that kernels take as a scalar.
  fileprivate var number: ScalarValue? {
    guard type.shape.rank == 0, type.dtype.kind != .complex else { return nil }
    return bytes.withUnsafeBytes { bytes -> ScalarValue in
      switch type.dtype {
      case .float16: ScalarValue(Double(bytes.loadUnaligned(as: Float16.self)), .float16)
      case .bfloat16:
        ScalarValue(
          Double(Float(bitPattern: UInt32(bytes.loadUnaligned(as: UInt16.self)) << 16)), .bfloat16)
      case .float32: ScalarValue(Double(bytes.loadUnaligned(as: Float.self)), .float32)
      case .float64: ScalarValue(bytes.loadUnaligned(as: Double.self), .float64)
      default:
        ScalarValue(
          bytes.reversed().reduce(0 as UInt64) { $0 << 8 | UInt64($1) }, type.dtype)
      }
    }
  }
}
