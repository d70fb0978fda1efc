import CTandem
import Glibc
import Synchronization
import TandemShapes

/// How many compute threads the process may have running at once.
///
/// In this order: ``configure(threads:)``, the variable `TANDEM_NUM_THREADS`, the smaller of the
/// cores that the process may run on and its control group's processor quota, rounded up.
public enum ThreadBudget {
  private enum State {
    case open(configured: Int?)
    case settled(Int)
  }

  private static let state = Guarded<State>(.open(configured: nil))

  /// The most threads that may be asked for.
  public static let threadsMax = 1024

  /// The number of compute threads, at least one. The first use settles it for good.
  public static var count: Int {
    let (count, problem) = state.withLock { state -> (Int, String?) in
      switch state {
      case .settled(let count): return (count, nil)
      case .open(let configured):
        do throws(ShapeError) {
          var count = configured ?? 0
          if count == 0 { count = try automaticCount(setting: setting()) }
          state = .settled(count)
          return (count, nil)
        } catch { return (1, error.message) }
      }
    }
    if let problem { fail(problem, at: .unknown) }
    return count
  }

  /// Sets the number of compute threads. Fails, in words, for a count outside `1...threadsMax` and
  /// after the first use of the threads.
  public static func configure(threads: Int, at site: CallSite = .unknown) {
    guard (1...threadsMax).contains(threads) else {
      fail("thread budget: not a number of threads from 1 to \(threadsMax): \(threads)", at: site)
    }
    let settled = state.withLock { state -> Int? in
      switch state {
      case .settled(let count): return count
      case .open:
        state = .open(configured: threads)
        return nil
      }
    }
    if let settled {
      fail(
        "thread budget: configured after its first use: \(threads) asked for, \(settled) in use. "
          + "Configure it before the first array is made", at: site)
    }
  }

  /// Whether these numbers of threads, each at least one, fit into the budget together.
  package static func holds(_ counts: [Int]) -> Bool {
    let most = count
    return counts.allSatisfy { (1...most).contains($0) } && counts.reduce(0, +) <= most
  }

  private static func setting() -> String? {
    getenv("TANDEM_NUM_THREADS").map { String(cString: $0) }
  }

  /// What the environment and the machine say, without ``configure(threads:)``.
  static func automaticCount(setting: String?) throws(ShapeError) -> Int {
    guard let setting, !setting.isEmpty else {
      let quota = ProcessorQuota.current.map { max(1, Int($0.rounded(.up))) } ?? .max
      return max(1, min(Int(tandem_affinity_count()), quota, threadsMax))
    }
    guard let count = Int(setting), (1...threadsMax).contains(count) else {
      throw ShapeError(
        "TANDEM_NUM_THREADS: not a whole number from 1 to \(threadsMax): '\(setting)'")
    }
    return count
  }
}
