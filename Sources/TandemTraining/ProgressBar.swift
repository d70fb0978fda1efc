import Glibc

/// Shows on standard error how far a loop has come: a bar that moves in a terminal, one line at the
/// end in a pipe or a file.
///
///     for batch in ProgressBar(batches, label: "epoch 1") { … }
///
/// The sequence should know its length (`underestimatedCount`); without it only a count is shown.
public struct ProgressBar<Base: Sequence>: Sequence {
  private let base: Base
  private let label: String
  private let output: ProgressOutput

  /// - Parameters:
  ///   - base: what is iterated.
  ///   - label: stands in front of the bar.
  public init(_ base: Base, label: String = "") {
    self.init(base, label: label, output: .standardError)
  }

  /// - Parameter output: where the bar is drawn, and by which clock.
  init(_ base: Base, label: String, output: ProgressOutput) {
    (self.base, self.label, self.output) = (base, label, output)
  }

  public var underestimatedCount: Int { base.underestimatedCount }

  public func makeIterator() -> Iterator {
    Iterator(
      base: base.makeIterator(),
      drawing: ProgressDrawing(label: label, total: base.underestimatedCount, output: output))
  }

  /// Walks through the elements and draws.
  public struct Iterator: IteratorProtocol {
    fileprivate var base: Base.Iterator
    fileprivate let drawing: ProgressDrawing

    public mutating func next() -> Base.Element? {
      let element = base.next()
      if element == nil { drawing.finish() } else { drawing.advance() }
      return element
    }
  }
}

/// Where a progress bar is drawn, and the clock that says how often.
struct ProgressOutput {
  /// Whether lines can be overwritten.
  let isTerminal: Bool
  let write: (String) -> Void
  /// Seconds since some moment.
  let now: () -> Double

  static var standardError: ProgressOutput {
    ProgressOutput(isTerminal: isatty(STDERR_FILENO) == 1) { text in
      var text = text
      text.withUTF8 { _ = Glibc.write(STDERR_FILENO, $0.baseAddress, $0.count) }
    } now: {
      var time = timespec()
      clock_gettime(CLOCK_MONOTONIC, &time)
      return Double(time.tv_sec) + Double(time.tv_nsec) * 1e-9
    }
  }
}

/// The state of one bar; a reference, so that the line is ended also when the loop is left early.
private final class ProgressDrawing {
  private static let secondsBetweenDrawings = 0.1
  private static let width = 30

  private let label: String
  private let total: Int
  private let output: ProgressOutput
  private let start: Double
  private var begun = 0
  private var drawn = -Double.infinity
  private var isFinished = false

  init(label: String, total: Int, output: ProgressOutput) {
    (self.label, self.total, self.output) = (label, total, output)
    start = output.now()
  }

  deinit { finish() }

  func advance() {
    begun += 1
    guard output.isTerminal else { return }
    let now = output.now()
    guard now - drawn >= ProgressDrawing.secondsBetweenDrawings else { return }
    drawn = now
    output.write(clear + line(done: begun - 1, now))
  }

  func finish() {
    if isFinished { return }
    isFinished = true
    output.write(clear + line(done: begun, output.now()) + "\n")
  }

  private var clear: String { output.isTerminal ? "\r\u{1B}[K" : "" }

  /// `epoch 1  [=====     ] 5/10  2.5 it/s  2.0 s left`; the time taken once it is finished.
  private func line(done: Int, _ now: Double) -> String {
    let seconds = now - start
    var parts = label.isEmpty ? [] : [label]
    let knowsTotal = total > 0 && begun <= total
    parts.append(knowsTotal ? "\(bar(done)) \(done)/\(total)" : "\(done)")
    let rate = seconds > 0 ? Double(done) / seconds : 0
    if rate > 0 { parts.append("\(rounded(rate)) it/s") }
    if isFinished {
      parts.append("\(rounded(seconds)) s")
    } else if rate > 0, knowsTotal {
      parts.append("\(rounded(Double(total - done) / rate)) s left")
    }
    return parts.joined(separator: "  ")
  }

  private func bar(_ done: Int) -> String {
    let filled = done * ProgressDrawing.width / total
    let empty = ProgressDrawing.width - filled
    return "[" + String(repeating: "=", count: filled) + String(repeating: " ", count: empty) + "]"
  }

  private func rounded(_ value: Double) -> String { "\((value * 10).rounded() / 10)" }
}
