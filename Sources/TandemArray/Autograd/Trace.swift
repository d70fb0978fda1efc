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
  /// Whether this is the body of a loop or branch: all that it uses from outside is an input of it.
  let isBody: Bool
  /// Whether loops inside keep what their gradients need.
  let isDifferentiated: Bool
  /// How many tapes this trace lies inside of.
  let tapeDepth: Int
  /// Where each input of the graph comes from, in order.
  private(set) var sources: [TraceSource] = []
  /// What was assigned, in the order of the first assignments.
  private(set) var writes: [StateReference] = []
  /// What was set to `nil`, and not assigned since.
  private(set) var clears: [StateReference] = []
  /// The properties that the closure looked at, in order.
  private(set) var conditions: [TraceCondition] = []
  private var knownConditions: Set<TraceCondition> = []
  /// The properties that the closure has set itself: what it reads then is its own doing.
  private(set) var ownConditions: Set<TraceCondition.Key> = []
  /// The keys that were drawn from the random state outside, in order.
  private(set) var keys: [RandomKey] = []

  /// The inputs themselves.
  private(set) var inputs: [Symbol] = []
  private var captured: [CaptureKey: Symbol] = [:]
  /// The same without a look at tapes.
  private var elements: [CaptureKey: Symbol] = [:]
  /// Whether tapes do not matter: while the way back through a body is traced.
  var ignoresTapes = false
  /// The current values of parameters and cells that were read or assigned.
  private var values: [StateReference: NDArray] = [:]
  /// The row-sparse gradients that backward passes left, in order; see ``settleRowGradients()``.
  private var rowGradients: [(parameter: Parameter, gradient: RowSparseArray)] = []
  private var keyWords: [Symbol] = []
  /// How many random operators a body has.
  private(set) var drawCount = 0
  private let random = RandomState.current

  /// - Parameter isBody: whether this is the body of a loop or branch.
  init(writable: WritableState = .nothing, isBody: Bool = false) {
    let scope = Scope.current
    parent = scope?.trace
    self.writable = writable
    self.isBody = isBody
    tapeDepth = scope?.tapeDepth ?? 0
    isDifferentiated =
      scope?.trace?.isDifferentiated ?? false || !(scope?.tapes.isEmpty ?? true)
    parent?.settleRowGradients()
  }

  /// Adds an operator to the graph.
  func apply<O: Op>(
    _ op: O, _ inputs: [NDArray], at site: CallSite
  ) throws(ShapeError) -> [NDArray] {
    builder.path = CallFrame.currentPlace
    return try builder.add(op, inputs.map(symbol), at: site.seenByUser)
      .map { NDArray(ArrayHandle($0)) }
  }

  /// An input of the graph.
  func input(_ type: TensorType, from source: TraceSource) -> Symbol {
    sources.append(source)
    inputs.append(builder.input(type))
    return inputs[inputs.count - 1]
  }

  /// What an array is in this graph.
  func symbol(_ array: NDArray) -> Symbol {
    if let key = captureKey(array) { return capture(array, key) }
    switch array.handle.content {
    case .symbol(let symbol): return symbol
    case .number(let number): return builder.constant(number)
    case .literal(let value): return builder.constant(value.converted(to: array.dtype))
    case .storage:
      fail(
        "trace: broken invariant: an array in memory is no capture: \(array.type)", at: .unknown)
    }
  }

  /// What makes two arrays from outside one input: the same elements on the same tapes.
  enum CaptureKey: Hashable {
    case storage(ObjectIdentifier, Layout, DType, [TapeLink.Key])
    case symbol(ObjectIdentifier, Graph.Value, [TapeLink.Key])
    case number(ScalarValue, [TapeLink.Key])
    case state(StateReference)

    /// The key of the same elements on no tape.
    var withoutTapes: CaptureKey {
      switch self {
      case .storage(let storage, let layout, let dtype, _):
        .storage(storage, layout, dtype, [])
      case .symbol(let builder, let value, _): .symbol(builder, value, [])
      case .number(let number, _): .number(number, [])
      case .state: self
      }
    }
  }

  /// What an array is as an input of this graph; `nil` if it is a part of the graph, a constant of
  /// it, or belongs to a trace elsewhere.
  func captureKey(_ array: NDArray) -> CaptureKey? {
    let handle = array.handle
    let links = isBody ? handle.linkKeys : []
    switch handle.content {
    case .symbol(let symbol):
      if symbol.builder === builder || !isInScope(symbol) { return nil }
      return .symbol(ObjectIdentifier(symbol.builder), symbol.value, links)
    case .storage(let storage):
      // What a tape kept comes back row-major, whatever the strides of axes of length one were.
      var layout = handle.layout
      if layout.isRowMajor {
        layout = Layout(layout.shape)
        layout.offset = handle.layout.offset
      }
      return .storage(ObjectIdentifier(storage), layout, handle.dtype, links)
    case .number, .literal:
      // A number is a constant, unless gradients flow to it.
      guard isBody, !handle.links.isEmpty, let number = array.number else { return nil }
      return .number(number, links)
    }
  }

  private func capture(_ array: NDArray, _ key: CaptureKey) -> Symbol {
    let plain = key.withoutTapes
    if let known = captured[key] ?? (ignoresTapes ? elements[plain] : nil) { return known }
    let symbol = input(array.type, from: .array(array))
    (captured[key], elements[plain]) = (symbol, symbol)
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
    let type = (isBody ? parent?.value(of: state, outside: outside) : nil)?.type ?? outside.type
    if let known = values[state], hasWritten(state) || known.type == type { return known }
    dropInput(state)
    // What a body reads is handed to it as it is on the tapes outside.
    let outer = isBody ? nil : parent?.value(of: state, outside: outside)
    let symbol = outer.map(self.symbol) ?? input(type, from: .state(state))
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

  /// The gradient that a parameter has at this point of the closure.
  func gradient(of parameter: Parameter) -> NDArray? {
    guard hasGradient(parameter) else { return nil }
    let outside = parameter.currentGradient ?? parameter.currentValue ?? NDArray(0.0)
    return value(of: .gradient(parameter), outside: outside)
  }

  /// The row-sparse gradient that a parameter has at this point of the closure.
  func rowGradient(of parameter: Parameter) -> RowSparseArray? {
    rowGradients.first { $0.parameter === parameter }?.gradient
  }

  /// Notes a row-sparse gradient, or that there is none.
  func setRowGradient(_ gradient: RowSparseArray?, of parameter: Parameter) {
    rowGradients.removeAll { $0.parameter === parameter }
    if let gradient { rowGradients.append((parameter, gradient)) }
  }

  /// Makes the row-sparse gradients dense that are left at the end of the closure, or where another
  /// closure begins inside of it: what a program leaves is arrays. Call it while this trace is the
  /// thread's.
  func settleRowGradients() {
    let left = rowGradients
    rowGradients = []
    for (parameter, gradient) in left {
      assign(gradient.dense, to: .gradient(parameter), at: .unknown)
    }
  }

  private func hasGradient(_ parameter: Parameter) -> Bool {
    if hasWritten(.gradient(parameter)) { return true }
    if clears.contains(.gradient(parameter)) { return false }
    if let parent { return parent.hasGradient(parameter) }
    return note(.hasGradient, of: parameter)
  }

  /// Notes that the closure depends on a property of a parameter; says what it is.
  ///
  /// If another thread changes it during the trace, both values are noted, and the program never
  /// runs: the closure may have gone half one way, half the other.
  func note(_ property: TraceCondition.Property, of parameter: Parameter) -> Bool {
    if let parent { return parent.note(property, of: parameter) }
    let condition = TraceCondition(property, of: parameter)
    if ownConditions.contains(condition.key) { return condition.value }
    if knownConditions.insert(condition).inserted { conditions.append(condition) }
    return condition.value
  }

  /// Notes that the closure sets a property of a parameter: reading it depends on nothing outside
  /// from then on.
  func noteChange(_ property: TraceCondition.Property, of parameter: Parameter) {
    if let parent { return parent.noteChange(property, of: parameter) }
    ownConditions.insert(TraceCondition.Key(property, parameter))
  }

  /// Notes that a gradient is forgotten; stops with a message if that is not allowed.
  func clear(_ state: StateReference) {
    if isBody {
      fail(
        "control flow: \(state) is set to nil inside the body of a loop or branch; do it outside",
        at: .unknown)
    }
    if let complaint = writable.complaint(about: state) { fail(complaint, at: .unknown) }
    writes.removeAll { $0 == state }
    values[state] = nil
    if !clears.contains(state) { clears.append(state) }
  }

  /// Notes what is assigned to a parameter or cell; stops with a message if that is not allowed.
  func assign(_ value: NDArray, to state: StateReference, at site: CallSite) {
    if isBody {
      fail(
        "control flow: \(state) is assigned inside the body of a loop or branch; carry it, or "
          + "return it and assign it outside: \(value.type)",
        at: site == .unknown ? self.site(of: value) : site)
    }
    if let complaint = writable.complaint(about: state) {
      fail(complaint, at: site == .unknown ? self.site(of: value) : site)
    }
    if !writes.contains(state) { writes.append(state) }
    clears.removeAll { $0 == state }
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
    if isBody {
      let tick = input(.uint64Number, from: .randomTick(drawCount))
      drawCount += 1
      return (bodyKeyWords() + [tick]).map { NDArray(ArrayHandle($0)) }
    }
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

  /// Seed and stream of a body's draws, which it is given for each run.
  private func bodyKeyWords() -> [Symbol] {
    if keyWords.isEmpty {
      keyWords = [
        input(.uint64Number, from: .randomSeed), input(.uint64Number, from: .randomStream),
      ]
    }
    return keyWords
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
    return Trace.settled(at: site) {
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
      let captures = trace.sources.compactMap { $0.outsideValue(keys: trace.keys) }
      return ((graph, captures), graph.readsDropped(trace.sources))
    }
  }
}

extension Trace {
  /// Traces until nothing reads a state as it was before the trace itself gave it another type, as
  /// a cell is whose length becomes known: such a graph would serve one call.
  ///
  /// - Parameter trace: gives what it has traced, and whether something reads such a state.
  static func settled<Traced>(
    at site: CallSite, _ trace: () -> (traced: Traced, readsDropped: Bool)
  ) -> Traced {
    for _ in 0..<Limits.tracesOfCallMax {
      let (traced, readsDropped) = trace()
      if !readsDropped { return traced }
    }
    fail(
      "compile: the closure was traced \(Limits.tracesOfCallMax) times, and each time it gave a "
        + "state another type after it had read it", at: site)
  }

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

extension Graph {
  /// Whether something that is computed reads an input whose state has another type since.
  ///
  /// - Parameter sources: of the inputs.
  func readsDropped(_ sources: [TraceSource]) -> Bool {
    var dropped: Set<Int> = []
    for (input, source) in zip(inputs, sources) {
      if case .unused = source { dropped.insert(input) }
    }
    if dropped.isEmpty { return false }
    let live = liveNodes
    return outputs.contains { dropped.contains($0.node) }
      || nodes.indices.contains { index in
        live[index] && nodes[index].inputs.contains { dropped.contains($0.node) }
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
