/// An operator that computes each element of its one output from one element of each input, after
/// broadcasting: it declares one scalar expression, from which its kernel for every dtype follows.
public protocol ElementwiseOp: Op, Codable {
  /// The dtype in which elements are computed, given what the inputs' dtypes promote to.
  ///
  /// - Throws: `ShapeError` for a dtype for which the operator has no meaning.
  static func computeDType(_ promoted: DType) throws(ShapeError) -> DType

  /// The dtype of the output, given the dtype in which elements are computed.
  static func resultDType(_ computed: DType) -> DType

  /// The elements of the inputs, as ``element(_:)`` takes them: in the compute dtype, unless the
  /// operator needs one as it is.
  func converted(_ inputs: [LoopValue], to dtype: DType) -> [LoopValue]

  /// The element of the output, from the elements of the inputs converted to the compute dtype.
  func element(_ inputs: [LoopValue]) -> LoopValue

  /// The same where the formula depends on the dtype in which elements are computed.
  func element(_ inputs: [LoopValue], as dtype: DType) -> LoopValue
}

extension ElementwiseOp {
  public static var isElementwise: Bool { true }

  public static var acceptsNumbers: Bool { true }

  public static func computeDType(_ promoted: DType) throws(ShapeError) -> DType { promoted }

  public static func resultDType(_ computed: DType) -> DType { computed }

  public func converted(_ inputs: [LoopValue], to dtype: DType) -> [LoopValue] {
    inputs.map { $0.cast(to: dtype) }
  }

  public func element(_ inputs: [LoopValue], as dtype: DType) -> LoopValue { element(inputs) }

  public func outputTypes(for inputs: TensorTypes) throws(ShapeError) -> TensorTypes {
    try broadcastTypes(for: inputs)
  }

  /// The rule of all elementwise operators: shapes broadcast, dtypes promote.
  func broadcastTypes(for inputs: TensorTypes) throws(ShapeError) -> TensorTypes {
    var (shape, dtype) = (inputs[0].shape, inputs[0].dtype)
    for index in 1..<max(inputs.count, 1) {
      let other = inputs[index]
      do throws(ShapeError) {
        shape = try broadcast(shape, other.shape)
      } catch {
        throw ShapeError("shapes do not broadcast: \(inputs)")
      }
      dtype = dtype.promoted(with: other.dtype)
    }
    do throws(ShapeError) {
      return TensorTypes(TensorType(shape, Self.resultDType(try Self.computeDType(dtype))))
    } catch {
      throw ShapeError("\(error.message): \(inputs)")
    }
  }

  public func outputLayout(for type: TensorType, at index: Int, inputs: [Layout]) -> Layout {
    Layout.following(inputs, type.shape)
  }

  public func lower(_ inputs: TensorTypes, to lowering: inout Lowering) {
    lowerReal(inputs, to: &lowering)
  }

  /// The loop over real elements.
  func lowerReal(_ inputs: TensorTypes, to lowering: inout Lowering) {
    let dtype = Self.computeDType(of: inputs)
    lowering.map([lowering.output(0)], inputs.indices.map { lowering.input($0) }) { elements in
      [element(converted(elements, to: dtype), as: dtype)]
    }
  }

  /// The loop program for operands of some dtypes, and the dtype that it gives: the lowering of the
  /// case where all shapes are equal, or operands are numbers.
  ///
  /// - Throws: `ShapeError` for dtypes for which the operator has no meaning, and for complex ones,
  ///   whose elements are two.
  public func loopProgram(
    _ operands: [(dtype: DType, isNumber: Bool)]
  ) throws(ShapeError) -> (LoopProgram, DType) {
    let scalars = TensorTypes(operands.lazy.map { TensorType(Shape(), $0.dtype) })
    let result = try checkedOutputTypes(for: scalars)[0].dtype
    let dtype = Self.computeDType(of: scalars)
    guard dtype.kind != .complex else { throw ShapeError("complex elements are two: \(scalars)") }
    let builder = LoopBuilder()
    let elements = operands.map {
      $0.isNumber ? builder.scalar($0.dtype) : builder.input($0.dtype)
    }
    builder.output(element(converted(elements, to: dtype), as: dtype), as: result)
    return (builder.build(), result)
  }

  /// The dtype in which elements of these inputs are computed.
  static func computeDType(of inputs: TensorTypes) -> DType {
    let promoted = inputs.dropFirst().reduce(inputs[0].dtype) { $0.promoted(with: $1.dtype) }
    return (try? computeDType(promoted)) ?? promoted
  }
}

/// How an elementwise operator chooses the dtype in which it computes.
enum ComputeRule {
  /// Functions whose values are not integers: integers and truth values become float32.
  static func floating(_ promoted: DType) throws(ShapeError) -> DType { promoted.floating }

  /// Arithmetic: truth values are refused, as their sum or difference is not one.
  static func numeric(_ promoted: DType) throws(ShapeError) -> DType {
    guard promoted != .bool else {
      throw ShapeError("has no meaning for bool; cast to int64, or use logical operators")
    }
    return promoted
  }

  /// Bitwise operators: integers and truth values only.
  static func integral(_ promoted: DType) throws(ShapeError) -> DType {
    guard promoted.kind <= .integer else { throw ShapeError("needs integers or bool") }
    return promoted
  }

  /// Shifts: integers only.
  static func integer(_ promoted: DType) throws(ShapeError) -> DType {
    guard promoted.isInteger else { throw ShapeError("needs integers") }
    return promoted
  }
}
