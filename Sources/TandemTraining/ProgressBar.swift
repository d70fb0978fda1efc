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

  public struct Iterator: IteratorProtocol {
    fileprivate var base: Base.Iterator
    fileprivate var drawing: ProgressDrawing

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

/// The state of one bar.
private struct ProgressDrawing {
  private static let secondsBetweenDrawings = 0.1
  private static let width = 30

  private let label: String
  private let total: Int
  private let output: ProgressOutput
  private let start: Double
  private var begun = 0
  private var drawn = -Double.infinity

  init(label: String, total: Int, output: ProgressOutput) {
    (self.label, self.total, self.output) = (label, total, output)
    start = output.now()
  }

  mutating func advance() {
    begun += 1
    let now = output.now()
    guard output.isTerminal, now - drawn >= ProgressDrawing.secondsBetweenDrawings else { return }
    drawn = now
    output.write("\r\u{1B}[K" + line(done: begun - 1, now))
  }

  func finish() {
    output.write((output.isTerminal ? "\r\u{1B}[K" : "") + line(done: begun, output.now()) + "\n")
  }

  private func line(done: Int, _ now: Double) -> String {
    let seconds = now - start
    let rate = seconds > 0 ? Double(done) / seconds : 0
    let head = label.isEmpty ? "" : "\(label)  "
    guard total > 0 else { return "\(head)\(done)  \(rounded(rate)) it/s" }
    let filled = min(ProgressDrawing.width, done * ProgressDrawing.width / total)
    let bar =
      String(repeating: "=", count: filled)
      + String(repeating: " ", count: ProgressDrawing.width - filled)
    let left = rate > 0 ? Double(total - done) / rate : 0
    let tail = done < total ? "\(rounded(left)) s left" : "\(rounded(seconds)) s"
    return "\(head)[\(bar)] \(done)/\(total)  \(rounded(rate)) it/s  \(tail)"
  }

  private func rounded(_ value: Double) -> String { "\((value * 10).rounded() / 10)" }
}
