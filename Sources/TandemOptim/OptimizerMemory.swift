import Synchronization

/// What an optimizer remembers of each parameter (velocities, moments), made when a parameter is
/// first updated, mostly as zeros.
public final class OptimizerMemory: Sendable, StateOwner {
  private struct Slot {
    let parameter: Parameter
    let cells: [StateCell]
  }

  private let names: [String]
  private let starts: @Sendable (NDArray) -> [NDArray]
  private let parts: [OptimizerMemory]
  private let slots = Mutex<[ObjectIdentifier: Slot]>([:])

  /// - Parameter names: of what is remembered of each parameter, in the order of the update rule;
  ///   zeros at first.
  public convenience init(_ names: String...) {
    self.init(names) { value in names.map { _ in .zeros(like: value) } }
  }

  /// - Parameters:
  ///   - names: of what is remembered of each parameter.
  ///   - starts: what it is at first, one array for each name, of the parameter's value.
  public init(_ names: [String], starts: @escaping @Sendable (NDArray) -> [NDArray]) {
    (self.names, self.starts, parts) = (names, starts, [])
  }

  /// - Parameter parts: what several rules remember, each of its own parameters.
  /// - Parameter names: of what is remembered beside.
  init(joining parts: [OptimizerMemory], _ names: String...) {
    (self.names, self.parts) = (names, parts)
    starts = { value in names.map { _ in value + 0 } }
  }

  /// The cells of a parameter, made now if there are none, named after its path.
  public func cells(of parameter: Parameter) -> [StateCell] {
    if names.isEmpty { return [] }
    let id = ObjectIdentifier(parameter)
    if let known = slots.withLock({ $0[id] }) { return known.cells }
    // Inside of a compiled region the cells are made all the same, outside of it.
    let made = withoutTracing {
      zip(names, starts(parameter.value.detached())).map {
        StateCell("\(parameter.path).\($0)", $1)
      }
    }
    return slots.withLock { slots in
      let slot = slots[id] ?? Slot(parameter: parameter, cells: made)
      slots[id] = slot
      return slot.cells
    }
  }

  /// Everything remembered, by name, for checkpoints.
  public var all: [(name: String, cell: StateCell)] {
    let own = slots.withLock { slots in
      slots.values.flatMap { slot in slot.cells.map { ($0.name, $0) } }
    }
    return (own + parts.flatMap(\.all)).sorted { $0.0 < $1.0 }
  }

  /// Everything remembered, for regions that change it.
  public var stateCells: [StateCell] { all.map(\.cell) }
}

// Rules that are operators.

extension OptimizerMemory {
  /// Applies a rule to a parameter and its cells, in place where that is legal. Whoever looks at
  /// them meanwhile sees what was before or what is after.
  func apply(
    _ rule: some UpdateOp, to parameter: Parameter, gradient: NDArray, numbers: [NDArray]
  ) {
    named(parameter) {
      change(parameter) { value, states in
        NDArray.update(rule, &value, gradient: gradient, states: &states, numbers: numbers)
      }
    }
  }

  /// Applies a rule to rows of a parameter and of its cells; the other rows are not looked at.
  ///
  /// Where a row stands in the gradient several times, each computes the same and the last one is
  /// written.
  func apply(
    _ rule: some UpdateOp, toRowsOf parameter: Parameter, gradient: RowSparseArray,
    numbers: [NDArray]
  ) {
    named(parameter) {
      changeRows(of: parameter, gradient.rows) { part, parts in
        NDArray.update(
          rule, &part, gradient: gradient.values, states: &parts, numbers: numbers)
      }
    }
  }
}

// Rules that are array expressions.

extension OptimizerMemory {
  /// Applies a rule to a parameter and its cells.
  func change(_ parameter: Parameter, _ rule: some ComposedOptimizer, gradient: NDArray) {
    named(parameter) {
      change(parameter) { value, states in rule.advance(&value, by: gradient, &states) }
    }
  }

  /// Applies a rule to rows of a parameter and of its cells; the other rows are not looked at.
  func changeRows(
    of parameter: Parameter, _ rule: some ComposedOptimizer, gradient: RowSparseArray
  ) {
    named(parameter) {
      changeRows(of: parameter, gradient.rows) { part, parts in
        rule.advance(&part, by: gradient.values, &parts)
      }
    }
  }

  private func change(_ parameter: Parameter, _ body: (inout NDArray, inout [NDArray]) -> Void) {
    let cells = cells(of: parameter)
    parameter.update { value in
      StateCell.update(cells) { states in body(&value, &states) }
    }
  }

  private func changeRows(
    of parameter: Parameter, _ rows: NDArray, _ body: (inout NDArray, inout [NDArray]) -> Void
  ) {
    change(parameter) { value, states in
      var part = value.take(rows, axis: 0)
      var parts = states.map { $0.take(rows, axis: 0) }
      body(&part, &parts)
      value.replaceRows(rows, by: part)
      for index in states.indices { states[index].replaceRows(rows, by: parts[index]) }
    }
  }

  /// Runs `body` with errors that name the parameter, also where the rule was called as a
  /// requirement of the protocol, which knows no line.
  private func named(_ parameter: Parameter, _ body: () -> Void) {
    if CallFrame.current?.owner === parameter {
      body()
    } else {
      parameter.named(at: .unknown, body)
    }
  }
}
