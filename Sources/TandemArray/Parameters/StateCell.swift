/// A named value that a training step reads and may replace: a learning rate, a step count, a
/// moment.
///
/// Compiled steps take state cells as inputs, so changing one does not compile anew, while a Swift
/// number in a formula is a constant. Optimizers keep all their numbers in cells.
public final class StateCell: Sendable {
  /// What it is called in checkpoints: `learningRate`, `weight.momentum`.
  public let name: String
  private let content: Held<NDArray>

  /// A cell that holds a number, float32.
  public convenience init(_ name: String, _ number: Double) {
    self.init(name, NDArray(number))
  }

  /// A cell that holds an array.
  public init(_ name: String, _ value: NDArray) {
    self.name = name
    self.content = Held(value)
  }

  /// The array that the cell holds; in a compiled region what it holds at this point of it.
  public var value: NDArray {
    get {
      guard let trace = Scope.current?.trace else { return currentValue }
      return trace.value(of: .cell(self), outside: currentValue)
    }
    set {
      guard let trace = Scope.current?.trace else {
        content.withLock { $0 = newValue }
        return
      }
      trace.assign(newValue, to: .cell(self), at: .unknown)
    }
  }

  /// The number that the cell holds; waits for it if it is being computed.
  public var number: Double {
    get { value.item() }
    set { value = NDArray(newValue) }
  }

  /// Takes the array out, so that the caller holds the only reference and changes it in place; the
  /// cell holds a number until it is given a value again.
  public func take() -> NDArray {
    if let trace = Scope.current?.trace {
      return trace.value(of: .cell(self), outside: currentValue)
    }
    return content.withLock { value in
      var taken = NDArray(0.0)
      swap(&taken, &value)
      return taken
    }
  }

  /// Held by who reads or changes the cell.
  var lock: StateLock { content.lock }

  /// The array, whatever is traced.
  var currentValue: NDArray { content.withLock { $0 } }

  /// Calls `body` with the array itself, whatever is traced.
  func withCurrentValue<T>(_ body: (inout NDArray) -> T) -> T { content.withLock { body(&$0) } }
}
