/// A rule that is written as array expressions: one function, ``step(_:)``.
///
///     struct SignDescent: ComposedOptimizer {
///       static let name = "signDescent"
///       let numbers = [StateCell("learningRate", 0.01)]
///       let memory = OptimizerMemory()
///
///       func step(_ x: inout UpdateStep) { x.value -= x["learningRate"] * x.gradient.sign() }
///     }
///
/// In a compiled step the expressions are fused and written in place, and the bits are those of the
/// eager ones. 16-bit parameters are widened to float32 before, and rounded once after.
///
/// The first of ``Optimizer/numbers`` is the learning rate. A number named `stepCount` counts the
/// steps, from one in the first.
public protocol ComposedOptimizer: Optimizer {
  /// Whether an element of the parameter depends on nothing but what belongs to the same element.
  /// Then a row-sparse gradient changes the rows that it holds, and nothing else; other rules take
  /// it with its zeros. True unless the rule says otherwise.
  static var isElementwise: Bool { get }

  /// Makes of a parameter, its gradient and what is remembered of it the next ones.
  func step(_ x: inout UpdateStep)
}

/// One parameter in one step of a ``ComposedOptimizer``.
public struct UpdateStep {
  /// The parameter; what is left here becomes its value.
  public var value: NDArray
  /// The gradient, of the dtype and shape of the value.
  public let gradient: NDArray
  /// What is remembered, in the order of the names of ``Optimizer/memory``; what is left here is
  /// remembered.
  public var states: [NDArray]
  private let cells: [StateCell]

  init(value: NDArray, gradient: NDArray, states: [NDArray], cells: [StateCell]) {
    (self.value, self.gradient, self.states) = (value, gradient, states)
    self.cells = cells
  }

  /// A number of the rule by the name of its cell, in the dtype of the value.
  public subscript(name: String) -> NDArray { narrowed(exact(name)) }

  /// A number of the rule as its cell holds it: what small differences are taken of, before
  /// ``narrowed(_:)``.
  public func exact(_ name: String) -> NDArray {
    guard let cell = cells.first(where: { $0.name == name }) else {
      fail(
        "optimizer: there is no number \(name), but \(cells.map(\.name).joined(separator: ", "))",
        at: .unknown)
    }
    return cell.value
  }

  /// One less a number, taken before it is narrowed: of `1 − 0.999` float32 keeps four digits.
  public func complement(_ name: String) -> NDArray { narrowed(1 - exact(name)) }

  /// A number in the dtype of the value, beside it.
  public func narrowed(_ number: NDArray) -> NDArray {
    let device = value.device
    let near = number.device == device ? number : number.to(device)
    return near.cast(to: value.dtype)
  }
}

extension ComposedOptimizer {
  public static var isElementwise: Bool { true }

  public var learningRate: StateCell { numbers[0] }

  public func beginStep() { countStep() }

  /// Counts a step, if the rule counts them.
  func countStep() {
    guard let count = numbers.first(where: { $0.name == "stepCount" }) else { return }
    count.value = count.value + 1
  }

  @_disfavoredOverload
  public func update(_ parameter: Parameter, with gradient: NDArray) {
    memory.change(parameter, self, gradient: gradient)
  }

  @_disfavoredOverload
  public func update(_ parameter: Parameter, with gradient: RowSparseArray) {
    if Self.isElementwise {
      memory.changeRows(of: parameter, self, gradient: gradient)
    } else {
      memory.change(parameter, self, gradient: gradient.dense)
    }
  }

  /// The rule on arrays of any dtype.
  func advance(_ value: inout NDArray, by gradient: NDArray, _ states: inout [NDArray]) {
    guard gradient.shape == value.shape, gradient.dtype.isFloatingPoint else {
      fail(
        "\(Self.name): the gradient has another type: \(value.type), \(gradient.type)",
        at: .unknown)
    }
    let (dtype, wide) = (value.dtype, value.dtype.accumulating)
    let dtypes = states.map(\.dtype)
    var step = UpdateStep(
      value: value.cast(to: wide), gradient: gradient.cast(to: wide),
      states: states.map { $0.cast(to: wide) }, cells: numbers)
    self.step(&step)
    value = step.value.cast(to: dtype)
    states = zip(step.states, dtypes).map { $0.cast(to: $1) }
  }
}
