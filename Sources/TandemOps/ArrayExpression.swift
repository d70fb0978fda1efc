/// What `NDArray` and ``Symbol`` share: everything that users call on arrays is written once, as an
/// extension of this protocol, and serves eager and symbolic use.
///
/// Arithmetic operators are declared on both types instead, for the type checker's sake.
public protocol ArrayExpression: Sendable {
  /// Shape and dtype.
  var type: TensorType { get }

  /// Applies an operator of one input and one output.
  static func apply<O: Op>(_ op: O, _ input: Self, at site: CallSite) -> Self

  /// Applies an operator of two inputs and one output.
  static func apply<O: Op>(_ op: O, _ lhs: Self, _ rhs: Self, at site: CallSite) -> Self

  /// Applies an operator of any number of inputs (at least one) and outputs.
  static func apply<O: Op>(_ op: O, inputs: [Self], at site: CallSite) -> [Self]

  /// A zero-dimensional constant to stand beside `self` in an operator.
  func constant(_ value: ScalarValue) -> Self
}

extension ArrayExpression {
  /// The lengths of the axes.
  public var shape: Shape { type.shape }
  /// The element type.
  public var dtype: DType { type.dtype }
  /// The number of axes (`ndim` in NumPy).
  public var rank: Int { type.shape.rank }
  /// The number of elements (`size` in NumPy).
  public var count: Int { type.shape.elementCount }

  /// A Swift scalar to stand beside `self`: of the dtype that weak promotion gives it.
  public func scalar(_ value: some Scalar) -> Self {
    constant(Self.weak(value, beside: dtype))
  }

  /// A Swift scalar as an element of the dtype that it takes beside an array of `dtype`.
  public static func weak<S: Scalar>(_ value: S, beside dtype: DType) -> ScalarValue {
    value.scalarValue(as: dtype.promoted(withScalarOf: S.scalarKind))
  }

  /// An axis that a user gave, counted from the front; stops with a message if there is none.
  func axis(_ axis: Int, of operation: String, at site: CallSite) -> Int {
    guard let index = shape.normalized(axis: axis) else {
      fail("\(operation): no axis \(axis): \(type)", at: site)
    }
    return index
  }

  /// Axes that a user gave, counted from the front and sorted; stops with a message if there is no
  /// such axis or one is given twice. No axes given means all.
  func axes(_ axes: [Int]?, of operation: String, at site: CallSite) -> [Int] {
    guard let axes else { return Array(0..<rank) }
    let sorted = axes.map { axis($0, of: operation, at: site) }.sorted()
    for (axis, next) in zip(sorted, sorted.dropFirst()) where axis == next {
      fail("\(operation): axis \(axis) is given twice: \(type)", at: site)
    }
    return sorted
  }
}
