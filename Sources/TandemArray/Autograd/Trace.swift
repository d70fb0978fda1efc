/// A graph while a closure of arrays is traced into it.
///
/// What the closure uses without being given it – captured arrays, parameters, state cells, the
/// random state – becomes further inputs of the graph; what it assigns to parameters and cells is
/// noted, to become further outputs.
final class Trace {
  let builder = GraphBuilder()
  /// The trace inside of which this one is made, if any.
  private let parent: Trace?
  /// What the closure may assign to.
  private let writable: WritableState
  /// Where each input of the graph comes from, in order.
  private(set) var sources: [TraceSource] = []
  /// What was assigned, in the order of the first assignments.
  private(set) var writes: [StateReference] = []
  /// The keys that were drawn from the random state outside, in order.
  private(set) var keys: [RandomKey] = []

  private var captured: [CaptureKey: Symbol] = [:]
  /// The current values of parameters and cells that were read or assigned.
  private var values: [StateReference: NDArray] = [:]
  private var keyWords: [Symbol] = []
  private let random = RandomState.current

  init(writable: WritableState = .nothing) {
    parent = Scope.current?.trace
    self.writable = writable
  }

  /// Adds an operator to the graph.
  func apply<O: Op>(
    _ op: O, _ inputs: [NDArray], at site: CallSite
  ) throws(ShapeError) -> [NDArray] {
    try builder.add(op, inputs.map(symbol), at: site.seenByUser).map { NDArray(ArrayHandle($0)) }
  }

  /// An input of the graph.
  func input(_ type: TensorType, from source: TraceSource) -> Symbol {
    sources.append(source)
    return builder.input(type)
  }

  /// What an array is in this graph.
  func symbol(_ array: NDArray) -> Symbol {
    switch array.handle.content {
    case .symbol(let symbol):
      if symbol.builder === builder || !isInScope(symbol) { return symbol }
      return capture(array, .symbol(ObjectIdentifier(symbol.builder), symbol.value))
    case .number(let number): return builder.constant(number)
    case .literal(let value): return builder.constant(value.converted(to: array.dtype))
    case .storage(let storage):
      return capture(
        array, .storage(ObjectIdentifier(storage), array.handle.layout, array.dtype))
    }
  }

  /// What makes two arrays from outside one input.
  private enum CaptureKey: Hashable {
    case storage(ObjectIdentifier, Layout, DType)
    case symbol(ObjectIdentifier, Graph.Value)
  }

  private func capture(_ array: NDArray, _ key: CaptureKey) -> Symbol {
    if let known = captured[key] { return known }
    let symbol = input(array.type, from: .array(array))
    captured[key] = symbol
    return symbol
  }

  /// Whether a symbol belongs to a trace inside of which this one is made.
  private func isInScope(_ symbol: Symbol) -> Bool {
    var outer = parent
    while let trace = outer {
      if trace.builder === symbol.builder { return true }
      outer = trace.parent
    }
    return false
  }

  // MARK: State

  /// What a parameter or cell holds at this point of the closure.
  ///
  /// - Parameter outside: what it holds outside of the trace.
  func value(of state: StateReference, outside: NDArray) -> NDArray {
    if let known = values[state], hasWritten(state) || known.type == outside.type { return known }
    dropInput(state)
    let outer = parent?.value(of: state, outside: outside)
    let symbol = outer.map(self.symbol) ?? input(outside.type, from: .state(state))
    let value = NDArray(ArrayHandle(symbol))
    values[state] = value
    return value
  }

  /// Forgets the input of a state that was given a value of another type outside of the trace
  /// meanwhile, as a cell is whose length becomes known.
  private func dropInput(_ state: StateReference) {
    for index in sources.indices {
      if case .state(let read) = sources[index], read == state, let value = values[state] {
        sources[index] = .unused(value.type)
      }
    }
  }

  /// Whether the closure has assigned to this.
  func hasWritten(_ state: StateReference) -> Bool { writes.contains(state) }

  /// Notes what is assigned to a parameter or cell; stops with a message if that is not allowed.
  func assign(_ value: NDArray, to state: StateReference, at site: CallSite) {
    if let complaint = writable.complaint(about: state) {
      fail(complaint, at: site == .unknown ? self.site(of: value) : site)
    }
    if !writes.contains(state) { writes.append(state) }
    values[state] = NDArray(ArrayHandle(symbol(value)))
  }

  /// What was assigned last.
  func written(_ state: StateReference) -> Symbol {
    guard let value = values[state] else {
      fail("trace: broken invariant: \(state) was not assigned", at: .unknown)
    }
    return symbol(value)
  }

  /// Where the user wrote the operator that gave a symbol.
  private func site(of value: NDArray) -> CallSite {
    guard case .symbol(let symbol) = value.handle.content, symbol.builder === builder else {
      return .unknown
    }
    return builder.graph(outputs: [symbol]).nodes[symbol.value.node].site
  }

  // MARK: Random numbers

  /// Seed, stream and tick of the next random operator: inputs if they come from the random state
  /// outside of the trace, constants if the closure brought a state of its own.
  func drawKey() -> [NDArray]? {
    guard RandomState.current === random else { return nil }
    if let parent {
      return parent.drawKey()?.map { NDArray(ArrayHandle(symbol($0))) }
    }
    let key = random.next()
    if keyWords.isEmpty {
      keyWords = [
        input(.uint64Number, from: .randomSeed), input(.uint64Number, from: .randomStream),
      ]
    }
    let tick = input(.uint64Number, from: .randomTick(keys.count))
    keys.append(key)
    return (keyWords + [tick]).map { NDArray(ArrayHandle($0)) }
  }
}

/// Where an input of a traced graph comes from.
enum TraceSource {
  /// An argument, by its position among all arrays of the arguments.
  case argument(Int)
  /// An array that the closure captured.
  case array(NDArray)
  /// A parameter or a state cell.
  case state(StateReference)
  /// The seed of the random state.
  case randomSeed
  /// The stream of the random state.
  case randomStream
  /// The tick of the random operator with this number.
  case randomTick(Int)
  /// The gradient of the loss with respect to a result: while a region is differentiated.
  case cotangent(Int)
  /// Nothing that the results depend on.
  case unused(TensorType)
}

extension TensorType {
  /// A zero-dimensional unsigned number.
  fileprivate static var uint64Number: TensorType { TensorType(Shape(), .uint64) }
}

extension Graph {
  /// Traces a function of arrays into a graph.
  ///
  /// - Parameters:
  ///   - inputs: the types of the arguments.
  ///   - function: is called once, with symbols; reading a value inside is an error.
  /// - Returns: the graph, whose inputs are the arguments and then what the function used from
  ///   outside, and the values of the latter: captured arrays, parameters, cells.
  public static func trace(
    inputs: [TensorType], file: StaticString = #fileID, line: UInt = #line,
    _ function: ([NDArray]) -> [NDArray]
  ) -> (graph: Graph, captures: [NDArray]) {
    let site = CallSite(file, line)
    let trace = Trace()
    let arguments = inputs.enumerated().map {
      NDArray(ArrayHandle(trace.input($1, from: .argument($0))))
    }
    let results = trace.tracing { function(arguments) }
    let outputs = results.map { result in
      let symbol = trace.symbol(result)
      guard symbol.builder === trace.builder else {
        fail("trace: a result belongs to another traced region: \(result.type)", at: site)
      }
      return symbol
    }
    let graph = trace.builder.graph(outputs: outputs)
    return (graph, trace.sources.compactMap { $0.outsideValue(keys: trace.keys) })
  }
}

extension Trace {
  /// Runs `body` with operators being traced into this graph.
  func tracing<T>(_ body: () -> T) -> T {
    var before: (trace: Trace?, tapes: [Tape]) = (nil, [])
    return Scope.with { scope in
      // Tapes outside of the trace see the graph's application, not its symbols.
      before = (scope.trace, scope.tapes)
      (scope.trace, scope.tapes) = (self, [])
    } leave: {
      ($0.trace, $0.tapes) = before
    } _: {
      body()
    }
  }
}

extension TraceSource {
  /// The value of an input that is not an argument, as it is now.
  fileprivate func outsideValue(keys: [RandomKey]) -> NDArray? {
    func word(_ word: UInt64) -> NDArray {
      NDArray(ArrayHandle(ScalarValue(Int(truncatingIfNeeded: word), .uint64)))
    }
    return switch self {
    case .argument, .cotangent: nil
    case .unused(let type): .zeros(type.shape, dtype: type.dtype)
    case .array(let array): array
    case .state(let state): state.recordedValue
    case .randomSeed: word(keys[0].seed)
    case .randomStream: word(keys[0].stream)
    case .randomTick(let draw): word(keys[draw].tick)
    }
  }
}
