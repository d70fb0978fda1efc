import Synchronization
import Testing

@testable import TandemThreads

struct SpinGovernorTests {
  private let window = SpinGovernor.window

  @Test func workersSpinOnCoresOfTheirOwn() {
    var governor = SpinGovernor(now: 0, preemptions: 100)
    for step in 1...100 {
      // Now and then a daemon runs: one switch in each second.
      governor.observe(now: Int64(step) * window, preemptions: 100 + Int64(step / 50))
      #expect(governor.rounds == SpinGovernor.roundsMax)
    }
  }

  @Test func theyDoNotBesideAnotherBusyThreadAndDoAgainAfterIt() {
    var governor = SpinGovernor(now: 0, preemptions: 0)
    // The core is taken away every four milliseconds.
    governor.observe(now: window, preemptions: window / 4_000_000)
    #expect(governor.rounds == 0)
    let after = window / 4_000_000
    for step in 2..<1 + SpinGovernor.quietWindows {
      governor.observe(now: Int64(step) * window, preemptions: after)
      #expect(governor.rounds == 0)
    }
    governor.observe(now: 10 * window, preemptions: after)
    #expect(governor.rounds == SpinGovernor.roundsMax)
  }

  /// A team whose kernel takes its cores away, and then no more.
  @Test(.timeLimit(.minutes(1))) func aTeamStopsSpinningOnSharedCores() {
    let isShared = Atomic<Bool>(true)
    let count = Atomic<Int64>(0)
    let team = WorkerTeam(
      threads: 2,
      preemptions: {
        count.wrappingAdd(isShared.load(ordering: .relaxed) ? 1000 : 0, ordering: .relaxed).newValue
      })
    #expect(team.spinRounds(atMost: 77) == 77)
    while team.spinRounds(atMost: 77) != 0 { team.context.parallelFor(2) { _ in } }
    isShared.store(false, ordering: .relaxed)
    while team.spinRounds(atMost: 77) == 0 { team.context.parallelFor(2) { _ in } }
    team.shutdown()
  }

  @Test func itLooksOncePerWindow() {
    let governor = SpinGovernor(now: 5, preemptions: 0)
    #expect(!governor.isDue(now: 4 + window))
    #expect(governor.isDue(now: 5 + window))
  }
}
