import Synchronization
import TandemEngine
import TandemGraph
import TandemThreads

/// A plan ready to be called: its memory, its engine variables, and what is pushed for each of its
/// operations.
///
/// There is one arena with one variable for each of its buffers; an operation that writes a buffer
/// also declares all that share bytes with it, so the engine orders successive calls, too; pushing
/// is done under ``lock``, so calls of several threads do not mix. A worker never takes that lock,
/// and nobody waits for the engine while holding it: callers wait for room before, and their pushes
/// never wait (`Engine.withoutWaiting`).
///
/// `@unchecked Sendable`: `variables` are touched only by the holder of
/// ``lock``; the arena and the constants only by engine operations that declared it; all else is
/// immutable.
final class PlanRuntime: @unchecked Sendable {
  /// What is pushed for one operation of the plan.
  struct Step: Sendable {
    let program: KernelProgram
    let label: EngineLabel
    /// The operands, results first and temporaries last, in ``PlanRuntime/operands``.
    let operands: Range<Int>
    let scalars: [Plan.Scalar]
    /// In ``PlanRuntime/variables``.
    let reading: Range<Int>
    let writing: Range<Int>
    let site: CallSite
    let options: OperationOptions
  }

  /// Where an operand lies.
  enum Address: Sendable {
    case fixed(UInt)
    case input(Int, byteOffset: Int)
    case output(Int, byteOffset: Int)
    case passing(Int, byteOffset: Int)
  }

  /// Of an operand without elements, which is never read.
  private static let nowhere = Address.fixed(64)

  let plan: Plan
  let inputCount: Int
  let device: Device
  /// Held from the first look at the inputs to the last push of a call.
  let lock = PushLock()
  private(set) var steps: [Step] = []
  private(set) var operands: [Address] = []

  private let arena: UnsafeMutableRawPointer?
  private let constants: PlanConstants
  private let bufferVariables: [Variable]
  /// The variables of all steps; those of inputs and outputs are set at each call.
  private var variables: UnsafeMutableBufferPointer<Variable> = .init(start: nil, count: 0)
  /// For each input, then each output, then each memory of a call's own, its positions in
  /// ``variables``.
  private var places: [[Int]]
  private var declaredBytes = 0
  private let idleCalls = Guarded<[PlanCall]>([])
  /// Bytes that the pool counted for the arena.
  private let arenaBytes: Int
  /// The most bytes that the steps of a call took for results.
  private let keptBytes = Atomic<Int>(0)
  /// The most bytes that a step took from the pool for itself.
  private let workspaceBytes = Atomic<Int>(0)

  init(_ plan: Plan, inputCount: Int, on device: Device) {
    (self.plan, self.inputCount, self.device) = (plan, inputCount, device)
    var arena: UnsafeMutableRawPointer?
    arenaBytes =
      BufferPool.shared.bytesInUse {
        if plan.arenaByteCount > 0 {
          arena = BufferPool.shared.allocatePages(byteCount: plan.arenaByteCount)
        }
      }.kept
    self.arena = arena
    constants = PlanConstants(plan)
    bufferVariables = plan.buffers.map { _ in Engine.makeVariable() }
    places = Array(repeating: [], count: inputCount + plan.outputs.count + plan.passing.count)
    var all: [Variable] = []
    steps = plan.operations.map { makeStep($0, &all) }
    declaredBytes = steps.reduce(0) { $0 + $1.options.declaredBytes }
    variables = .allocate(capacity: all.count)
    _ = variables.initialize(from: all)
  }

  deinit {
    // Calls under way keep the runtime, so nothing uses the memory any more.
    for variable in bufferVariables { Engine.release(variable) }
    if let arena { BufferPool.shared.deallocatePages(arena, byteCount: plan.arenaByteCount) }
    variables.deallocate()
  }

  /// Bytes that the pool has counted as taken at most: for the arena, by the steps of one call for
  /// what they leave behind, and by one step for itself.
  var measuredBytes: Int {
    arenaBytes + keptBytes.load(ordering: .relaxed) + workspaceBytes.load(ordering: .relaxed)
  }

  /// Notes what the steps of a call took for results.
  func note(keptBytes bytes: Int) {
    if bytes > keptBytes.load(ordering: .relaxed) { keptBytes.max(bytes, ordering: .relaxed) }
  }

  /// Notes what a step took from the pool for itself.
  func note(workspaceBytes bytes: Int) {
    if bytes > workspaceBytes.load(ordering: .relaxed) {
      workspaceBytes.max(bytes, ordering: .relaxed)
    }
  }

  // MARK: Calls

  /// Waits while the caller is too far ahead of the engine for another call.
  ///
  /// - Parameter program: what a report calls it.
  func awaitRoom(for program: @autoclosure () -> String) {
    device.engine.awaitRoom(for: steps.count, bytes: declaredBytes, of: program())
  }

  /// A call to be filled in; it keeps the runtime until its last operation is done.
  func makeCall() -> PlanCall {
    let call = idleCalls.withLock { $0.popLast() } ?? PlanCall(self)
    call.begin()
    return call
  }

  /// Takes a call back whose operations are done.
  func recycle(_ call: PlanCall) { idleCalls.withLock { $0.append(call) } }

  /// Pushes all operations of a call whose inputs and outputs are set; after that the caller, who
  /// holds ``lock``, calls ``PlanCall/endPushing()``.
  func push(_ call: PlanCall) {
    bind(call)
    let engine = device.engine
    let reference = Unmanaged.passUnretained(call)
    steps.withUnsafeBufferPointer { steps in
      for index in steps.indices {
        let step = steps[index]
        let launch = PlanLaunch(call: reference, step: index, label: step.label)
        let reading = VariableList(UnsafeBufferPointer(rebasing: variables[step.reading]))
        let writing = VariableList(UnsafeBufferPointer(rebasing: variables[step.writing]))
        if step.program.isAsynchronous {
          engine.pushAsync(
            launch, reading: reading, writing: writing, site: step.site, options: step.options)
        } else {
          engine.push(
            launch, reading: reading, writing: writing, site: step.site, options: step.options)
        }
      }
    }
  }

  /// Sets the variables of inputs and outputs.
  private func bind(_ call: PlanCall) {
    for input in 0..<inputCount {
      guard let storage = call.inputs[input].storage else { continue }
      let variable = storage.variable
      for place in places[input] where variables[place] != variable {
        variables[place] = variable
      }
    }
    for output in plan.outputs.indices {
      guard let storage = call.outputs[output] else { continue }
      for place in places[inputCount + output] { variables[place] = storage.variable }
    }
    for index in plan.passing.indices {
      guard let storage = call.passing[index] else { continue }
      for place in places[inputCount + plan.outputs.count + index] {
        variables[place] = storage.variable
      }
    }
  }

  // MARK: Making steps

  private func makeStep(_ operation: Plan.Operation, _ variables: inout [Variable]) -> Step {
    let start = operands.count
    operands += operation.results.map(address)
    // Nobody looks at the address of a number.
    operands += operation.operands.map { $0.map(address) ?? PlanRuntime.nowhere }
    operands += operation.temporaries.map(address)
    let places = operation.results + operation.temporaries
    let written = places.map(\.place) + places.flatMap(sharers)
    let reading = add(operation.operands.compactMap { $0?.place }, &variables)
    let writing = add(written, &variables)
    var options = operation.program.asynchronousOptions
    options.isTiny =
      operation.elementCountMax <= Limits.tinyElementsMax && !operation.isAsynchronous
    options.modulePath = EngineLabel(interning: operation.path)
    options.declaredBytes = freshBytes(operation)
    return Step(
      program: operation.program, label: EngineLabel(interning: operation.program.name),
      operands: start..<operands.count, scalars: operation.scalars, reading: reading,
      writing: writing, site: operation.site, options: options)
  }

  /// The buffers that share bytes with a result: those that were used before in this call, and
  /// those that were used later in the call before, whose operations may still be queued.
  private func sharers(of result: Plan.Operand) -> [Plan.Place] {
    guard case .buffer(let own) = result.place else { return [] }
    let bytes = plan.buffers[own]
    return plan.buffers.indices.filter { other in
      let (start, count) = (plan.buffers[other].byteOffset, plan.buffers[other].byteCount)
      return other != own && start < bytes.byteOffset + bytes.byteCount
        && bytes.byteOffset < start + count
    }.map { .buffer($0) }
  }

  private func address(of operand: Plan.Operand) -> Address {
    switch operand.place {
    case .input(let input): return .input(input, byteOffset: operand.byteOffset)
    case .output(let output): return .output(output, byteOffset: operand.byteOffset)
    case .buffer(let buffer):
      let offset = plan.buffers[buffer].byteOffset + operand.byteOffset
      // Where all that a plan computes on the way is empty, there is no arena.
      guard let arena else { return PlanRuntime.nowhere }
      return .fixed(UInt(bitPattern: arena) + UInt(offset))
    case .passing(let index): return .passing(index, byteOffset: operand.byteOffset)
    case .constant(let constant):
      return .fixed(UInt(bitPattern: constants.start(of: constant)) + UInt(operand.byteOffset))
    }
  }

  /// Notes the variables of some places, each once, and where those of inputs and outputs are.
  private func add(_ used: [Plan.Place], _ variables: inout [Variable]) -> Range<Int> {
    let start = variables.count
    var known: Set<Plan.Place> = []
    for place in used where known.insert(place).inserted {
      switch place {
      case .constant: continue
      case .buffer(let buffer): variables.append(bufferVariables[buffer])
      case .input(let input):
        places[input].append(variables.count)
        variables.append(PlanRuntime.unset)
      case .output(let output):
        places[inputCount + output].append(variables.count)
        variables.append(PlanRuntime.unset)
      case .passing(let index):
        places[inputCount + plan.outputs.count + index].append(variables.count)
        variables.append(PlanRuntime.unset)
      }
    }
    return start..<variables.count
  }

  /// Stands where each call sets a variable of its own.
  private static let unset = Engine.makeVariable()

  /// Bytes that an operation keeps alive beyond the arena: what back-pressure counts.
  private func freshBytes(_ operation: Plan.Operation) -> Int {
    operation.results.reduce(0) { sum, result in
      switch result.place {
      case .passing(let index): return sum + plan.passing[index]
      case .output(let output):
        guard case .fresh(let byteCount, _, _) = plan.outputs[output] else { return sum }
        return sum + byteCount
      default: return sum
      }
    }
  }
}
