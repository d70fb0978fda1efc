// From nodes to steps: each operator is lowered for the layouts that its operands have.

extension Planner {
  /// Lowers the nodes that results depend on.
  mutating func lowerAll() throws(ShapeError) {
    for (position, node) in graph.inputs.enumerated() {
      locations[Graph.Value(node: node)] =
        switch context.inputs[position] {
        case .number: .number(.input(position))
        case .array(let layout):
          .array(
            memory: addMemory(
              graph.nodes[node].types[0].byteCount, .place(.input(position))),
            layout: layout)
        }
    }
    for node in NodeOrder(graph, donations: donations).nodes {
      switch graph.nodes[node].kind {
      case .input: break
      case .constant(let value):
        locations[Graph.Value(node: node)] = .number(.value(value))
      case .operation(let op): try lower(op, node)
      }
    }
  }

  private mutating func lower(_ op: any Op, _ index: Int) throws(ShapeError) {
    let node = graph.nodes[index]
    if let literal = op as? Literal {
      return place(literal, Graph.Value(node: index))
    }
    if node.inputs.count == 1 {
      if !op.acceptsNumber(at: 0), case (let memory, let layout) = array(node.inputs[0]),
        let view = op.view(of: layout)
      {
        locations[Graph.Value(node: index)] = .array(memory: memory, layout: view)
        return
      }
    }
    let operands = node.inputs.indices.map {
      operand(node.inputs[$0], acceptsNumber: op.acceptsNumber(at: $0))
    }
    try addStep(op, operands: operands, index)
  }

  /// An operand as a program sees it: a layout without offset, and where it lies.
  private struct Operand {
    var layout: Layout
    let dtype: DType
    let source: (memory: Int, byteOffset: Int)?
    let scalar: Plan.Scalar?
  }

  private mutating func operand(_ value: Graph.Value, acceptsNumber: Bool) -> Operand {
    let type = graph.type(of: value)
    if acceptsNumber, case .number(let scalar)? = locations[value] {
      return Operand(layout: Layout(Shape()), dtype: type.dtype, source: nil, scalar: scalar)
    }
    let (memory, layout) = array(value)
    var start = layout
    start.offset = 0
    return Operand(
      layout: start, dtype: type.dtype,
      source: (memory, layout.offset * type.dtype.byteCount), scalar: nil)
  }

  /// The memory of a value; a number that has none is put into some.
  private mutating func array(_ value: Graph.Value) -> (memory: Int, layout: Layout) {
    switch locations[value] {
    case .array(let memory, let layout): return (memory, layout)
    case .number(let scalar):
      let layout = Layout(Shape())
      if let known = numbersInMemory[value] { return (known, layout) }
      let dtype = graph.type(of: value).dtype
      let memory: Int
      switch scalar {
      case .value(let number): memory = constant(number)
      case .input: memory = store(scalar, dtype, value.node)
      }
      numbersInMemory[value] = memory
      return (memory, layout)
    case nil:
      fail("compile: broken invariant: no location of \(value)", at: graph.nodes[value.node].site)
    }
  }

  /// Adds a step that writes a number of the caller into memory.
  private mutating func store(_ scalar: Plan.Scalar, _ dtype: DType, _ node: Int) -> Int {
    var lowering = Lowering(
      outputs: [(Layout(Shape()), dtype)], inputs: [(Layout(Shape()), dtype)],
      scalarInputs: [true])
    Full(shape: Shape()).lower(TensorTypes(TensorType(Shape(), dtype)), to: &lowering)
    let memory = addMemory(dtype.byteCount)
    steps.append(
      Step(
        program: lowering.program(named: Full.name), results: [memory], operands: [nil],
        scalars: [scalar], node: node, elementCountMax: 1))
    return memory
  }

  private mutating func constant(_ number: ScalarValue) -> Int {
    addConstant(Literal(number))
  }

  private mutating func place(_ literal: Literal, _ value: Graph.Value) {
    locations[value] = .array(memory: addConstant(literal), layout: Layout(literal.type.shape))
  }

  private mutating func addConstant(_ literal: Literal) -> Int {
    constants.append(Plan.Constant(bytes: literal.bytes, type: literal.type))
    return addMemory(literal.bytes.count, .place(.constant(constants.count - 1)))
  }

  private mutating func addStep(
    _ op: any Op, operands: [Operand], _ index: Int
  ) throws(ShapeError) {
    let types = graph.nodes[index].types
    let layouts = operands.filter { $0.scalar == nil }.map(\.layout)
    let results = types.indices.map {
      op.outputLayout(for: types[$0], at: $0, inputs: layouts)
    }
    var lowering = Lowering(
      outputs: types.indices.map { (results[$0], types[$0].dtype) },
      inputs: operands.map { ($0.layout, $0.dtype) },
      scalarInputs: operands.map { $0.scalar != nil })
    let inputs = TensorTypes(operands.lazy.map { TensorType($0.layout.shape, $0.dtype) })
    let control = op as? any ControlFlowOp
    if let control {
      control.lower(inputs, to: &lowering, context.options)
    } else {
      op.lower(inputs, to: &lowering)
    }
    let memories = types.map { addMemory($0.byteCount) }
    for output in types.indices {
      locations[Graph.Value(node: index, output: output)] =
        .array(memory: memories[output], layout: results[output])
    }
    let counts = operands.map(\.layout.shape.elementCount) + types.map(\.shape.elementCount)
    let program = spared(lowering.program(named: op.programName))
    steps.append(
      Step(
        program: program, results: memories,
        operands: operands.indices.map { program.reads(input: $0) ? operands[$0].source : nil },
        temporaries: addTemporaries(of: program), scalars: operands.compactMap(\.scalar),
        node: index,
        // A loop over tiny arrays is worth a thread, too.
        elementCountMax: control == nil ? counts.max() ?? 0 : .max))
  }
}

extension Planner {
  /// The part of a memory limit that one kernel may take for itself, and bytes that any may.
  private static let (workspacePart, workspaceMin) = (16, 64 << 10)

  /// The program with kernels that take little for themselves, if memory is limited.
  private func spared(_ program: KernelProgram) -> KernelProgram {
    guard let limit = context.options.memoryLimitBytes else { return program }
    let bytes = max(limit / Planner.workspacePart, Planner.workspaceMin)
    return program.sparing(workspaceMax: bytes)
  }
}

extension Op {
  /// Whether an operand may be a number that no memory holds.
  fileprivate func acceptsNumber(at position: Int) -> Bool {
    if let loop = self as? Loop { return position >= loop.arrays.count }
    if let rows = self as? RowLoops { return position >= rows.arrays.count }
    if let behind = self as? LoopBehind { return position >= behind.arrayCount }
    return Self.acceptsNumbers
  }

  /// What profiles and messages call the kernel.
  fileprivate var programName: String {
    if let loop = self as? Loop { return loop.label }
    if let rows = self as? RowLoops { return rows.label }
    if let behind = self as? LoopBehind { return behind.label }
    return Self.name
  }
}
