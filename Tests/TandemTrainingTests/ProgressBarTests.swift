import Testing

@testable import TandemTraining

/// What a progress bar writes, with a clock and an output of the test's.
@Suite struct ProgressBarTests {
  /// Collects what is written; each look at the clock advances it.
  private final class Recorder {
    var text = ""
    var seconds = 0.0
    let secondsPerLook: Double

    init(secondsPerLook: Double) { self.secondsPerLook = secondsPerLook }

    func output(isTerminal: Bool) -> ProgressOutput {
      ProgressOutput(isTerminal: isTerminal) {
        self.text += $0
      } now: {
        defer { self.seconds += self.secondsPerLook }
        return self.seconds
      }
    }
  }

  /// A sequence that does not know its length, or knows a wrong one.
  private struct Vague: Sequence, IteratorProtocol {
    var left: Int
    let underestimatedCount: Int

    mutating func next() -> Int? {
      left -= 1
      return left < 0 ? nil : left
    }
  }

  private func written(
    by base: some Sequence, label: String = "", isTerminal: Bool, secondsPerLook: Double = 1
  ) -> String {
    let recorder = Recorder(secondsPerLook: secondsPerLook)
    for _ in ProgressBar(base, label: label, output: recorder.output(isTerminal: isTerminal)) {}
    return recorder.text
  }

  private static let full = String(repeating: "=", count: 30)

  @Test("a terminal shows a bar that moves, over the same line")
  func terminal() {
    func bar(_ filled: Int) -> String {
      "[" + String(repeating: "=", count: filled) + String(repeating: " ", count: 30 - filled) + "]"
    }
    let clear = "\r\u{1B}[K"
    #expect(
      written(by: [7, 8, 9], label: "epoch 1", isTerminal: true)
        == clear + "epoch 1  \(bar(0)) 0/3"
        + clear + "epoch 1  \(bar(10)) 1/3  0.5 it/s  4.0 s left"
        + clear + "epoch 1  \(bar(20)) 2/3  0.7 it/s  1.5 s left"
        + clear + "epoch 1  \(bar(30)) 3/3  0.8 it/s  4.0 s\n")
  }

  @Test("a terminal is not written to more than ten times a second")
  func drawingRate() {
    let text = written(by: 0..<1000, isTerminal: true, secondsPerLook: 0.001)
    #expect(text.split(separator: "\r").count == 11)
  }

  @Test("a pipe gets one line at the end")
  func pipe() {
    #expect(
      written(by: [7, 8], label: "test", isTerminal: false)
        == "test  [\(ProgressBarTests.full)] 2/2  2.0 it/s  1.0 s\n")
  }

  @Test("without a length there is only a count")
  func unknownLength() {
    #expect(
      written(by: Vague(left: 3, underestimatedCount: 0), isTerminal: false)
        == "3  3.0 it/s  1.0 s\n")
    #expect(
      written(by: Vague(left: 3, underestimatedCount: 2), isTerminal: false)
        == "3  3.0 it/s  1.0 s\n")
    #expect(written(by: [Int](), label: "none", isTerminal: false) == "none  0  1.0 s\n")
  }

  @Test("a clock that stands still divides nothing by zero")
  func stillClock() {
    #expect(
      written(by: [7, 8], isTerminal: false, secondsPerLook: 0)
        == "[\(ProgressBarTests.full)] 2/2  0.0 s\n")
  }

  @Test("a loop that is left early ends its line, once")
  func leftEarly() {
    let recorder = Recorder(secondsPerLook: 1)
    for element in ProgressBar(1...4, label: "", output: recorder.output(isTerminal: false)) {
      if element == 2 { break }
    }
    #expect(
      recorder.text == "[===============               ] 2/4  2.0 it/s  1.0 s\n")
    let iterated = Recorder(secondsPerLook: 1)
    var iterator = ProgressBar([1], label: "", output: iterated.output(isTerminal: false))
      .makeIterator()
    for _ in 1...4 { _ = iterator.next() }
    #expect(iterated.text.split(separator: "\n").count == 1)
  }

  @Test("elements pass through")
  func elements() {
    let recorder = Recorder(secondsPerLook: 1)
    let bar = ProgressBar([3, 1, 2], label: "", output: recorder.output(isTerminal: true))
    #expect(Array(bar) == [3, 1, 2])
    #expect(bar.underestimatedCount == 3)
  }
}
