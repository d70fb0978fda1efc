import CTandem
import Glibc
import Synchronization
import TandemShapes
import TandemThreads

/// Compiles kernels on a thread of its own, one after another, while the interpreter serves.
///
/// libLLVM is opened by the first job. Whatever is wrong (no library, one that is too old, no
/// executable memory, a text that does not compile) only means that the interpreter goes on.
///
/// `@unchecked Sendable`: `compilers` is touched by the one thread alone, the rest are atomics and
/// values under locks.
package final class NativeCompiler: @unchecked Sendable {
  package static let shared = NativeCompiler()

  /// Instructions of a program beyond which no kernel is made: compiling takes milliseconds for
  /// each hundred.
  static let instructionCountMax = 512
  /// Jobs that may wait.
  static let waitingMax = 256
  /// Kernels and bytes of machine code that a process keeps, beyond which the interpreter stays.
  package static let kernelCountMax = Atomic(2048)
  static let codeBytesMax = 64 << 20

  /// Whether `TANDEM_NATIVE=off` turns the tier off.
  package static let isOff = setting("TANDEM_NATIVE") == "off"
  /// Whether `TANDEM_NATIVE=wait` has every kernel made before it runs for the first time.
  package static let waits = setting("TANDEM_NATIVE") == "wait"

  private struct Counts {
    var waiting = 0
    var kernels = 0
    var bytes = 0
    var thread: LoaderThreads?
  }

  private let counts = Guarded(Counts())
  /// The process that asked for the first kernel; zero before.
  private let process = Atomic<pid_t>(0)
  /// Jobs that are not done: what ``waitUntilIdle()`` sleeps on.
  private let pending: UnsafeMutablePointer<Atomic<UInt32>>
  /// The compiler of each level, or why there is none.
  private var compilers: [LoopKernel.Level: Result<OpaquePointer, NativeFailure>] = [:]
  private var count = 0

  private init() {
    pending = .allocate(capacity: 1)
    pending.initialize(to: Atomic(0))
  }

  private static func setting(_ name: String) -> String? {
    getenv(name).map { String(cString: $0) }
  }

  // MARK: Jobs

  /// Whether this is a child made by fork: it has no thread of ours, and no lock, LLVM's or ours,
  /// that is to be trusted, since the parent may have held it.
  var isForked: Bool {
    let owner = process.load(ordering: .relaxed)
    return owner != 0 && owner != getpid()
  }

  /// Why a kernel is not queued.
  struct Refusal {
    let text: String
    /// Whether it may be asked for again: there is too much now.
    let isPassing: Bool
  }

  /// Queues a kernel; says why not if it is not.
  func add(_ kernels: any NativeClient, _ form: String) -> Refusal? {
    if isForked { return Refusal(text: "forked", isPassing: false) }
    _ = process.compareExchange(expected: 0, desired: getpid(), ordering: .relaxed)
    let refusal = counts.withLock { counts -> String? in
      guard counts.waiting < Self.waitingMax else { return "too many are waiting" }
      guard counts.kernels < Self.kernelCountMax.load(ordering: .relaxed),
        counts.bytes < Self.codeBytesMax
      else {
        return "\(counts.kernels) kernels of \(counts.bytes) bytes are enough"
      }
      counts.waiting += 1
      counts.kernels += 1
      return nil
    }
    if let refusal { return Refusal(text: refusal, isPassing: true) }
    pending.pointee.wrappingAdd(1, ordering: .sequentiallyConsistent)
    guard let thread else { return withdraw("no thread to compile on") }
    thread.run { [self] in
      compile(kernels, form)
      counts.withLock { $0.waiting -= 1 }
      finish()
    }
    return nil
  }

  /// Takes back what was counted for a job that nobody runs.
  private func withdraw(_ refusal: String) -> Refusal {
    counts.withLock {
      $0.waiting -= 1
      $0.kernels -= 1
    }
    finish()
    return Refusal(text: refusal, isPassing: false)
  }

  private func finish() {
    pending.pointee.wrappingSubtract(1, ordering: .sequentiallyConsistent)
    _ = tandem_futex_wake(pending, .max)
  }

  /// The one thread, started at first use; `nil` if the system gives none. It goes on until the
  /// process has ended: nothing of what it uses is taken away before (`opening.c`).
  private var thread: LoaderThreads? {
    // Started under the lock: workers ask for kernels at the same time, and none of them may wait
    // for the end of a thread too many.
    counts.withLock { counts in
      if counts.thread == nil {
        counts.thread = LoaderThreads.one(named: "tandem-native", niceness: 0)
      }
      return counts.thread
    }
  }

  /// Returns when no kernel is waited for: benchmarks and tests want to know what they measure. In
  /// a child made by fork at once, since nothing that was pending in the parent is done there.
  package func waitUntilIdle() {
    while !isForked {
      let left = pending.pointee.load(ordering: .sequentiallyConsistent)
      if left == 0 { return }
      _ = tandem_futex_wait(pending, left, -1)
    }
  }

  // MARK: On the thread

  private func compile(_ kernels: any NativeClient, _ form: String) {
    let start = tandem_now()
    do throws(NativeFailure) {
      let code = try code(kernels, form)
      counts.withLock { $0.bytes += Int(code.objectBytes) }
      kernels.publish(form, code, seconds: Double(tandem_now() - start) * 1e-9)
    } catch {
      counts.withLock { $0.kernels -= 1 }
      kernels.fail(form, error.text)
    }
  }

  private func code(
    _ kernels: any NativeClient, _ letters: String
  ) throws(NativeFailure) -> TandemMachineCode {
    let library = NativeLibrary.shared
    if count == 0 { stepBack() }
    guard library.isUsable else { throw NativeFailure(library.words) }
    count += 1
    let name = "kernel\(count)"
    var text = try kernels.text(letters, named: name)
    if let fault = kernels.fault { text = fault(text) }
    let compiler = try compiler(kernels.level)
    var code = TandemMachineCode()
    let (isDone, words) = NativeLibrary.withWords {
      tandem_llvm_compile(compiler, text, name, NativeDump.isOn, &code, $0, $1)
    }
    NativeDump.write(kernels.title, letters, text, code.assembly)
    Glibc.free(code.assembly)
    guard isDone else { throw NativeFailure(words) }
    return code
  }

  /// From now on compute workers come first, as they do before loader threads. Not while the
  /// library is being opened: the thread then holds a lock of the loader that the end of the
  /// process waits for. And not more: the process ends when its last thread has had a turn to do
  /// so.
  private func stepBack() {
    setpriority(Int32(PRIO_PROCESS.rawValue), id_t(tandem_thread_number()), 5)
  }

  private func compiler(_ level: LoopKernel.Level) throws(NativeFailure) -> OpaquePointer {
    if let known = compilers[level] { return try known.get() }
    let (made, words) = NativeLibrary.withWords { tandem_llvm_create(level.rawValue, $0, $1) }
    let result = made.map { Result.success($0) } ?? Result.failure(NativeFailure(words))
    compilers[level] = result
    return try result.get()
  }

  /// Frees machine code that nobody runs any more.
  func free(_ tracker: UnsafeMutableRawPointer, bytes: Int) {
    if isForked { return }
    counts.withLock { counts in
      counts.kernels -= 1
      counts.bytes -= bytes
    }
    tandem_llvm_free(tracker)
  }
}
