import TandemShapes

// Several devices are disjoint sets of threads: a team each, all of one budget.

extension WorkerTeam {
  /// Teams of the given numbers of threads, which share the process's ``ThreadBudget`` instead of
  /// each taking all of it; a device of its own runs on each.
  ///
  /// End each with ``shutdown()``. Fails, in words, if there are more threads than the budget has.
  public static func disjoint(
    threads counts: [Int], at site: CallSite = .unknown
  ) -> [WorkerTeam] {
    guard !counts.isEmpty, ThreadBudget.holds(counts) else {
      fail(
        "worker team: not sets of threads that share a budget of \(ThreadBudget.count): \(counts)",
        at: site)
    }
    return counts.map { WorkerTeam(threads: $0) }
  }
}
