import TandemGraph

/// A closure of arrays traced to be the body of a loop or a branch: its graph, what it uses from
/// outside and, while gradients are recorded, the way back through it.
struct BodyTrace {
  private let trace: Trace
  private let tape: Tape?
  private let inputs: [NDArray]
  /// What the closure returned.
  let results: ArrayLeaves
  /// What the closure used from outside, in the order of first use.
  let captures: [Capture]

  /// Something from outside that a body uses.
  struct Capture {
    let key: Trace.CaptureKey
    /// What it is where the loop stands.
    let array: NDArray
  }

  /// Traces a closure.
  ///
  /// - Parameters:
  ///   - types: of what it is handed.
  ///   - structure: of what it is handed.
  ///   - isDifferentiable: whether gradients may flow through it.
  init(
    _ types: [TensorType], structure: [Int], isDifferentiable: Bool = true,
    _ body: (inout ArrayLeafReader) -> ArrayLeaves
  ) {
    let tapes = Scope.current?.tapes ?? []
    let trace = Trace(isBody: true)
    let kind = tapes.contains { $0.kind == .parameters } ? Tape.Kind.parameters : .arguments
    let tape =
      tapes.isEmpty || !isDifferentiable
      ? nil : Tape(kind, outside: .ofBody(trace.builder))
    let inputs = types.enumerated().map { position, type in
      let symbol = NDArray(ArrayHandle(trace.input(type, from: .argument(position))))
      guard let tape, type.dtype.isDifferentiable else { return symbol }
      return NDArray(symbol.handle.alias(links: TapeLinks(tape.leaf())))
    }
    results = trace.tracing {
      Scope.with {
        if let tape { $0.tapes.append(tape) }
      } leave: {
        if tape != nil { $0.endTape() }
      } _: {
        var reader = ArrayLeafReader(inputs, structure: structure)
        var leaves = body(&reader)
        // What is returned as it came from outside is used inside, too.
        leaves.arrays = leaves.arrays.map { array in
          trace.captureKey(array) == nil ? array.settled : array.settled.contiguous()
        }
        return leaves
      }
    }
    (self.trace, self.tape, self.inputs) = (trace, tape, inputs)
    captures = trace.sources.compactMap { source in
      switch source {
      case .array(let array): trace.captureKey(array).map { Capture(key: $0, array: array) }
      case .state(let state): Capture(key: .state(state), array: state.valueHere)
      default: nil
      }
    }
  }

  /// The types of what the closure returned.
  var resultTypes: [TensorType] { results.arrays.map(\.type) }

  /// Whether something inside draws random numbers.
  var isRandom: Bool { trace.drawCount > 0 }

  // MARK: Graphs

  /// The body as a graph of what it is handed, these captures and its key.
  func graph(_ captures: [Capture], at site: CallSite) -> Subgraph {
    Subgraph(
      trace.builder.graph(inputs: graphInputs(captures), outputs: resultSymbols(at: site)))
  }

  private func resultSymbols(at site: CallSite) -> Symbols {
    results.arrays.map { result in
      let symbol = trace.symbol(result)
      guard symbol.builder === trace.builder else {
        fail("a result of the body belongs to another traced region: \(result.type)", at: site)
      }
      return symbol
    }
  }

  private func graphInputs(_ captures: [Capture]) -> Symbols {
    var own: [Trace.CaptureKey: Symbol] = [:]
    var (handed, keys): (Symbols, Symbols) = ([], [])
    var words: [Symbol?] = [nil, nil]
    for (source, symbol) in zip(trace.sources, trace.inputs) {
      switch source {
      case .argument: handed.append(symbol)
      case .array(let array): own[trace.captureKey(array)!] = symbol
      case .state(let state): own[.state(state)] = symbol
      case .randomSeed: words[0] = symbol
      case .randomStream: words[1] = symbol
      case .randomTick: keys.append(symbol)
      case .cotangent, .unused: break
      }
    }
    // What only another graph of the operator uses is an input of this one, too.
    let outside = captures.map { own[$0.key] ?? trace.builder.input($0.array.type) }
    return handed + outside + words.compactMap { $0 } + keys
  }

  /// The way back through the body.
  ///
  /// - Parameter counts: how many of the arrays that it is handed are carries and elements.
  /// - Returns: `nil` if nothing is recorded.
  func gradient(_ counts: BodyCounts, _ captures: [Capture], at site: CallSite) -> BodyGradient? {
    guard let tape else { return nil }
    trace.ignoresTapes = true
    return trace.tracing {
      let isFloat = { (index: Int) in results.arrays[index].dtype.isDifferentiable }
      let carries = (0..<counts.carries).filter(isFloat)
      let further = (counts.carries..<results.arrays.count).filter(isFloat)
      let outputs = resultSymbols(at: site)
      let slopes = (carries + further).map {
        trace.input(outputs[$0].type, from: .cotangent($0))
      }
      let seeds = zip(carries + further, slopes).compactMap { index, slope in
        results.arrays[index].handle.links.value(on: tape).map { ($0, NDArray(ArrayHandle(slope))) }
      }
      let found = seeds.isEmpty ? [] : tape.backward(from: seeds, retaining: false, at: site)
      func slope(_ value: Int?) -> Symbol? {
        guard let value, found.indices.contains(value) else { return nil }
        return found[value].map(trace.symbol)
      }
      let handed = inputs.map { slope($0.handle.links.value(on: tape)) }
      let elements = (0..<counts.elements).filter { handed[counts.carries + $0] != nil }
      let outside = captureGradients(tape, captures, slope)
      let reached = captures.indices.filter { outside[$0] != nil }
      let gradients =
        carries.map { handed[$0] ?? trace.symbol(.zeros(like: inputs[$0])) }
        + elements.map { handed[counts.carries + $0]! } + reached.map { outside[$0]! }
      return BodyGradient(
        graph: Subgraph(
          trace.builder.graph(inputs: slopes + graphInputs(captures), outputs: gradients)),
        carries: carries, results: further.map { $0 - counts.carries }, elements: elements,
        captures: reached)
    }
  }

  /// The gradient of each capture; one may have come in as several arrays.
  private func captureGradients(
    _ tape: Tape, _ captures: [Capture], _ slope: (Int?) -> Symbol?
  ) -> [Symbol?] {
    let leaves: [(key: Trace.CaptureKey?, value: Int)] =
      tape.captures.map { (trace.captureKey($0.array), $0.value) }
      + tape.parameters.map { (.state(.parameter($0.parameter)), $0.value) }
    var sums: [Trace.CaptureKey: Symbol] = [:]
    for (key, value) in leaves {
      guard let key, let gradient = slope(value) else { continue }
      sums[key] = sums[key].map { $0 + gradient } ?? gradient
    }
    return captures.map { sums[$0.key] }
  }
}

extension StateReference {
  /// What it holds at this point of the thread's traces, a leaf of its tapes.
  fileprivate var valueHere: NDArray {
    switch self {
    case .parameter(let parameter): parameter.value
    case .gradient(let parameter): parameter.gradient ?? NDArray(0.0)
    case .cell(let cell): cell.value
    }
  }
}

extension NDArray {
  /// A number literal as the number that it is by itself; anything else as it is.
  var settled: NDArray {
    guard isLiteral, let number else { return self }
    let handle = ArrayHandle(number)
    handle.links = self.handle.links
    return NDArray(handle)
  }
}
