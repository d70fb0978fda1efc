/// An optimizer's update of one parameter: new values of the parameter and of what the optimizer
/// remembers of it, in one pass.
///
/// The first inputs are arrays of the parameter's shape: the parameter, its gradient, then the
/// states. After them come zero-dimensional numbers (learning rate and others). Outputs are the
/// parameter and the states; each may take over the storage of the input that it replaces. A
/// gradient in a narrower dtype is widened to the parameter's.
public protocol UpdateOp: NonDifferentiableOp, Codable {
  /// What the optimizer remembers of each parameter, in the order of inputs and outputs.
  var states: [String] { get }

  /// The zero-dimensional inputs, in order.
  var numbers: [String] { get }

  /// The new elements of parameter and states.
  ///
  /// - Parameters:
  ///   - parameter: the parameter's element.
  ///   - gradient: the gradient's element.
  ///   - states: the states' elements.
  ///   - numbers: the numbers, or the coefficients if the rule has any.
  func update(
    _ parameter: LoopValue, _ gradient: LoopValue, _ states: [LoopValue], _ numbers: [LoopValue]
  ) -> [LoopValue]

  /// What ``update(_:_:_:_:)`` is given in place of the numbers, made of them in float64 before
  /// they are narrowed to the parameter's dtype: of `1 - 0.999` float32 keeps four digits. `nil`,
  /// unless the rule says otherwise: the numbers themselves.
  func coefficients(_ numbers: [LoopValue]) -> [LoopValue]?
}

extension UpdateOp {
  public static var acceptsNumbers: Bool { true }

  public func coefficients(_ numbers: [LoopValue]) -> [LoopValue]? { nil }

  public static var inputCounts: ClosedRange<Int> { 2...Int.max }

  public func outputTypes(for inputs: TensorTypes) throws(ShapeError) -> TensorTypes {
    let arrays = 2 + states.count
    try require(
      inputs.count == arrays + numbers.count,
      "needs \((["parameter", "gradient"] + states + numbers).joined(separator: ", "))", inputs)
    let parameter = inputs[0]
    try require(parameter.dtype.isFloatingPoint, "the parameter needs floats", inputs)
    try require(inputs[1].shape == parameter.shape, "the gradient has another shape", inputs)
    try require(inputs[1].dtype.isFloatingPoint, "the gradient needs floats", inputs)
    for (index, state) in states.enumerated() {
      try require(inputs[2 + index] == parameter, "the \(state) has another type", inputs)
    }
    for (index, number) in numbers.enumerated() {
      try require(inputs[arrays + index].rank == 0, "the \(number) is not one number", inputs)
    }
    return TensorTypes([parameter] + Array(repeating: parameter, count: states.count))
  }

  public func outputLayout(for type: TensorType, at index: Int, inputs: [Layout]) -> Layout {
    Layout.following([inputs[index == 0 ? 0 : index + 1]], type.shape)
  }

  public func lower(_ inputs: TensorTypes, to lowering: inout Lowering) {
    lowerToLoop(inputs, to: &lowering)
  }

  /// Lowers to one loop program, whose results may lie where its inputs lie; the coefficients are
  /// part of it.
  func lowerToLoop(_ inputs: TensorTypes, to lowering: inout Lowering) {
    let wide = inputs[0].dtype.accumulating
    let results = (0...states.count).map { lowering.output($0) }
    lowering.map(results, inputs.indices.map { lowering.input($0) }) { elements in
      let numbersStart = 2 + states.count
      let exact = coefficients(elements[numbersStart...].map { $0.cast(to: .float64) })
      let values = elements[..<numbersStart].map { $0.cast(to: wide) }
      let numbers = (exact ?? Array(elements[numbersStart...])).map { $0.cast(to: wide) }
      return update(values[0], values[1], Array(values[2...]), numbers)
    }
  }

  /// Lowers the computation of the coefficients, if the rule has any, to one array.
  func lowerCoefficients(as dtype: DType, to lowering: inout Lowering) -> Lowering.Slot? {
    let builder = LoopBuilder()
    let count = coefficients(numbers.map { _ in builder.scalar(.float64) })?.count
    guard let count else { return nil }
    let array = lowering.temporary(TensorType([count], dtype))
    let places = (0..<count).map { array.with(array.layout.selecting($0, axis: 0)) }
    lowering.map(places, numbers.indices.map { lowering.input(2 + states.count + $0) }) {
      coefficients($0.map { $0.cast(to: .float64) }) ?? []
    }
    return array
  }
}
