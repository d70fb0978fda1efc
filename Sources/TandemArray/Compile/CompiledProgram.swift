import TandemEngine
import TandemGraph

/// A compiled graph with where its inputs come from and where its results go.
final class CompiledProgram: Sendable {
  let trace: RegionTrace
  let report: CompilationReport
  let runtime: PlanRuntime
  /// For each write the output of the plan and, if it takes over memory, the input.
  private let donatedInputs: [Int?]
  /// The locks of all that a call reads or assigns outside of its arguments, each once.
  private let stateLocks: [StateLock]
  /// Where the region was compiled, for messages.
  private let site: CallSite

  /// - Throws: `ShapeError` if the graph cannot be compiled for these forms.
  init(
    _ trace: RegionTrace, options: CompileOptions, on device: Device, at site: CallSite = .unknown
  ) throws(ShapeError) {
    (self.trace, self.site) = (trace, site)
    let compilation = try options.graphCompiler.compile(
      trace.graph, inputs: trace.forms, donations: trace.donations)
    report = compilation.report
    runtime = PlanRuntime(
      compilation.plan, inputCount: trace.sources.count, on: device)
    var donated = [Int?](repeating: nil, count: trace.sources.count)
    for (output, source) in compilation.plan.outputs.enumerated() {
      if case .donated(let input, _, _) = source { donated[input] = output }
    }
    donatedInputs = donated
    stateLocks = trace.stateLocks
  }

  /// Queues one call. It sees parameters and cells as they are at one moment, and what it assigns
  /// is there at one moment: whoever reads or changes them meanwhile, waits until all is pushed.
  ///
  /// - Parameters:
  ///   - arguments: the arrays of the arguments, of the types and layouts of the trace.
  ///   - keys: of the random operators; the next ones of the thread's random state if `nil`.
  ///   - place: where the call is, for messages.
  ///   - results: what the closure returns is appended.
  /// - Returns: why nothing was done: a parameter, cell or capture is no longer what it was when
  ///   the closure was traced. `nil` if the call is queued.
  func run(
    _ arguments: [NDArray], keys: [RandomKey]? = nil, at place: CallSite = .unknown,
    _ results: inout [NDArray]
  ) -> String? {
    // Nobody shall wait for long for a lock that is held while the engine makes room.
    runtime.awaitRoom(for: title(place))
    return runtime.lock.withLock {
      StateLock.withAll(stateLocks) { push(arguments, keys: keys, &results) }
    }
  }

  /// What a report of a call that is held back says.
  private func title(_ place: CallSite) -> String {
    let region = site == .unknown ? "a compiled program" : "the region compiled at \(site)"
    return place == .unknown ? region : "\(region) (\(place))"
  }

  private func push(
    _ arguments: [NDArray], keys: [RandomKey]?, _ results: inout [NDArray]
  ) -> String? {
    runtime.device.engine.withoutWaiting {
      let call = runtime.makeCall()
      if let mismatch = gather(arguments, call, isFirst: keys != nil) {
        call.cancel()
        return mismatch
      }
      setKeys(keys, call)
      for (output, source) in runtime.plan.outputs.enumerated() {
        if case .fresh(let byteCount, _, _) = source {
          call.outputs[output] = Storage(byteCount: byteCount, device: runtime.device)
        }
      }
      call.makePassing()
      copySharedDonations(call)
      runtime.push(call)
      for output in 0..<trace.resultCount { results.append(result(output, call)) }
      assign(call)
      call.endPushing()
      return nil
    }
  }

  // MARK: Inputs

  /// Why a call cannot be run now; `nil` if it can. Looks only at what the closure uses beside its
  /// arguments, which fit if the key of the call does; changes nothing and waits for nobody.
  func mismatch() -> String? {
    StateLock.withAll(stateLocks) {
      if let changed = changedCondition(isFirst: false) { return changed }
      for input in trace.sources.indices {
        guard case .state(let state) = trace.sources[input] else { continue }
        let fits = state.withCurrent { self.fits($0, input) } ?? false
        if !fits { return mismatch(state, input) }
      }
      return nil
    }
  }

  /// Whether ``gather(_:_:isFirst:)`` takes what a state holds for an input, if perhaps after it
  /// has made an array of a number.
  private func fits(_ value: NDArray, _ input: Int) -> Bool {
    guard value.dtype == type(of: input).dtype else { return false }
    switch (value.handle.content, trace.forms[input]) {
    case (.storage, .array(let layout)): return value.handle.layout.isAnywhere(layout)
    case (.number, .number): return true
    case (_, .array(let layout)): return value.number != nil && layout.isAnywhere(Layout(Shape()))
    default: return false
    }
  }

  /// What parameters no longer are; for the call that traced the closure without what that did.
  private func changedCondition(isFirst: Bool) -> String? {
    for condition in trace.conditions {
      guard let mismatch = condition.mismatch else { continue }
      if isFirst && trace.ownConditions.contains(condition.key) { continue }
      return mismatch
    }
    return nil
  }

  private func gather(_ arguments: [NDArray], _ call: PlanCall, isFirst: Bool) -> String? {
    if let changed = changedCondition(isFirst: isFirst) { return changed }
    for input in trace.sources.indices {
      switch trace.sources[input] {
      case .argument(let position): _ = set(input, arguments[position], call)
      case .array(let array): _ = set(input, array, call)
      case .state(let state):
        let isSet = state.withCurrent { set(input, $0, call) } ?? false
        if !isSet, !setFilled(input, state, call) { return mismatch(state, input) }
      case .randomSeed, .randomStream, .randomTick, .cotangent, .unused: break
      }
    }
    return nil
  }

  /// Makes an array of the number that a state holds, if the input has the form of one.
  private func setFilled(_ input: Int, _ state: StateReference, _ call: PlanCall) -> Bool {
    guard let number = state.current?.number, trace.forms[input] != .number else { return false }
    let array = withDevice(runtime.device) {
      NDArray.filled(Shape(), number.dtype) { ElementCodec.store(number, at: $0) }
    }
    guard set(input, array, call) else { return false }
    state.set(array)
    return true
  }

  /// Makes an array an input of a call, if it has the input's form.
  private func set(_ input: Int, _ array: NDArray, _ call: PlanCall) -> Bool {
    switch (array.handle.content, trace.forms[input]) {
    case (.storage(let storage), .array(let layout)):
      let offset = array.handle.layout.offset
      guard array.dtype == type(of: input).dtype, array.handle.layout.isAnywhere(layout)
      else { return false }
      call.inputs[input].storage = storage
      call.inputs[input].byteOffset = offset * array.dtype.byteCount
    case (.number(let number), .number):
      guard number.dtype == type(of: input).dtype else { return false }
      call.numbers[input] = number
    default: return false
    }
    return true
  }

  private func type(of input: Int) -> TensorType {
    trace.graph.nodes[trace.graph.inputs[input]].types[0]
  }

  private func mismatch(_ state: StateReference, _ input: Int) -> String {
    guard let current = state.current else { return "\(state): \(type(of: input)) → nothing" }
    return current.type == type(of: input)
      ? "\(state): another memory order of \(current.type)"
      : "\(state): \(type(of: input)) → \(current.type)"
  }

  private func setKeys(_ keys: [RandomKey]?, _ call: PlanCall) {
    guard !trace.keys.isEmpty else { return }
    let first = keys?[0] ?? RandomState.current.reserve(trace.keys.count)
    for input in trace.sources.indices {
      let word: UInt64
      switch trace.sources[input] {
      case .randomSeed: word = first.seed
      case .randomStream: word = first.stream
      case .randomTick(let draw): word = keys?[draw].tick ?? first.tick &+ UInt64(draw)
      default: continue
      }
      call.numbers[input] = ScalarValue(Int(truncatingIfNeeded: word), .uint64)
    }
  }

  // MARK: Results

  /// Gives a state that somebody else looks at, too, memory of its own before it is changed there.
  private func copySharedDonations(_ call: PlanCall) {
    for (input, output) in donatedInputs.enumerated() where output != nil {
      guard case .state(let state) = trace.sources[input] else { continue }
      let shared = state.withCurrent { (value: inout NDArray) -> NDArray? in
        value.canBeDonated ? nil : value
      }
      guard let copy = (shared ?? nil)?.copied() else { continue }
      state.set(copy)
      call.inputs[input].storage = copy.storage
      call.inputs[input].byteOffset = 0
    }
  }

  /// Hands what was assigned to parameters and cells.
  private func assign(_ call: PlanCall) {
    for (index, state) in trace.writes.enumerated() {
      let output = trace.resultCount + index
      if case .donated(let input, let layout, _) = runtime.plan.outputs[output],
        case .array(layout) = trace.forms[input]
      {
        continue
      }
      state.set(result(output, call))
    }
    for state in trace.clears { state.set(nil) }
  }

  /// An output of the plan as an array.
  private func result(_ output: Int, _ call: PlanCall) -> NDArray {
    switch runtime.plan.outputs[output] {
    case .fresh(_, let layout, let dtype):
      return array(call.outputs[output].unsafelyUnwrapped, layout, 0, dtype)
    case .donated(let input, let layout, let dtype):
      return array(of: input, layout, dtype, call)
    case .input(let input, let layout, let dtype):
      if trace.forms[input] == .number { return NDArray(ArrayHandle(call.numbers[input])) }
      return array(of: input, layout, dtype, call)
    case .sameMemory(let other, let layout, let dtype):
      switch runtime.plan.outputs[other] {
      case .donated(let input, _, _): return array(of: input, layout, dtype, call)
      default: return array(call.outputs[other].unsafelyUnwrapped, layout, 0, dtype)
      }
    case .number(let number): return NDArray(ArrayHandle(number))
    }
  }

  private func array(
    of input: Int, _ layout: Layout, _ dtype: DType, _ call: PlanCall
  ) -> NDArray {
    let source = call.inputs[input]
    return array(
      source.storage.unsafelyUnwrapped, layout, source.byteOffset / dtype.byteCount, dtype)
  }

  private func array(
    _ storage: Storage, _ layout: Layout, _ offset: Int, _ dtype: DType
  ) -> NDArray {
    var layout = layout
    layout.offset += offset
    return NDArray(ArrayHandle(storage, layout, dtype))
  }
}

extension RegionTrace {
  /// The locks of what a program of this trace reads or assigns.
  fileprivate var stateLocks: [StateLock] {
    let read = sources.compactMap { source -> StateReference? in
      if case .state(let state) = source { state } else { nil }
    }
    let all =
      (read + writes + clears).map(\.lock) + conditions.map(\.parameter.lock)
    var known: Set<ObjectIdentifier> = []
    return all.filter { known.insert(ObjectIdentifier($0)).inserted }
  }
}

extension StateReference {
  /// Calls `body` with the array that this holds; `nil` if it holds none.
  @discardableResult
  func withCurrent<T>(_ body: (inout NDArray) -> T) -> T? {
    switch self {
    case .parameter(let parameter):
      parameter.withCurrentValue { $0.change(body) }
    case .gradient(let parameter):
      parameter.withCurrentGradient { $0.change(body) }
    case .cell(let cell): cell.withCurrentValue(body)
    }
  }

  /// Replaces the array, whatever is traced; a cell is never left without one.
  func set(_ value: NDArray?) {
    switch self {
    case .parameter(let parameter): parameter.withCurrentValue { $0 = value }
    case .gradient(let parameter): parameter.withCurrentGradient { $0 = value }
    case .cell(let cell): if let value { cell.withCurrentValue { $0 = value } }
    }
  }
}

extension Optional {
  /// Calls `body` with the value, in place, if there is one.
  fileprivate mutating func change<T>(_ body: (inout Wrapped) -> T) -> T? {
    guard var value = take() else { return nil }
    defer { self = value }
    return body(&value)
  }
}

extension NDArray {
  /// Whether an operation may write the array's memory; see ``canUpdateInPlace``.
  fileprivate var canBeDonated: Bool {
    mutating get {
      guard isKnownUniquelyReferenced(&handle), handle.links.isEmpty,
        case .storage(let storage) = handle.content
      else { return false }
      return storage.isWritable && storage.hasOneOwner
    }
  }

  /// The same elements in memory of their own, in the same order.
  fileprivate func copied() -> NDArray {
    guard case .storage(let source) = handle.content else { return self }
    let byteCount = type.byteCount
    let target = Storage(byteCount: byteCount, device: source.device)
    let copy = StorageCopy(
      source: source, byteOffset: handle.layout.offset * dtype.byteCount, target: target)
    source.device.engine.push(
      copy, reading: .of(source.variable), writing: .of(target.variable),
      options: OperationOptions(declaredBytes: byteCount))
    var layout = handle.layout
    layout.offset = 0
    return NDArray(ArrayHandle(target, layout, dtype))
  }
}

/// Copies the bytes of a dense array.
private struct StorageCopy: OperationPayload {
  static let operationName: EngineLabel = "copy before donation"
  let source: Storage
  let byteOffset: Int
  let target: Storage

  func run(_ context: borrowing OperationContext) throws(OperationFailure) {
    target.materialized().copyMemory(
      from: source.materialized() + byteOffset, byteCount: target.byteCount)
  }
}

extension Layout {
  /// Whether this is the other layout, if perhaps at another offset.
  func isAnywhere(_ other: Layout) -> Bool {
    guard shape == other.shape else { return false }
    for axis in 0..<rank where stride(axis) != other.stride(axis) { return false }
    return true
  }
}
