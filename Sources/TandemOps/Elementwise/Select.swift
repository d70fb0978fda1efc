/// Elements of one array where a condition holds, of another where it does not; all three
/// broadcast. `numpy.where`.
///
/// The condition is bool; the result has the dtype that the other two promote to.
/// Gradient: `dy` to whichever was chosen, zero to the other.
///
/// - Throws: `ShapeError` if the condition is not bool or the shapes do not broadcast.
public struct Select: Op, Codable {
  public static let name = "where"

  public static var inputCounts: ClosedRange<Int> { 3...3 }

  /// The operator, which has no attributes.
  public init() {}

  public static var acceptsComplex: Bool { true }

  public static var acceptsNumbers: Bool { true }

  public func outputTypes(for inputs: TensorTypes) throws(ShapeError) -> TensorTypes {
    try require(inputs.count == 3, "needs a condition and two arrays", inputs)
    try require(inputs[0].dtype == .bool, "the condition is not bool", inputs)
    let shape: Shape
    do throws(ShapeError) {
      shape = try broadcast(try broadcast(inputs[0].shape, inputs[1].shape), inputs[2].shape)
    } catch {
      throw ShapeError("shapes do not broadcast: \(inputs)")
    }
    return TensorTypes(TensorType(shape, inputs[1].dtype.promoted(with: inputs[2].dtype)))
  }

  public func lower(_ inputs: TensorTypes, to lowering: inout Lowering) {
    let result = lowering.output(0)
    if result.dtype.kind == .complex {
      let operands = inputs.indices.map { lowering.input($0) }
      return lowering.mapComplex(result, operands) { values in
        let (a, b) = (values[1].cast(to: result.dtype.part), values[2].cast(to: result.dtype.part))
        return values[0].real.select(a, b)
      }
    }
    lowering.map([result], [lowering.input(0), lowering.input(1), lowering.input(2)]) { values in
      [values[0].select(values[1].cast(to: result.dtype), values[2].cast(to: result.dtype))]
    }
  }

  public func gradient(
    _ inputs: Symbols, _ outputs: Symbols, _ cotangents: [Symbol?]
  ) -> [Symbol?] {
    guard let dy = cotangents[0], dy.dtype.isDifferentiable else { return [nil, nil, nil] }
    return [
      nil,
      Symbol.where(inputs[0], dy, 0).gradient(of: inputs[1]),
      Symbol.where(inputs[0], 0, dy).gradient(of: inputs[2]),
    ]
  }

  public func outputLayout(for type: TensorType, at index: Int, inputs: [Layout]) -> Layout {
    Layout.following(inputs.reversed(), type.shape)
  }
}

extension ArrayExpression {
  /// Elements of `a` where `condition` holds, else of `b`; see ``Select``.
  public static func `where`(
    _ condition: Self, _ a: Self, _ b: Self, file: StaticString = #fileID, line: UInt = #line
  ) -> Self {
    apply(Select(), inputs: [condition, a, b], at: CallSite(file, line))[0]
  }

  /// Elements of `a` where `condition` holds, else a number; see ``Select``.
  public static func `where`(
    _ condition: Self, _ a: Self, _ b: some Scalar, file: StaticString = #fileID,
    line: UInt = #line
  ) -> Self {
    `where`(condition, a, a.scalar(b), file: file, line: line)
  }

  /// A number where `condition` holds, else elements of `b`; see ``Select``.
  public static func `where`(
    _ condition: Self, _ a: some Scalar, _ b: Self, file: StaticString = #fileID,
    line: UInt = #line
  ) -> Self {
    `where`(condition, b.scalar(a), b, file: file, line: line)
  }
}
