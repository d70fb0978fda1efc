import Synchronization
import TandemEngine
import TandemGraph
import TandemThreads

/// One call of a plan while its operations are queued: the storages that it reads and writes.
///
/// Used again for later calls, so a call allocates nothing here. It keeps its runtime and itself
/// from ``begin()`` until the last operation is done or dropped.
///
/// `@unchecked Sendable`: inputs, outputs and numbers are set by the caller before the first push
/// and only read after it, until the last operation is done; `pending` is atomic.
final class PlanCall: @unchecked Sendable {
  /// An input: a storage and where in it the array starts.
  struct Input {
    var storage: Storage?
    var byteOffset = 0
  }

  var inputs: [Input]
  /// The inputs that are numbers.
  var numbers: [ScalarValue]
  /// The storages of fresh results.
  var outputs: [Storage?]
  /// Memory of this call for what asynchronous operations use; none where there are none.
  private(set) var passing: [Storage?]
  private unowned let runtime: PlanRuntime
  /// Operations that are not done, and one for the caller while it pushes.
  private let pending = Atomic<Int>(0)
  /// Bytes that its steps took for results and what passes between them.
  private let keptBytes = Atomic<Int>(0)

  init(_ runtime: PlanRuntime) {
    self.runtime = runtime
    inputs = Array(repeating: Input(storage: nil), count: runtime.inputCount)
    numbers = Array(repeating: ScalarValue(0, .float32), count: runtime.inputCount)
    outputs = Array(repeating: nil, count: runtime.plan.outputs.count)
    passing = runtime.plan.passing.map { _ in nil }
  }

  /// Starts a call.
  func begin() {
    pending.store(1 + runtime.steps.count, ordering: .relaxed)
    _ = Unmanaged.passRetained(self)
    _ = Unmanaged.passRetained(runtime)
  }

  /// Gives up a call of which nothing was pushed.
  func cancel() {
    pending.store(1, ordering: .relaxed)
    finishOne()
  }

  /// All operations are pushed, and the caller looks at the call no more.
  func endPushing() { finishOne() }

  /// One operation is done or dropped; after the last one, lets go of everything.
  func finishOne() {
    guard pending.wrappingSubtract(1, ordering: .acquiringAndReleasing).newValue == 0 else {
      return
    }
    runtime.note(keptBytes: keptBytes.exchange(0, ordering: .relaxed))
    for index in inputs.indices { inputs[index].storage = nil }
    for index in outputs.indices { outputs[index] = nil }
    for index in passing.indices { passing[index] = nil }
    let runtime = Unmanaged.passUnretained(runtime)
    runtime._withUnsafeGuaranteedRef { $0.recycle(self) }
    Unmanaged.passUnretained(self).release()
    runtime.release()
  }

  /// Runs one step.
  func run(_ index: Int, in context: ParallelContext) throws(OperationFailure) {
    let step = runtime.steps[index]
    let scalars = step.scalars.isEmpty ? [] : step.scalars.map(number)
    let failure = withBases(of: step) { bases throws(KernelFailure) in
      var failure: KernelFailure?
      let (_, passing) = BufferPool.shared.bytesInUse {
        do throws(KernelFailure) {
          try step.program.run(bases: bases, scalars: scalars, in: context)
        } catch { failure = error }
      }
      runtime.note(workspaceBytes: passing)
      if let failure { throw failure }
    }
    if let failure { throw failure.described(step.program) }
  }

  /// Starts an asynchronous step.
  ///
  /// - Parameter completion: of the engine's operation, which may come before the step has been
  ///   started in full.
  func start(
    _ index: Int, _ completion: Completion, in context: ParallelContext
  ) throws(OperationFailure) {
    let runtime = runtime
    let step = runtime.steps[index]
    let scalars = step.scalars.map(number)
    let engine = runtime.device.engine
    let failure = withBases(of: step) { bases throws(KernelFailure) in
      try step.program.start(
        bases: bases, scalars: scalars, in: context,
        done: engine.end(of: completion, running: step.program))
    }
    if let failure { throw failure.described(step.program) }
  }

  /// Calls `body` with the addresses of a step's operands; returns what it throws.
  private func withBases(
    of step: PlanRuntime.Step,
    _ body: (UnsafeBufferPointer<UnsafeMutableRawPointer>) throws(KernelFailure) -> Void
  ) -> KernelFailure? {
    withUnsafeTemporaryAllocation(
      of: UnsafeMutableRawPointer.self, capacity: step.operands.count
    ) { bases in
      // Memory of results is taken now.
      let taken = BufferPool.shared.bytesInUse {
        for (place, operand) in step.operands.enumerated() {
          bases.initializeElement(at: place, to: address(runtime.operands[operand]))
        }
      }
      if taken.kept != 0 { keptBytes.wrappingAdd(taken.kept, ordering: .relaxed) }
      do throws(KernelFailure) {
        try body(UnsafeBufferPointer(bases))
        return nil
      } catch { return error }
    }
  }

  /// Makes the memory that this call alone uses.
  func makePassing() {
    for (index, byteCount) in runtime.plan.passing.enumerated() {
      passing[index] = Storage(byteCount: byteCount, device: runtime.device)
    }
  }

  private func number(_ scalar: Plan.Scalar) -> ScalarValue {
    switch scalar {
    case .value(let value): value
    case .input(let input): numbers[input]
    }
  }

  /// What a step moves and computes.
  func work(of index: Int) -> OperationWork {
    let program = runtime.steps[index].program
    return OperationWork(
      bytes: program.movedBytes, floatingPointOperations: program.floatingPointOperations)
  }

  private func address(_ address: PlanRuntime.Address) -> UnsafeMutableRawPointer {
    switch address {
    case .fixed(let address): UnsafeMutableRawPointer(bitPattern: address).unsafelyUnwrapped
    case .input(let input, let offset):
      inputs[input].storage.unsafelyUnwrapped.materialized() + inputs[input].byteOffset + offset
    case .output(let output, let offset):
      outputs[output].unsafelyUnwrapped.materialized() + offset
    case .passing(let index, let offset):
      passing[index].unsafelyUnwrapped.materialized() + offset
    }
  }
}

/// One queued operation of a plan. The call outlives it: it is told when the operation is
/// destroyed, which is after it has run or when it is dropped.
struct PlanLaunch: OperationPayload, @unchecked Sendable {
  // Sendable: `call` is kept by its own count of pending operations.

  static let operationName: EngineLabel = "compiled"
  let call: Unmanaged<PlanCall>
  let step: Int
  let label: EngineLabel

  var operationName: EngineLabel { label }

  var declaredWork: OperationWork { call._withUnsafeGuaranteedRef { $0.work(of: step) } }

  func run(_ context: borrowing OperationContext) throws(OperationFailure) {
    let call = call.takeUnretainedValue()
    if context.completion.isEmpty {
      try call.run(step, in: context.parallel)
    } else {
      try call.start(step, context.completion, in: context.parallel)
    }
  }

  static func _destroy(at address: UnsafeMutableRawPointer) {
    address.assumingMemoryBound(to: PlanLaunch.self).pointee.call.takeUnretainedValue().finishOne()
  }
}

extension KernelFailure {
  /// The failure of an operation that runs a program.
  func described(_ program: KernelProgram) -> OperationFailure {
    OperationFailure("\(message): \(program.inputTypes)")
  }
}

extension Engine {
  /// How an asynchronous operation that runs a program tells of its end.
  func end(of completion: Completion, running program: KernelProgram) -> AsynchronousEnd {
    AsynchronousEnd {
      self.complete(completion, failing: $0?.described(program))
    } giveUp: {
      self.abandon(completion, failing: $0.described(program))
    }
  }
}

extension KernelProgram {
  /// How the engine is told of its operations: what takes its time elsewhere starts first.
  var asynchronousOptions: OperationOptions {
    guard let asynchronous else { return .standard }
    return OperationOptions(
      priority: .high, finishesBeforeExit: asynchronous.finishesBeforeExit)
  }
}
