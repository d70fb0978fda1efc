import Foundation
import Testing

@testable import TandemKVStore

/// Whole jobs under faults, by seed: 200, or 10,000 with `TANDEM_DEEP=1`.
@Suite struct SimulationTests {
  static let seeds: UInt64 =
    ProcessInfo.processInfo.environment["TANDEM_DEEP"] == nil ? 200 : 10_000

  /// Runs seeds on all cores until one fails; returns the failures, lowest seed first.
  static func failures(_ rules: Rules, seeds: UInt64) async -> (texts: [String], events: Int) {
    await withTaskGroup(of: ([String], Int).self) { group in
      for lane in 0..<UInt64(4) {
        group.addTask {
          var (texts, events): ([String], Int) = ([], 0)
          for seed in stride(from: lane, to: seeds, by: 4) where texts.isEmpty {
            let simulation = Simulation(seed: seed, rules: rules)
            if let text = simulation.run() { texts.append(text) }
            events += simulation.events
            // Other tests wait for these threads.
            await Task.yield()
          }
          return (texts, events)
        }
      }
      var all: ([String], Int) = ([], 0)
      for await (texts, events) in group { all = (all.0 + texts, all.1 + events) }
      return all
    }
  }

  @Test func everySeedKeepsTheInvariantsAndEnds() async {
    let start = Date()
    let (texts, events) = await Self.failures(Rules(), seeds: Self.seeds)
    #expect(texts.isEmpty, "\(texts.joined(separator: "\n"))")
    print("\(Self.seeds) seeds, \(events) events, \(Date().timeIntervalSince(start)) s")
  }

  /// Seeds that once found a fault: 111, a credit whose return was lost though the value came.
  @Test(arguments: [13, 78, 87, 111, 120, 5933] as [UInt64])
  func seedsOfFoundFaultsPass(_ seed: UInt64) {
    #expect(Simulation(seed: seed).run() == nil)
  }

  /// A rule taken away is noticed: the tests would see it missing.
  @Test(arguments: ["dedup", "epoch", "fsync", "token", "credit"])
  func aRuleTakenAwayIsNoticed(_ rule: String) async {
    var rules = Rules()
    switch rule {
    case "dedup": rules.dedup = false
    case "epoch": rules.epoch = false
    case "fsync": rules.fsync = false
    case "token": rules.token = false
    default: rules.credit = false
    }
    let (texts, _) = await Self.failures(rules, seeds: 24)
    #expect(!texts.isEmpty, "\(rule): no seed fails without it")
    print("\(rule): \(texts.joined(separator: "; "))")
  }
}
