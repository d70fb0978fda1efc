import Glibc

/// Shows on standard error how far a loop has come: a bar that moves in a terminal, one line at the
/// end in a pipe or a file.
///
///     for batch in ProgressBar(batches, label: "epoch 1") { … }
///
/// The sequence should know its length (`underestimatedCount`); without it only a count is shown.
/// What else is worth seeing, such as the loss, is asked for whenever the bar is drawn:
///
///     var loss: NDArray?
///     let bar = ProgressBar(batches, itemsPerStep: 128) { loss.map { "loss \($0.item())" } }
///     for batch in bar { … }
public struct ProgressBar<Base: Sequence>: Sequence {
  private let base: Base
  private let label: String
  private let itemsPerStep: Int
  private let note: () -> String?
  private let output: ProgressOutput

  /// - Parameters:
  ///   - base: what is iterated.
  ///   - label: stands in front of the bar.
  ///   - itemsPerStep: what the speed is counted in: the batch size, to see items per second.
  ///   - note: stands behind the bar; asked for ten times a second at most in a terminal, and once
  ///     at the end.
  public init(
    _ base: Base, label: String = "", itemsPerStep: Int = 1,
    note: @escaping () -> String? = { nil }
  ) {
    self.init(
      base, label: label, itemsPerStep: itemsPerStep, note: note, output: .standardError)
  }

  /// - Parameter output: where the bar is drawn, and by which clock.
  init(
    _ base: Base, label: String, itemsPerStep: Int = 1,
    note: @escaping () -> String? = { nil }, output: ProgressOutput
  ) {
    (self.base, self.label, self.output) = (base, label, output)
    (self.itemsPerStep, self.note) = (itemsPerStep, note)
  }

  public var underestimatedCount: Int { base.underestimatedCount }

  public func makeIterator() -> Iterator {
    Iterator(
      base: base.makeIterator(),
      drawing: ProgressMeter(
        label: label, total: base.underestimatedCount, itemsPerStep: itemsPerStep, output: output),
      note: note)
  }

  /// Walks through the elements and draws.
  public struct Iterator: IteratorProtocol {
    fileprivate var base: Base.Iterator
    fileprivate let drawing: ProgressMeter
    fileprivate let note: () -> String?

    public mutating func next() -> Base.Element? {
      let element = base.next()
      if element == nil { drawing.finish(note) } else { drawing.advance(note) }
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

  /// Draws nothing.
  static var silent: ProgressOutput {
    ProgressOutput(isTerminal: false, write: { _ in }, now: { 0 })
  }

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
final class ProgressMeter {
  private static let secondsBetweenDrawings = 0.1
  private static let width = 30

  private let label: String
  private let total: Int
  private let output: ProgressOutput
  private let start: Double
  private var begun = 0
  private var drawn = -Double.infinity
  private var isFinished = false

  private let itemsPerStep: Int

  init(label: String, total: Int, itemsPerStep: Int = 1, output: ProgressOutput) {
    (self.label, self.total, self.output) = (label, total, output)
    self.itemsPerStep = itemsPerStep
    start = output.now()
  }

  deinit { finish() }

  /// One more step begins.
  func advance(_ note: () -> String? = { nil }) {
    begun += 1
    guard output.isTerminal else { return }
    let now = output.now()
    guard now - drawn >= ProgressMeter.secondsBetweenDrawings else { return }
    drawn = now
    output.write(clear + line(done: begun - 1, now, note()))
  }

  /// The line is complete.
  func finish(_ note: () -> String? = { nil }) {
    if isFinished { return }
    isFinished = true
    output.write(clear + line(done: begun, output.now(), note()) + "\n")
  }

  private var clear: String { output.isTerminal ? "\r\u{1B}[K" : "" }

  /// `epoch 1  [=====     ] 5/10  2.5 it/s  2.0 s left`; the time taken once it is finished.
  private func line(done: Int, _ now: Double, _ note: String?) -> String {
    let seconds = now - start
    var parts = label.isEmpty ? [] : [label]
    let knowsTotal = total > 0 && begun <= total
    parts.append(knowsTotal ? "\(bar(done)) \(done)/\(total)" : "\(done)")
    let rate = seconds > 0 ? Double(done) / seconds : 0
    if rate > 0 {
      parts.append(
        itemsPerStep == 1
          ? "\(rounded(rate)) it/s" : "\(rounded(rate * Double(itemsPerStep))) items/s")
    }
    if isFinished {
      parts.append("\(rounded(seconds)) s")
    } else if rate > 0, knowsTotal {
      parts.append("\(rounded(Double(total - done) / rate)) s left")
    }
    if let note { parts.append(note) }
    return parts.joined(separator: "  ")
  }

  private func bar(_ done: Int) -> String {
    let filled = done * ProgressMeter.width / total
    let empty = ProgressMeter.width - filled
    return "[" + String(repeating: "=", count: filled) + String(repeating: " ", count: empty) + "]"
  }

  private func rounded(_ value: Double) -> String { "\((value * 10).rounded() / 10)" }
}
