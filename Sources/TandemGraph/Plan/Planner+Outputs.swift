// Whose memory the results of the graph get: of their own, an input's, or shared.

extension Planner {
  mutating func placeOutputs() throws(ShapeError) {
    var homes: [Int: Int] = [:]
    for (index, value) in graph.outputs.enumerated() {
      let dtype = graph.type(of: value).dtype
      switch locations[value] {
      case .number(.value(let number)): outputs.append(.number(number))
      case .number(.input(let position)):
        outputs.append(.input(position, layout: Layout(Shape()), dtype: dtype))
      case .array(var memory, var layout):
        if case .place(.constant) = memories[memory].home {
          (memory, layout) = copy(memory, layout, dtype, value)
        }
        place(index, memory, layout, dtype, &homes)
      case nil:
        fail("compile: broken invariant: result \(index) has no location", at: .unknown)
      }
      if donations[index] != nil, !isDonated(outputs[index]) { refusedDonations.append(index) }
    }
  }

  private func isDonated(_ output: Plan.OutputSource) -> Bool {
    if case .donated = output { true } else { false }
  }

  private mutating func place(
    _ index: Int, _ memory: Int, _ layout: Layout, _ dtype: DType, _ homes: inout [Int: Int]
  ) {
    if case .place(.input(let position)) = memories[memory].home, homes[memory] == nil {
      outputs.append(.input(position, layout: layout, dtype: dtype))
    } else if let first = homes[memory] {
      var layout = layout
      // A donated memory begins where the input's array does.
      if case .donated(_, let place, _) = outputs[first] { layout.offset += place.offset }
      outputs.append(.sameMemory(output: first, layout: layout, dtype: dtype))
    } else {
      homes[memory] = index
      if let input = donations[index], let place = donated(input, to: memory, layout, dtype) {
        memories[memory].home = .place(.input(input))
        outputs.append(.donated(input: input, layout: place, dtype: dtype))
      } else {
        memories[memory].home = .place(.output(index))
        outputs.append(
          .fresh(byteCount: memories[memory].byteCount, layout: layout, dtype: dtype))
      }
    }
  }

  /// Where in an input's memory a result lies, if it may take that memory over: the input is dense,
  /// of the result's type and layout, is not returned itself, and whoever else reads it comes
  /// before the result is written.
  private func donated(_ input: Int, to memory: Int, _ layout: Layout, _ dtype: DType) -> Layout? {
    let node = graph.inputs[input]
    guard case .array(let old, let place)? = locations[Graph.Value(node: node)],
      graph.nodes[node].types[0].dtype == dtype, place.isDense, layout.offset == 0,
      memories[memory].byteCount == graph.nodes[node].types[0].byteCount,
      place.bounds?.lowerBound ?? 0 == place.offset,
      isSameOrder(place, layout), !isReturned(old),
      !outputs.contains(where: { isTaken(input, by: $0) }),
      let writer = steps.firstIndex(where: { $0.results.contains(memory) })
    else { return nil }
    guard !waitsForNew(writer, old: old, new: memory) else { return nil }
    for index in steps.indices where index >= writer {
      for (position, operand) in steps[index].operands.enumerated() {
        guard let operand, operand.memory == old else { continue }
        guard index == writer, let result = steps[index].results.firstIndex(of: memory),
          operand.byteOffset == place.offset * dtype.byteCount,
          steps[index].program.mayOverwrite(input: position, by: result)
        else { return nil }
      }
    }
    return place
  }

  /// Whether writing an input's memory would wait for an asynchronous operator that the result
  /// itself does not depend on: for one that reads the old value, or in the next call for one that
  /// reads the new value.
  private func waitsForNew(_ writer: Int, old: Int, new: Int) -> Bool {
    guard !parts.isWhole else { return false }
    let node = steps[writer].node
    return graph.nodes[node].isAsynchronous
      || steps.contains { step in
        let memories = step.results + step.operands.compactMap { $0?.memory }
        return (memories.contains(old) || memories.contains(new))
          && !parts.waits(node, forAllOf: step.node)
      }
  }

  private func isSameOrder(_ a: Layout, _ b: Layout) -> Bool {
    a.shape == b.shape
      && (0..<a.rank).allSatisfy { a.shape[$0] == 1 || a.stride($0) == b.stride($0) }
  }

  private func isTaken(_ input: Int, by output: Plan.OutputSource) -> Bool {
    switch output {
    case .donated(input, _, _): true
    default: false
    }
  }

  /// Whether some result is this memory or a view of it.
  private func isReturned(_ memory: Int) -> Bool {
    graph.outputs.contains { value in
      if case .array(memory, _)? = locations[value] { true } else { false }
    }
  }

  /// Adds a step that copies a constant: results are memory that the caller may write.
  private mutating func copy(
    _ memory: Int, _ layout: Layout, _ dtype: DType, _ value: Graph.Value
  ) -> (memory: Int, layout: Layout) {
    let target = Layout(layout.shape)
    var source = layout
    source.offset = 0
    let types = TensorTypes(TensorType(layout.shape, dtype))
    var lowering = Lowering(
      outputs: [(target, dtype)], inputs: [(source, dtype)], scalarInputs: [false])
    Contiguous().lower(types, to: &lowering)
    let result = addMemory(types[0].byteCount)
    steps.append(
      Step(
        program: lowering.program(named: Contiguous.name), results: [result],
        operands: [(memory, layout.offset * dtype.byteCount)], scalars: [], node: value.node,
        elementCountMax: layout.shape.elementCount))
    locations[value] = .array(memory: result, layout: target)
    return (result, target)
  }
}
