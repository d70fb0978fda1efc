import CTandem
import TandemShapes
import TandemThreads

/// The native kernels of one loop program and level: the second tier, which takes over from the
/// tile interpreter as soon as a kernel for the form of a plan is there.
///
/// `@unchecked Sendable`: `program` and `memory` lead to C structures of which the fields that
/// change are atomic; everything else is under a lock or never changes.
package final class NativeKernels: NativeClient, @unchecked Sendable {
  /// What became of one kernel.
  package enum Outcome: Sendable {
    /// Asked for; the interpreter runs.
    case waiting
    case ready(seconds: Double, bytes: Int)
    case failed(String)
    /// Refused as there were too many; asked for again after `TANDEM_NATIVE_AGAIN` more runs.
    case postponed(String)
  }

  let contents: LoopProgram.Contents
  let level: LoopKernel.Level
  private let program: UnsafeMutablePointer<TandemLoopProgram>
  private struct State {
    var memory: OpaquePointer?
    var outcomes: [String: Outcome] = [:]
    var trackers: [(tracker: UnsafeMutableRawPointer, bytes: Int)] = []
  }
  private let state = Guarded(State())
  /// A fault that a test plants in the text.
  package let fault: (@Sendable (String) -> String)?

  init(
    _ contents: LoopProgram.Contents, level: LoopKernel.Level,
    program: UnsafeMutablePointer<TandemLoopProgram>, fault: (@Sendable (String) -> String)?
  ) {
    (self.contents, self.level, self.program) = (contents, level, program)
    self.fault = fault
  }

  deinit {
    state.withLock { state in
      for (tracker, bytes) in state.trackers {
        NativeCompiler.shared.free(tracker, bytes: bytes)
      }
      if let memory = state.memory { tandem_native_program_free(memory) }
    }
  }

  /// Why the program stays with the interpreter whatever its plans are; `nil` if it does not.
  package var refusal: String? {
    if NativeCompiler.isOff { return "TANDEM_NATIVE=off" }
    if program.pointee.isDirect || program.pointee.isPlain { return "one function already" }
    if contents.instructions.isEmpty, !contents.outputs.contains(where: { $0.reduction != nil }) {
      return "copies only"
    }
    if contents.instructions.count > NativeCompiler.instructionCountMax {
      return "\(contents.instructions.count) instructions"
    }
    return nil
  }

  /// From now on plans of the program that run again and again get kernels.
  package func enable() {
    guard refusal == nil else { return }
    state.withLock { state in
      guard state.memory == nil else { return }
      state.memory = tandem_native_program(
        { owner, form in
          Unmanaged<NativeKernels>.fromOpaque(owner!).takeUnretainedValue()
            .request(String(cString: form!))
        }, Unmanaged.passUnretained(self).toOpaque(), NativeCompiler.waits)
      tandem_native_enable(program, state.memory)
    }
  }

  /// What became of the kernels that were asked for, by form.
  package var outcomes: [String: Outcome] { state.withLock { $0.outcomes } }

  /// Asks for a kernel; whether there is no need to ask again.
  private func request(_ letters: String) -> Bool {
    // The lock may have been held as the process forked.
    if NativeCompiler.shared.isForked { return true }
    state.withLock { $0.outcomes[letters] = .waiting }
    if let refusal = NativeCompiler.shared.add(self, letters) {
      if refusal.isPassing {
        state.withLock { $0.outcomes[letters] = .postponed(refusal.text) }
        return false
      }
      fail(letters, refusal.text)
    } else if NativeCompiler.waits {
      NativeCompiler.shared.waitUntilIdle()
    }
    return true
  }

  // MARK: For the compiler

  var title: String { "\(LoopProgram(contents))" }

  func text(_ letters: String, named name: String) throws(NativeFailure) -> String {
    guard let form = NativeForm(letters, outputCount: contents.outputs.count) else {
      throw NativeFailure("unknown form \(letters)")
    }
    var text = try NativeKernelText(contents, form, level)
    return try text.module(named: name)
  }

  /// Makes the kernel of a form known.
  func publish(_ letters: String, _ code: TandemMachineCode, seconds: Double) {
    state.withLock { state in
      state.outcomes[letters] = .ready(seconds: seconds, bytes: Int(code.objectBytes))
      state.trackers.append((code.tracker, Int(code.objectBytes)))
      tandem_native_publish(
        state.memory, letters, unsafeBitCast(code.function, to: TandemNativeRun.self))
    }
  }

  func fail(_ letters: String, _ reason: String) {
    state.withLock { $0.outcomes[letters] = .failed(reason) }
  }
}

extension LoopKernel {
  /// The tier that runs the program and, if that is the interpreter, why: for reports.
  ///
  /// ```
  /// native: dd 4.1 ms 1840 bytes
  /// interpreter: no plan came back yet
  /// ```
  package var tier: String {
    if let refusal = native.refusal { return "interpreter: \(refusal)" }
    return NativeKernels.tier(native.outcomes)
  }
}

extension NativeKernels {
  /// The tier that kernels of some outcomes make.
  package static func tier(_ outcomes: [String: Outcome]) -> String {
    let outcomes = outcomes.sorted { $0.key < $1.key }
    if outcomes.isEmpty { return "interpreter: no plan came back yet" }
    let isNative = outcomes.contains { if case .ready = $0.value { true } else { false } }
    let words = outcomes.map { form, outcome in
      switch outcome {
      case .waiting: "\(form) waiting"
      case .ready(let seconds, let bytes):
        "\(form) \(Int((seconds * 1e4).rounded()) / 10).\(Int((seconds * 1e4).rounded()) % 10) ms "
          + "\(bytes) bytes"
      case .failed(let reason), .postponed(let reason): "\(form) \(reason)"
      }
    }
    return (isNative ? "native: " : "interpreter: ") + words.joined(separator: ", ")
  }
}
