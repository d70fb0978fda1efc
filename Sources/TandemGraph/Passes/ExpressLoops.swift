import TandemKernels

/// Writes operators that consist of loops as ``Loop`` nodes, one or several for each, which read
/// their arrays past views and take numbers instead of arrays filled with one.
///
/// What later passes do not fuse is still the same work as before. Operators with a kernel of their
/// own for dense rows (softmax, layer norm) become several loops only beside others that may, with
/// which ``FuseRows`` puts them together again.
public struct ExpressLoops: Pass {
  public let name = "loops"

  /// The pass, which has no settings.
  public init() {}

  public func run(_ graph: Graph, _ context: PassContext) throws(ShapeError) -> PassResult {
    var draft = GraphDraft(graph)
    var count = 0
    let forms = forms(graph, context)
    for index in graph.nodes.indices {
      guard let form = forms[index] else {
        draft.keep(index)
        continue
      }
      count += 1
      var results: [[Graph.Value]] = []
      func value(_ source: LoopForm.Source) -> Graph.Value {
        switch source {
        case .input(let position): draft.value(graph.nodes[index].inputs[position])
        case .result(let loop, let output): results[loop][output]
        }
      }
      for (loop, operands) in form.loops {
        let (loop, values) = draft.pastViews(loop, operands.map(value), context)
        results.append(try draft.add(loop, values, like: graph.nodes[index]))
      }
      draft.replace(index, by: form.outputs.map(value))
    }
    return PassResult(draft.graph(), changeCount: count)
  }

  /// The loops of all nodes that are to be expressed by them.
  private func forms(_ graph: Graph, _ context: PassContext) -> [LoopForm?] {
    let forms: [LoopForm?] = graph.nodes.map { node in
      guard case .operation(let op) = node.kind, !(op is Literal), !(op is Full) else { return nil }
      return form(of: op, node, graph, context)
    }
    let isSpecial = graph.nodes.indices.map { forms[$0]?.hasKernelOfItsOwn ?? false }
    var neighbours = graph.nodes.map { _ in [Int]() }
    for (index, node) in graph.nodes.enumerated() {
      for input in node.inputs {
        let source = graph.source(of: input)
        neighbours[index].append(source)
        neighbours[source].append(index)
      }
    }
    return forms.indices.map { index in
      let isAlone = !neighbours[index].contains { forms[$0] != nil }
      return isSpecial[index] && isAlone ? nil : forms[index]
    }
  }

  private func form(
    of op: any Op, _ node: Graph.Node, _ graph: Graph, _ context: PassContext
  ) -> LoopForm? {
    let takesNumbers = type(of: op).acceptsNumbers
    return LoopForm(
      of: op, inputs: TensorTypes(node.inputs.lazy.map(graph.type(of:))), outputs: node.types,
      isNumber: node.inputs.map { takesNumbers && context.isNumber(graph.nodes[$0.node]) })
  }
}

extension Graph {
  /// The node whose elements a value shows, past views.
  fileprivate func source(of value: Value) -> Int {
    var node = value.node
    while case .operation(let op) = nodes[node].kind, nodes[node].inputs.count == 1,
      op.view(of: Layout(type(of: nodes[node].inputs[0]).shape)) != nil
    {
      node = nodes[node].inputs[0].node
    }
    return node
  }
}

extension GraphDraft {
  /// A loop that reads what views show instead of the views, and numbers instead of arrays that
  /// repeat one.
  fileprivate func pastViews(
    _ loop: Loop, _ operands: [Graph.Value], _ context: PassContext
  ) -> (loop: Loop, operands: [Graph.Value]) {
    var arrays: [(value: Graph.Value, map: AxisMap)] = []
    var numbers = Array(operands[loop.arrays.count...])
    let builder = LoopBuilder()
    let contents = loop.program.contents
    let numberStart = numbers.count
    var inputs: [LoopValue?] = []
    for (index, map) in loop.arrays.enumerated() {
      let (value, map) = source(of: operands[index], map)
      if let number = number(value, context), type(of: number).dtype == contents.inputs[index] {
        numbers.append(number)
        inputs.append(nil)
      } else {
        arrays.append((value, map))
        inputs.append(builder.input(contents.inputs[index]))
      }
    }
    let scalars = contents.scalars.map(builder.scalar)
    if numbers.count == numberStart {
      return (
        loop.reading(arrays.map(\.map), loop.program), arrays.map(\.value) + numbers
      )
    }
    let complete = inputs.indices.map { inputs[$0] ?? builder.scalar(contents.inputs[$0]) }
    // A reduction needs an array of the iteration's shape.
    if contents.outputs.contains(where: { $0.reduction != nil }),
      !arrays.contains(where: { !$0.map.axes.contains(-1) })
    {
      return (loop, operands)
    }
    let values = builder.replay(loop.program, inputs: complete, scalars: scalars)
    for (output, value) in zip(contents.outputs, values) {
      builder.output(value, as: output.dtype, reducing: output.reduction)
    }
    return (
      loop.reading(arrays.map(\.map), builder.build()), arrays.map(\.value) + numbers
    )
  }

  /// The number that an array repeats, if it is made of one.
  private func number(_ value: Graph.Value, _ context: PassContext) -> Graph.Value? {
    let node = nodes[value.node]
    if context.isNumber(node) { return value }
    guard case .operation(let op) = node.kind, op is Full,
      context.isNumber(nodes[node.inputs[0].node])
    else { return nil }
    return node.inputs[0]
  }

  /// What an array shows, past views whose axes are axes of it.
  private func source(
    of value: Graph.Value, _ map: AxisMap
  ) -> (value: Graph.Value, map: AxisMap) {
    var (value, map) = (value, map)
    while case .operation(let op) = nodes[value.node].kind, nodes[value.node].inputs.count == 1 {
      let input = nodes[value.node].inputs[0]
      let marked = Layout.marked(type(of: input).shape)
      guard let seen = op.view(of: marked), let view = AxisMap(seen, of: marked) else { break }
      (value, map) = (input, map.through(view))
    }
    return (value, map)
  }
}

extension Loop {
  /// The loop with another program over other arrays.
  fileprivate func reading(_ arrays: [AxisMap], _ program: LoopProgram) -> Loop {
    Loop(
      program: program, shape: shape, reducedAxes: reducedAxes, arrays: arrays, results: results,
      label: label)
  }
}
