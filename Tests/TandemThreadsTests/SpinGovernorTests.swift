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

  @Test func itLooksOncePerWindow() {
    let governor = SpinGovernor(now: 5, preemptions: 0)
    #expect(!governor.isDue(now: 4 + window))
    #expect(governor.isDue(now: 5 + window))
  }
}
