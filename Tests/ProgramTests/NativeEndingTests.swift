import Foundation
import Testing
import TestSupport

/// Processes that end at random moments while the native tier opens libLLVM and compiles, as often
/// as `TANDEM_DEEP` allows: each keeps its status, and none hangs.
@Suite("the end of a process while kernels are being compiled")
struct NativeEndingTests {
  /// How a process ends (`NativeProbe/Ending.swift`), and the status that it has then.
  static let ways: [(way: String, status: Int32)] = [
    ("thread", 5), ("main", 5), ("return", 0), ("signal", 5), ("interrupt", -SIGINT), ("fork", 5),
  ]

  private static let isDeep = ProcessInfo.processInfo.environment["TANDEM_DEEP"] != nil
  /// Endings off the main thread are what a library's clean-up is least prepared for.
  private static func count(_ way: String) -> Int {
    (way == "thread" ? 10 : 2) * (isDeep ? 20 : 1)
  }

  /// The library is open after some 20 ms, and there is work until the end.
  private static let microseconds = 120_000

  @Test("keeps its status and does not hang", arguments: ways)
  func ends(_ way: String, _ status: Int32) throws {
    let probe = try Program("NativeProbe")
    let seed: UInt64 = Self.isDeep ? .random(in: 0...(.max)) : 7
    var random = SplitMix(seed: seed)
    for number in 0..<Self.count(way) {
      let moment = random.below(Self.microseconds)
      let outcome = try probe.run(["ends", way, "\(moment)"])
      #expect(
        outcome.status == status,
        "\(way) after \(moment) microseconds, number \(number) of seed \(seed): \(outcome.errors)")
    }
  }
}
