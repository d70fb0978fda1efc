import Synchronization

/// What an optimizer remembers of each parameter (velocities, moments), made as zeros when a
/// parameter is first updated.
public final class OptimizerMemory: Sendable, StateOwner {
  private struct Slot {
    let parameter: Parameter
    let cells: [StateCell]
  }

  private let names: [String]
  private let slots = Mutex<[ObjectIdentifier: Slot]>([:])

  /// - Parameter names: of what is remembered of each parameter, in the order of the update rule.
  public init(_ names: String...) { self.names = names }

  /// The cells of a parameter, made now if there are none: zeros of its type, named after its path.
  public func cells(of parameter: Parameter) -> [StateCell] {
    if names.isEmpty { return [] }
    let id = ObjectIdentifier(parameter)
    if let known = slots.withLock({ $0[id] }) { return known.cells }
    // Inside of a compiled region the cells are made all the same, outside of it.
    let made = withoutTracing {
      let value = parameter.value.detached()
      return names.map { StateCell("\(parameter.path).\($0)", .zeros(like: value)) }
    }
    return slots.withLock { slots in
      let slot = slots[id] ?? Slot(parameter: parameter, cells: made)
      slots[id] = slot
      return slot.cells
    }
  }

  /// Applies a rule to a parameter and its cells, in place where that is legal. Whoever looks at
  /// them meanwhile sees what was before or what is after.
  func apply(
    _ rule: some UpdateOp, to parameter: Parameter, gradient: NDArray, numbers: [NDArray]
  ) {
    guard CallFrame.current?.owner === parameter else {
      // The rule was called as a requirement of the protocol, which knows no line.
      parameter.named(at: .unknown) {
        apply(rule, to: parameter, gradient: gradient, numbers: numbers)
      }
      return
    }
    let cells = cells(of: parameter)
    parameter.update { value in
      StateCell.update(cells) { states in
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
    guard CallFrame.current?.owner === parameter else {
      parameter.named(at: .unknown) {
        apply(rule, toRowsOf: parameter, gradient: gradient, numbers: numbers)
      }
      return
    }
    let (cells, rows) = (cells(of: parameter), gradient.rows)
    parameter.update { value in
      StateCell.update(cells) { states in
        var part = value.take(rows, axis: 0)
        var parts = states.map { $0.take(rows, axis: 0) }
        NDArray.update(
          rule, &part, gradient: gradient.values, states: &parts, numbers: numbers)
        value.replaceRows(rows, by: part)
        for index in states.indices { states[index].replaceRows(rows, by: parts[index]) }
      }
    }
  }

  /// Everything remembered, by name, for checkpoints.
  public var all: [(name: String, cell: StateCell)] {
    slots.withLock { slots in
      slots.values.flatMap { slot in slot.cells.map { ($0.name, $0) } }.sorted { $0.0 < $1.0 }
    }
  }

  /// Everything remembered, for regions that change it.
  public var stateCells: [StateCell] { all.map(\.cell) }
}
