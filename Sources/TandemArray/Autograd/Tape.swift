import TandemThreads

/// What was computed inside ``record(_:)``, in order, with what the gradients need: arenas of
/// entries, of the numbers of values and of what is kept. An entry has no memory of its own, and no
/// objects point at each other (releasing a chain of 300,000 objects would overflow the stack).
///
/// Arrays keep the tape alive; the tape keeps arrays alive only without their links to this tape or
/// to tapes inside it, so there are no cycles. A tape belongs to one thread, whose accesses to the
/// arenas are short and need no check at run time.
final class Tape {
  /// What a tape may treat as a leaf without being told.
  enum Kind {
    /// `record`: parameters are leaves.
    case parameters
    /// `gradient(of:)`: only the arguments are.
    case arguments
  }

  /// A function with its own gradient: from cotangents to the gradients of its targets.
  typealias Custom = ([NDArray?]) -> [NDArray?]

  let kind: Kind
  /// How many tapes were being recorded when this one began, those outside of traces included.
  let depth: Int
  @exclusivity(unchecked) private var entries: [Entry] = []
  /// For each entry, one after another, the values whose gradients its rule gives.
  @exclusivity(unchecked) private var targets: [Int32] = []
  /// For each entry, one after another, what its rule reads.
  @exclusivity(unchecked) private var kept: [Kept] = []
  @exclusivity(unchecked) private var customs: [Custom] = []
  @exclusivity(unchecked) var elementwiseRules = ElementwiseRules()
  @exclusivity(unchecked) private var valueCount = 0
  /// The parameters that were read, in the order of their first use, and their values.
  private(set) var parameters: [(parameter: Parameter, value: Int)] = []
  private var parameterPositions: [ObjectIdentifier: Int] = [:]
  /// Whether rows of parameters may be leaves of their own; see ``Parameter/rows(_:file:line:)``.
  var collectsRows = false
  /// The rows of parameters that were read, in order: which, and the number of what was read.
  private(set) var rowLeaves: [(parameter: Parameter, rows: NDArray, value: Int)] = []
  private var isSpent = false
  private let outside: Outside
  /// The arrays from outside that became leaves, in the order of their first use.
  private(set) var captures: [(array: NDArray, value: Int)] = []

  /// One application of an operator; without a rule, of the next of ``customs``.
  private struct Entry {
    let rule: GradientRule?
    let site: CallSite
    let firstOutput: Int32
    let outputCount: Int32
    let targetCount: Int32
    let keptCount: Int32
  }

  /// An array that a rule reads. A dense one, the usual case, is a storage of which the tape is an
  /// owner; its type is known to the rule.
  private struct Kept {
    let storage: Storage?
    let offset: Int
    let array: NDArray?
  }

  /// Which arrays from outside of a traced closure become leaves when it uses them.
  enum Outside {
    case nothing
    /// Of a region: those that are on this tape.
    case onTape(Tape)
    /// Of the body of a loop or branch: floats that are on any tape; the builder is that of the
    /// body.
    case ofBody(GraphBuilder)
  }

  init(_ kind: Kind, outside: Outside = .nothing) {
    self.kind = kind
    self.outside = outside
    self.depth = Scope.current?.tapeDepth ?? 0
    if let spare = Tape.spare.withLock({ $0.popLast() }) {
      (entries, targets, kept) = (spare.entries, spare.targets, spare.kept)
      elementwiseRules = spare.elementwiseRules
    }
  }

  deinit {
    dropKept(downTo: 0)
    guard entries.capacity > 0, entries.capacity <= Tape.spareCapacity else { return }
    // Moved, so that they are the only references and keep their memory when they are emptied.
    var own = Arenas()
    swap(&own.entries, &entries)
    swap(&own.targets, &targets)
    swap(&own.kept, &kept)
    swap(&own.elementwiseRules, &elementwiseRules)
    own.entries.removeAll(keepingCapacity: true)
    own.targets.removeAll(keepingCapacity: true)
    Tape.spare.withLock { if $0.count < Tape.spareCount { $0.append(own) } }
  }

  /// The memory of tapes that are gone, and the rules that they used, for those that begin: a
  /// training step records as much as the one before it, and the same.
  private struct Arenas {
    var entries: [Entry] = []
    var targets: [Int32] = []
    var kept: [Kept] = []
    var elementwiseRules = ElementwiseRules()
  }

  private static let spare = Guarded<[Arenas]>([])
  private static let spareCount = 8
  /// Entries of a tape whose memory is worth keeping.
  private static let spareCapacity = 1 << 16

  /// Makes an array a leaf: a value of which nothing is known but its number.
  func leaf() -> TapeLink {
    defer { valueCount += 1 }
    return TapeLink(tape: self, value: valueCount)
  }

  /// The link of a parameter on this tape, made at its first use.
  func link(to parameter: Parameter) -> TapeLink {
    // Numbers, not links: a link keeps the tape alive, and a tape must not do so itself.
    if let position = parameterPositions[ObjectIdentifier(parameter)] {
      return TapeLink(tape: self, value: parameters[position].value)
    }
    let link = leaf()
    parameterPositions[ObjectIdentifier(parameter)] = parameters.count
    parameters.append((parameter, link.value))
    return link
  }

  /// The link of rows of a parameter that were read: a leaf of their own.
  func link(toRows rows: NDArray, of parameter: Parameter) -> TapeLink {
    let link = leaf()
    rowLeaves.append((parameter, rows, link.value))
    return link
  }

  /// The number of an array on this tape, if it is there or comes from outside as a leaf.
  @inline(__always)
  private func value(of array: NDArray) -> Int? {
    if let value = array.handle.links.value(on: self) { return value }
    if case .nothing = outside { return nil }
    return captured(array)
  }

  @inline(never)
  private func captured(_ array: NDArray) -> Int? {
    guard becomesLeaf(array) else { return nil }
    if let known = captures.first(where: { $0.array.handle === array.handle }) {
      return known.value
    }
    captures.append((array, leaf().value))
    return captures.last?.value
  }

  private func becomesLeaf(_ array: NDArray) -> Bool {
    switch (outside, array.handle.content) {
    case (.nothing, _): return false
    case (.onTape(let outer), .storage): return array.handle.links.value(on: outer) != nil
    case (.onTape, _): return false
    case (.ofBody(let builder), .symbol(let symbol)) where symbol.builder === builder: return false
    case (.ofBody, _): return array.dtype.isDifferentiable && !array.handle.links.isEmpty
    }
  }

  // MARK: Recording

  /// Notes an operator if any input is on this tape, and links its outputs to it.
  ///
  /// - Parameter program: what computed it, which remembers the rule.
  @_semantics("optimize.sil.specialize.generic.never")
  func record<O: Op>(
    _ op: O, _ inputs: [NDArray], _ outputs: [NDArray], _ program: LaunchProgram?,
    at site: CallSite
  ) {
    var wanted: UInt64 = 0
    for index in inputs.indices where value(of: inputs[index]) != nil {
      wanted |= 1 << UInt64(min(index, 63))
    }
    guard wanted != 0 else { return }
    // Of long lists of inputs a word does not tell which are wanted.
    let program = inputs.count < 64 ? program : nil
    let rule: GradientRule
    if let known = program?.rule(wanted: wanted) {
      rule = known
    } else {
      rule = GradientRule.of(
        op, inputs: TensorTypes(inputs.lazy.map(\.type)),
        outputs: TensorTypes(outputs.lazy.map(\.type)),
        wanted: inputs.map { value(of: $0) != nil })
      program?.remember(rule, wanted: wanted)
    }
    guard !rule.targets.isEmpty else { return }
    for target in rule.targets { targets.append(Int32(value(of: inputs[target])!)) }
    for input in rule.inputsRead { keep(inputs[input].handle) }
    for output in rule.outputsRead { keep(outputs[output].handle) }
    append(rule, rule.targets.count, rule.keptTypes.count, outputs.count, at: site)
    for output in outputs { link(output.handle) }
  }

  /// The same for an elementwise operator whose rule is at hand; nothing is allocated but in the
  /// arenas.
  ///
  /// - Parameter values: the numbers of the operands on this tape.
  func record(
    _ rule: consuming GradientRule, _ values: (Int?, Int?), _ first: ArrayHandle,
    _ second: ArrayHandle?,
    _ result: ArrayHandle, at site: CallSite
  ) {
    let form = rule.form
    guard form.targets != 0 else { return }
    if form.targets & 1 != 0, let value = values.0 { targets.append(Int32(value)) }
    if form.targets & 2 != 0, let value = values.1 { targets.append(Int32(value)) }
    if form.inputsRead & 1 != 0 { keep(first) }
    if form.inputsRead & 2 != 0, let second { keep(second) }
    if form.readsOutput { keep(result) }
    append(consume rule, form.targets.nonzeroBitCount, form.keptCount, 1, at: site)
    link(result)
  }

  /// Notes a function with its own gradient; see ``withCustomGradient(_:forward:backward:)``.
  func record(
    custom backward: @escaping Custom, _ inputs: [NDArray], _ outputs: [NDArray],
    at site: CallSite
  ) {
    let values = inputs.map(value)
    let found = values.indices.filter { values[$0] != nil }
    guard !found.isEmpty else { return }
    customs.append { cotangents in
      let all = backward(cotangents)
      return found.map { all[$0] }
    }
    for target in found { targets.append(Int32(values[target]!)) }
    append(nil, found.count, 0, outputs.count, at: site)
    for output in outputs { link(output.handle) }
  }

  @inline(__always)
  private func append(
    _ rule: consuming GradientRule?, _ targetCount: Int, _ keptCount: Int, _ outputCount: Int,
    at site: CallSite
  ) {
    entries.append(
      Entry(
        rule: rule, site: site.seenByUser, firstOutput: Int32(valueCount),
        outputCount: Int32(outputCount),
        targetCount: Int32(targetCount), keptCount: Int32(keptCount)))
  }

  @inline(__always)
  private func link(_ output: ArrayHandle) {
    output.links.insert(TapeLink(tape: self, value: valueCount))
    valueCount += 1
  }

  @inline(__always)
  private func keep(_ handle: ArrayHandle) {
    guard let storage = handle.unmanagedStorage, handle.isRowMajor,
      !handle.links.reachesOutside(of: self)
    else {
      kept.append(Kept(storage: nil, offset: 0, array: handle.kept(by: self)))
      return
    }
    let owned = storage.takeUnretainedValue()
    owned.addOwner()
    kept.append(Kept(storage: owned, offset: handle.layout.offset, array: nil))
  }

  private func dropKept(downTo count: Int) {
    for item in kept[count...] { item.storage?.removeOwner() }
    kept.removeSubrange(count...)
  }

  // MARK: Running backwards

  /// Runs the tape backwards.
  ///
  /// - Parameters:
  ///   - seeds: values and their gradients to start from.
  ///   - retaining: whether the tape can be used again.
  /// - Returns: the gradient of every value that is a leaf or a seed; others are dropped.
  func backward(
    from seeds: [(value: Int, gradient: NDArray)], retaining: Bool, at site: CallSite
  ) -> [NDArray?] {
    if isSpent {
      fail("backward: what was recorded has already been used: pass retainingTape: true", at: site)
    }
    var gradients = [NDArray?](repeating: nil, count: valueCount)
    for seed in seeds { Tape.add(seed.gradient, to: &gradients[seed.value], at: site) }
    var (firstTarget, firstKept, custom) = (targets.count, kept.count, customs.count)
    for index in entries.indices.reversed() {
      let entry = entries[index]
      firstTarget -= Int(entry.targetCount)
      firstKept -= Int(entry.keptCount)
      if entry.rule == nil { custom -= 1 }
      let outputs = Int(entry.firstOutput)..<Int(entry.firstOutput + entry.outputCount)
      let isNeeded = outputs.contains { gradients[$0] != nil }
      if isNeeded {
        let cotangents = outputs.map { gradients[$0] }
        let function = entry.rule == nil ? customs[custom] : nil
        let read = entry.rule.map { arrays(of: $0, from: firstKept) } ?? []
        let values = Array(targets[firstTarget..<firstTarget + Int(entry.targetCount)])
        for output in outputs { gradients[output] = nil }
        // What an entry keeps is let go as soon as it has been used.
        if !retaining { drop(index, firstTarget, firstKept, custom) }
        let results = Tape.onDevice(of: cotangents) {
          entry.rule?.gradients(kept: read, cotangents: cotangents, at: entry.site)
            ?? function?(cotangents) ?? []
        }
        for (value, result) in zip(values, results) {
          if let result { Tape.add(result, to: &gradients[Int(value)], at: entry.site) }
        }
      } else if !retaining {
        drop(index, firstTarget, firstKept, custom)
      }
    }
    isSpent = !retaining
    return gradients
  }

  /// Runs `body` with new arrays made where the cotangents lie.
  private static func onDevice(
    of cotangents: [NDArray?], _ body: () -> [NDArray?]
  ) -> [NDArray?] {
    let storage = cotangents.lazy.compactMap { $0?.handle.unmanagedStorage }.first
    let device = storage?._withUnsafeGuaranteedRef { $0.device } ?? .current
    return device == .current ? body() : withDevice(device, body)
  }

  /// Forgets an entry and what came after it.
  private func drop(_ entry: Int, _ target: Int, _ keptCount: Int, _ custom: Int) {
    entries.removeSubrange(entry...)
    targets.removeSubrange(target...)
    dropKept(downTo: keptCount)
    customs.removeSubrange(custom...)
  }

  /// What a rule reads, as arrays.
  private func arrays(of rule: GradientRule, from first: Int) -> [NDArray] {
    rule.keptTypes.indices.map { index in
      let item = kept[first + index]
      guard let storage = item.storage else { return item.array! }
      let type = rule.keptTypes[index]
      var layout = Layout(type.shape)
      layout.offset = item.offset
      return NDArray(ArrayHandle(storage, layout, type.dtype))
    }
  }

  /// Hands the gradients of parameters to them.
  func deliver(_ gradients: [NDArray?], at site: CallSite) {
    if rowLeaves.isEmpty {
      for (parameter, value) in parameters {
        if let gradient = gradients[value] { parameter.receive(gradient) }
      }
      return
    }
    var (found, known) = (parameters.map(\.parameter), Set<ObjectIdentifier>())
    found += rowLeaves.map(\.parameter)
    found = found.filter { known.insert(ObjectIdentifier($0)).inserted }
    let sorted = Gradients(self, gradients, of: found, at: site)
    for (parameter, gradient) in sorted.all { parameter.receive(gradient) }
    for (parameter, gradient) in sorted.rowSparse { parameter.receive(gradient) }
  }

  private static func add(
    _ gradient: NDArray, to sum: inout NDArray?, at site: CallSite
  ) {
    sum = sum.map { .apply(Add(), $0, gradient, at: site) } ?? gradient
  }
}
