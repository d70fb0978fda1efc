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
  @_disfavoredOverload
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

  /// The number that the cell holds; waits for it if it is being computed. What is assigned gets
  /// the dtype of what the cell held, so that compiled steps are not traced anew.
  public var number: Double {
    get { value.item() }
    set { value = NDArray(newValue, dtype: currentValue.dtype) }
  }

  /// Changes the array without another reference to it, so that the change can be made in place.
  /// Other threads see the array from before or from after.
  ///
  /// - Parameter body: must not use this cell, which is locked meanwhile.
  public func update<T>(_ body: (inout NDArray) -> T) -> T {
    if let trace = Scope.current?.trace {
      var value = trace.value(of: .cell(self), outside: currentValue)
      defer { trace.assign(value, to: .cell(self), at: .unknown) }
      return body(&value)
    }
    return content.withLock { body(&$0) }
  }

  /// The same for several cells at once, each named once; threads that do so with the same cells
  /// must name them in the same order.
  ///
  /// - Parameter body: is given the arrays in the order of the cells, of which it leaves as many;
  ///   must not use these cells.
  public static func update<T>(_ cells: [StateCell], _ body: (inout [NDArray]) -> T) -> T {
    if let trace = Scope.current?.trace {
      var values = cells.map { trace.value(of: .cell($0), outside: $0.currentValue) }
      let result = body(&values)
      requireAll(values, of: cells.count)
      for (cell, value) in zip(cells, values) {
        trace.assign(value, to: .cell(cell), at: .unknown)
      }
      return result
    }
    var values: [NDArray] = []
    values.reserveCapacity(cells.count)
    return update(cells[...], &values, body)
  }

  private static func update<T>(
    _ cells: ArraySlice<StateCell>, _ values: inout [NDArray], _ body: (inout [NDArray]) -> T
  ) -> T {
    guard let cell = cells.first else {
      let count = values.count
      let result = body(&values)
      requireAll(values, of: count)
      return result
    }
    return cell.update { value in
      // Moved, so that there is one reference; the cell stays locked until its array is back.
      values.append(NDArray(0.0))
      swap(&values[values.count - 1], &value)
      defer { value = values.removeLast() }
      return update(cells.dropFirst(), &values, body)
    }
  }

  private static func requireAll(_ values: [NDArray], of count: Int) {
    if values.count == count { return }
    fail("state cells: \(count) were given, \(values.count) left", at: .unknown)
  }

  /// Held by who reads or changes the cell.
  var lock: StateLock { content.lock }

  /// The array, whatever is traced.
  var currentValue: NDArray { content.withLock { $0 } }

  /// Calls `body` with the array itself, whatever is traced.
  func withCurrentValue<T>(_ body: (inout NDArray) -> T) -> T { content.withLock { body(&$0) } }
}
