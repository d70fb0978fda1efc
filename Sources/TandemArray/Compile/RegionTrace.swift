import TandemGraph

/// What tracing a closure gave: a graph with where its inputs come from and where its results go.
struct RegionTrace: Sendable {
  /// The results are those that the closure returned, in order, then what it assigned.
  var graph: Graph
  /// Where each input comes from.
  var sources: [TraceSource]
  /// The form of each input at the time of the trace.
  var forms: [InputForm]
  /// How many results the closure returned.
  var resultCount: Int
  /// The structure of what the closure returned.
  var structure: [Int] = []
  /// What the closure assigned, one for each further result.
  var writes: [StateReference] = []
  /// The keys that random operators drew while the closure was traced; the first call uses them.
  var keys: [RandomKey] = []
  /// For each result the input whose memory it may take.
  var donations: [Int?]
  /// The gradients that the closure left `nil`.
  var clears: [StateReference] = []
  /// What else of parameters decided what the graph became.
  var conditions: [TraceCondition] = []
  /// Those that the closure has changed: the call that traced it finds them otherwise.
  var ownConditions: Set<TraceCondition.Key> = []

  /// A graph whose inputs are arguments.
  init(of graph: Graph, forms: [InputForm]) {
    self.graph = graph
    self.forms = forms
    sources = forms.indices.map { .argument($0) }
    resultCount = graph.outputs.count
    donations = graph.outputs.map { _ in nil }
  }

  /// Traces a closure.
  ///
  /// - Parameters:
  ///   - arguments: what the closure is called with; number literals stay what they are.
  ///   - writable: what it may assign to.
  ///   - body: is handed symbols; gives its results.
  init(
    arguments: ArrayLeaves, writable: WritableState, at site: CallSite,
    _ body: (inout ArrayLeafReader) -> ArrayLeaves
  ) {
    let trace = Trace(writable: writable)
    let symbols = RegionTrace.symbols(of: arguments, trace)
    let results = trace.tracing {
      var reader = ArrayLeafReader(symbols, structure: arguments.structure)
      return body(&reader)
    }
    self.init(trace, arguments, results, at: site)
  }

  /// What the closure is handed in place of its arguments.
  static func symbols(of arguments: ArrayLeaves, _ trace: Trace) -> [NDArray] {
    arguments.arrays.enumerated().map { position, array in
      array.isLiteral
        ? array.detached()
        : NDArray(ArrayHandle(trace.input(array.type, from: .argument(position))))
    }
  }

  /// What a trace has gathered.
  ///
  /// - Parameter results: what the closure returned.
  init(_ trace: Trace, _ arguments: ArrayLeaves, _ results: ArrayLeaves, at site: CallSite) {
    let outputs = results.arrays.map { result in
      let symbol = trace.symbol(result)
      guard symbol.builder === trace.builder else {
        fail("compile: a result belongs to another traced region: \(result.type)", at: site)
      }
      return symbol
    }
    trace.tracing { trace.settleRowGradients() }
    writes = trace.writes
    let assigned = writes.map(trace.written)
    graph = trace.builder.graph(outputs: outputs + assigned)
    sources = trace.sources
    keys = trace.keys
    (resultCount, structure) = (outputs.count, results.structure)
    (forms, donations) = ([], graph.outputs.map { _ in nil })
    setForms(arguments)
    clears = trace.clears
    // As the closure found them: what it went by, even if they have changed since.
    (conditions, ownConditions) = (trace.conditions, trace.ownConditions)
  }

  /// Notes what the inputs are now, and which of them may be written over.
  mutating func setForms(_ arguments: ArrayLeaves) {
    forms = zip(sources, graph.inputs).map { source, input in
      form(of: source, graph.nodes[input].types[0], arguments)
    }
    for (position, state) in writes.enumerated() {
      donations[donations.count - writes.count + position] = donation(to: state)
    }
  }

  /// What an input is at the calls of this program.
  ///
  /// - Parameter type: the input's in the graph. Another thread may have given a state another one
  ///   since; then the call finds that it does not fit.
  private func form(
    of source: TraceSource, _ type: TensorType, _ arguments: ArrayLeaves
  ) -> InputForm {
    switch source {
    case .argument(let position): return RegionTrace.form(arguments.arrays[position])
    case .array(let array): return RegionTrace.form(array)
    case .state(let state):
      guard let current = state.current, current.type == type else {
        return .array(Layout(type.shape))
      }
      let form = RegionTrace.form(current)
      // What the region assigns is an array from the first call on.
      return form == .number && writes.contains(state) ? .array(Layout(Shape())) : form
    case .randomSeed, .randomStream, .randomTick: return .number
    case .unused(let type): return .array(Layout(type.shape))
    case .cotangent:
      fail("compile: broken invariant: a cotangent is left in a region's graph", at: .unknown)
    }
  }

  /// The form of an array.
  static func form(_ array: NDArray) -> InputForm {
    if array.number != nil { return .number }
    var layout = array.handle.layout
    layout.offset = 0
    return .array(layout)
  }

  /// The input whose memory an assigned value may take over: what was there before.
  private func donation(to state: StateReference) -> Int? {
    let input = sources.firstIndex { source in
      if case .state(let read) = source { read == state } else { false }
    }
    guard let input, case .array(let layout) = forms[input], layout.isDense else { return nil }
    return input
  }
}
