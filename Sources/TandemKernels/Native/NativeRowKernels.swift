import CTandem
import TandemShapes
import TandemThreads

/// The native kernels of one ``RowBlocks``. The process keeps those of the rows that ran last; the
/// others' code is freed, and their rows run stage by stage.
package final class NativeRowKernels: NativeClient {
  private struct State {
    var outcomes: [String: NativeKernels.Outcome] = [:]
    var uses: [String: Int] = [:]
    /// The addresses of kernels, by form.
    var kernels: [String: UInt] = [:]
    var trackers: [(tracker: UnsafeMutableRawPointer, bytes: Int)] = []
  }

  /// The rows that are known, each with the turn in which it was used last.
  private struct Known {
    var kernels: [RowBlocks: (kernels: NativeRowKernels, turn: Int)] = [:]
    var turn = 0

    /// What was used longest ago, taken out if there are too many.
    mutating func evicted() -> NativeRowKernels? {
      guard kernels.count > NativeRowKernels.knownMax,
        let oldest = kernels.min(by: { $0.value.turn < $1.value.turn })
      else { return nil }
      return kernels.removeValue(forKey: oldest.key)?.kernels
    }
  }

  /// What the kernels do.
  let blocks: RowBlocks
  let level: LoopKernel.Level
  package let fault: (@Sendable (String) -> String)?
  private let state = Guarded(State())

  /// How many rows are known at the most.
  package static let knownMax = 512
  private static let known = Guarded(Known())

  package init(
    _ blocks: RowBlocks, level: LoopKernel.Level = .current,
    fault: (@Sendable (String) -> String)? = nil
  ) {
    (self.blocks, self.level, self.fault) = (blocks, level, fault)
  }

  /// From now on runs of these rows look for kernels.
  package static func enable(_ blocks: RowBlocks) { use(NativeRowKernels(blocks)) }

  /// The same with kernels that a test has made.
  package static func use(_ kernels: NativeRowKernels) {
    guard !NativeCompiler.isOff, kernels.refusal == nil else { return }
    // Freed outside of the lock.
    let evicted = known.withLock { known -> NativeRowKernels? in
      known.turn += 1
      if known.kernels[kernels.blocks] == nil {
        known.kernels[kernels.blocks] = (kernels, known.turn)
      }
      return known.evicted()
    }
    withExtendedLifetime(evicted) {}
  }

  deinit {
    state.withLock { state in
      for (tracker, bytes) in state.trackers {
        NativeCompiler.shared.free(tracker, bytes: bytes)
      }
    }
  }

  /// The kernels of rows that were enabled; none in a child made by fork, whose parent may have
  /// held the locks.
  package static func of(_ blocks: RowBlocks) -> NativeRowKernels? {
    if tandem_is_forked_child() != 0 { return nil }
    return known.withLock { known in
      guard !known.kernels.isEmpty, let place = known.kernels.index(forKey: blocks) else {
        return nil
      }
      known.turn += 1
      known.kernels.values[place].turn = known.turn
      return known.kernels.values[place].kernels
    }
  }

  /// Why there is no kernel whatever the operands are; `nil` if there may be one.
  private var refusal: String? {
    let instructions = blocks.stages.reduce(0) { $0 + $1.program.contents.instructions.count }
    if instructions > NativeCompiler.instructionCountMax { return "\(instructions) instructions" }
    let isLong = blocks.stages.contains {
      $0.shape.elementCount > NativeRowsText.blockCountMax * Int(TANDEM_BLOCK)
    }
    if isLong { return "long rows" }
    let scalars = blocks.stages.reduce(0) { $0 + $1.scalars.count }
    let operands = blocks.stages.reduce(0) { count, stage in
      stage.references.reduce(count) {
        if case .operand(let index) = $1 { max($0, index + 1) } else { $0 }
      }
    }
    return max(scalars, operands) > Int(TANDEM_OPERANDS_MAX) ? "\(operands) operands" : nil
  }

  /// What became of the kernels that were asked for, by form.
  package var outcomes: [String: NativeKernels.Outcome] { state.withLock { $0.outcomes } }

  /// What a run with operands of a form does.
  enum Answer {
    /// It runs the kernel.
    case kernel(TandemNativeRowsRun)
    /// It runs the stages by the interpreter: the kernel is on its way, or is not worth it yet.
    case soon
    /// It runs the stages, each with a kernel of its own if it likes.
    case never
  }

  /// The kernel of a form; asks for it at the third time, and later again if there were too many.
  func kernel(_ form: String) -> Answer {
    if tandem_is_forked_child() != 0 { return .soon }
    let patience = NativeCompiler.waits ? 1 : 3
    let isWanted = state.withLock { state -> Bool in
      switch state.outcomes[form] {
      case nil, .postponed?: break
      default: return false
      }
      state.uses[form, default: 0] += 1
      guard state.uses[form] == patience else { return false }
      state.outcomes[form] = .waiting
      return true
    }
    if isWanted { request(form) }
    return state.withLock { state in
      if let address = state.kernels[form] {
        return .kernel(unsafeBitCast(address, to: TandemNativeRowsRun.self))
      }
      switch state.outcomes[form] {
      case .failed?, .postponed?: return .never
      default: return .soon
      }
    }
  }

  /// What a test does as other threads might hold the locks.
  func whileLocked(_ body: () -> Void) {
    Self.known.withLock { _ in state.withLock { _ in body() } }
  }

  private func request(_ form: String) {
    if NativeCompiler.shared.isForked { return }
    if outcomes.count > Int(TANDEM_NATIVE_VARIANTS_MAX) {
      fail(form, "\(TANDEM_NATIVE_VARIANTS_MAX) forms are enough")
    } else if let refusal = NativeCompiler.shared.add(self, form) {
      if !refusal.isPassing { return fail(form, refusal.text) }
      state.withLock { state in
        state.outcomes[form] = .postponed(refusal.text)
        state.uses[form, default: 0] -= Int(TANDEM_NATIVE_AGAIN)
      }
    } else if NativeCompiler.waits {
      NativeCompiler.shared.waitUntilIdle()
    }
  }

  // MARK: For the compiler

  var title: String {
    blocks.stages.map { "\($0.program)" }.joined(separator: "\n")
  }

  func text(_ form: String, named name: String) throws(NativeFailure) -> String {
    try NativeRowsText(blocks, form, level).module(named: name)
  }

  func publish(_ form: String, _ code: TandemMachineCode, seconds: Double) {
    let address = UInt(bitPattern: code.function)
    state.withLock {
      $0.kernels[form] = address
      $0.trackers.append((code.tracker, Int(code.objectBytes)))
      $0.outcomes[form] = .ready(seconds: seconds, bytes: Int(code.objectBytes))
    }
  }

  func fail(_ form: String, _ reason: String) {
    state.withLock { $0.outcomes[form] = .failed(reason) }
  }
}
