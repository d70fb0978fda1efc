/// An array with the part that basic indices select replaced: `x[plan] = value` as a function.
///
/// | value | shape |
/// | --- | --- |
/// | `x` | any |
/// | `value` | broadcasts to the selected part |
/// | result | as `x` |
public struct AssignIndex: Op, Codable {
  public static let name = "assign"

  public static var acceptsComplex: Bool { true }

  public static var inputCounts: ClosedRange<Int> { 2...2 }

  /// Which part is replaced.
  public let plan: IndexPlan

  /// The operator with these attributes.
  public init(_ plan: IndexPlan) { self.plan = plan }

  public static var acceptsNumbers: Bool { false }

  public func outputTypes(for inputs: TensorTypes) throws(ShapeError) -> TensorTypes {
    let part: Shape
    do throws(ShapeError) {
      part = try plan.shape(of: inputs[0].shape)
    } catch {
      throw ShapeError("\(error.message): \(inputs)")
    }
    try require(
      inputs[1].dtype.kind != .complex || inputs[0].dtype.kind == .complex,
      "complex numbers do not fit; take .real or .imaginary", inputs)
    try require(
      (try? broadcast(part, inputs[1].shape)) == part, "value does not fit \(part)", inputs)
    return TensorTypes(inputs[0])
  }

  public func outputLayout(for type: TensorType, at index: Int, inputs: [Layout]) -> Layout {
    Layout.following(Array(inputs.prefix(1)), type.shape)
  }

  public func lower(_ inputs: TensorTypes, to lowering: inout Lowering) {
    let target = lowering.output(0)
    lowering.copy(lowering.input(0), to: target)
    lowerAssignment(of: lowering.input(1), into: target, &lowering)
  }

  /// The replacement alone, into an array that is already there.
  func lowerAssignment(
    of value: Lowering.Slot, into target: Lowering.Slot, _ lowering: inout Lowering
  ) {
    let part = target.with(plan.layout(of: target.layout))
    if target.dtype.kind == .complex {
      return lowering.mapComplex(part, [value]) { $0[0].cast(to: target.dtype.part) }
    }
    lowering.map([part], [value]) { [$0[0].cast(to: target.dtype)] }
  }

  public func gradient(
    _ inputs: Symbols, _ outputs: Symbols, _ cotangents: [Symbol?]
  ) -> [Symbol?] {
    guard let dy = cotangents[0], dy.dtype.isDifferentiable else { return [nil, nil] }
    let zero = dy.constant(ScalarValue(0, dy.dtype))
    let part: Symbol = .apply(BasicIndex(plan), dy, at: .unknown)
    return [
      .apply(AssignIndex(plan), dy, zero, at: .unknown),
      part.gradient(of: inputs[1]),
    ]
  }
}

/// The replacement of ``AssignIndex`` done in the array itself: input 0 is the array, which the
/// output overwrites, input 1 the value. Only for an array that nobody else looks at.
public struct AssignIndexInPlace: Op {
  public static let name = "assign"

  public static var acceptsComplex: Bool { true }

  /// The functional form.
  public let assign: AssignIndex

  /// The operator with these attributes.
  public init(_ assign: AssignIndex) { self.assign = assign }

  public func outputTypes(for inputs: TensorTypes) throws(ShapeError) -> TensorTypes {
    try assign.outputTypes(for: inputs)
  }

  public func outputLayout(for type: TensorType, at index: Int, inputs: [Layout]) -> Layout {
    inputs[0]
  }

  public func lower(_ inputs: TensorTypes, to lowering: inout Lowering) {
    assign.lowerAssignment(of: lowering.input(1), into: lowering.output(0), &lowering)
  }

  public func gradient(
    _ inputs: Symbols, _ outputs: Symbols, _ cotangents: [Symbol?]
  ) -> [Symbol?] { assign.gradient(inputs, outputs, cotangents) }
}
