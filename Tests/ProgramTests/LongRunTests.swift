import Foundation
import Testing

/// Training for very long without ever reading a value.
struct LongRunTests {
  /// A million steps with `TANDEM_DEEP=1`.
  static var steps: Int {
    ProcessInfo.processInfo.environment["TANDEM_DEEP"] == nil ? 20_000 : 1_000_000
  }

  /// From a tenth of the way on, the pool takes no more from the system than what runs ahead may
  /// need, and the process does not grow.
  @Test("training without a read runs in flat memory", arguments: ["1", "4"])
  func flatMemory(threads: String) throws {
    let outcome = try Program("ArrayProbe").run(
      ["\(LongRunTests.steps)"], environment: ["TANDEM_NUM_THREADS": threads])
    try #require(outcome.status == 0, "\(outcome.errors)")
    let lines = outcome.output.split(separator: "\n")
    let numbers = try lines.prefix(3).map { line in
      try #require(line.split(separator: " ").last.flatMap { Int($0) })
    }
    #expect(lines.map { $0.prefix { $0 != " " } } == ["pool", "process", "live", "learnt"])
    #expect(numbers[0] <= 8 << 20, "\(outcome.output)")
    #expect(numbers[1] <= 16 << 20, "\(outcome.output)")
    #expect(numbers[2] <= 1 << 20, "\(outcome.output)")
    #expect(lines[3] == "learnt [100, -200, 300, 50]")
  }
}
