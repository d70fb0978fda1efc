import CTandem
import Glibc
import TandemShapes
import TandemThreads

// Several devices are disjoint sets of threads of one budget, each with an engine; variables are
// shared, so an operation on one device may wait for one on another.

extension Engine {
  /// The engines of the process's devices, at least one.
  static let devices: [Engine] = makeDevices()

  /// How many devices the process has.
  public static var deviceCount: Int { devices.count }

  /// The engine of a device; `index` is below ``deviceCount``.
  public static func device(_ index: Int) -> Engine { devices[index] }

  /// Divides the thread budget among devices, before the first use of any.
  ///
  /// The variable `TANDEM_DEVICES` does the same: `TANDEM_DEVICES=3,1`.
  ///
  /// - Parameter threads: how many threads each device gets; the sum is at most
  ///   ``ThreadBudget/count``. Anything else, and a call after the first use, fails in words.
  public static func configureDevices(threads: [Int], at site: CallSite = .unknown) {
    DeviceThreads.configure(threads, at: site)
  }

  /// Waits for a moment at which nothing is queued or running on any device.
  ///
  /// - Throws: the oldest error that nobody has seen; `timedOut` if the time was over.
  public static func waitForAllDevices(timeout: Duration? = nil) throws(EngineError) {
    try waitForAll(of: devices, timeout: timeout)
  }

  /// An operation may push to an engine that was idle before, so one look at each is not enough.
  static func waitForAll(of engines: [Engine], timeout: Duration?) throws(EngineError) {
    let end = timeout.map { tandem_now() + $0.nanoseconds }
    var isIdle = false
    while !isIdle {
      for engine in engines {
        try engine.waitUntilIdle(timeout: end.map { .nanoseconds(max(0, $0 - tandem_now())) })
      }
      let done = engines.reduce(0) { $0 + $1.doneCount }
      isIdle = engines.reduce(0) { $0 + $1.pushedCount } == done
    }
    for engine in engines { if let error = engine.takeFirstError() { throw error } }
  }
}

/// How many threads each device has.
enum DeviceThreads {
  private struct State {
    var threads: [Int] = []
    /// Where they were configured; unknown if the environment says them.
    var site = CallSite.unknown
    var isSettled = false
  }

  private static let state = Guarded(State())

  static func configure(_ threads: [Int], at site: CallSite) {
    let isTooLate = state.withLock { state in
      if !state.isSettled { (state.threads, state.site) = (threads, site) }
      return state.isSettled
    }
    if isTooLate {
      fail(
        "devices: configured after their first use: \(threads). Configure them before the first "
          + "array is made", at: site)
    }
  }

  /// What was configured, else what the environment says; empty for one device with all threads.
  static func settled() -> [Int] {
    let setting = getenv("TANDEM_DEVICES").map { String(cString: $0) } ?? ""
    let (threads, site, isFromEnvironment) = state.withLock { state in
      let isFromEnvironment = state.threads.isEmpty
      if isFromEnvironment { state.threads = parse(setting) }
      state.isSettled = true
      return (state.threads, state.site, isFromEnvironment)
    }
    guard ThreadBudget.holds(threads) else {
      fail(
        "devices: not sets of threads that share a budget of \(ThreadBudget.count): "
          + (isFromEnvironment ? "TANDEM_DEVICES is '\(setting)'" : "\(threads)"), at: site)
    }
    return threads
  }

  /// `3,1`; what is no number stands for zero threads, which is refused.
  private static func parse(_ setting: String) -> [Int] {
    setting.split(separator: ",").map { Int($0) ?? 0 }
  }
}
