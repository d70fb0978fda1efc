@_exported import TandemKernels
@_exported import TandemShapes

/// A few symbols: the inputs or outputs of one operator.
public typealias Symbols = [Symbol]

/// An operator: a value whose stored properties are its attributes.
///
/// One file holds all that is known of one operator: name, documentation with shapes and source,
/// shape rule, lowering, gradient, and the method that users call. Equal values are
/// interchangeable, which is what common-subexpression elimination and the caches of compiled
/// programs rest on.
public protocol Op: Hashable, Sendable {
  /// The name in messages, printed graphs and saved ones: the base name of the user's method.
  static var name: String { get }

  /// Raised when the meaning of the operator or its attributes changes; saved graphs name it.
  static var version: Int { get }

  /// How many inputs there may be. ``Graph/verify()`` asks before the shape rule looks at them;
  /// unless it is said, the rule must count them itself.
  static var inputCounts: ClosedRange<Int> { get }

  /// Whether inputs may be numbers that no memory holds: they reach kernels as scalars.
  static var acceptsNumbers: Bool { get }

  /// Whether inputs and outputs may be complex: false, the default, for all but operators that move
  /// elements without looking at them, each ``ComplexElementwiseOp``, and those that compute parts.
  /// Checked after the shape rule.
  static var acceptsComplex: Bool { get }

  /// Whether the outputs are drawn at random: two such operators on the same key are two draws, and
  /// are never made one.
  static var isRandom: Bool { get }

  /// Whether it is only started by a thread and ended by a call from elsewhere: what writes files,
  /// sends or receives. It lowers to an `AsynchronousPrimitive`.
  ///
  /// Such an operator does more than to compute its outputs. So it runs once for each call, even if
  /// nobody reads what comes out; two are never made one; its values are never computed ahead or
  /// again; and it stands in no body of a loop or branch, which runs inside of a kernel.
  static var isAsynchronous: Bool { get }

  /// Whether it is an ``ElementwiseOp``, and whether it is a ``ViewOp``: asked at every call, where
  /// a cast would take a tenth of a microsecond. Never written by hand.
  static var isElementwise: Bool { get }
  static var isView: Bool { get }

  /// The types of the outputs.
  ///
  /// - Throws: `ShapeError` if the inputs do not fit, without the operator's name.
  func outputTypes(for inputs: TensorTypes) throws(ShapeError) -> TensorTypes

  /// Says how to compute the outputs from the inputs by device-neutral primitives.
  func lower(_ inputs: TensorTypes, to lowering: inout Lowering)

  /// The gradient with respect to each input; `nil` where none flows.
  ///
  /// Called once for each operator and input types, on symbols; the traced graph is cached.
  ///
  /// - Parameters:
  ///   - inputs: what the operator was applied to.
  ///   - outputs: what came out.
  ///   - cotangents: the gradient of the loss with respect to each output, of its type; `nil` is
  ///     zero.
  func gradient(_ inputs: Symbols, _ outputs: Symbols, _ cotangents: [Symbol?]) -> [Symbol?]

  /// The layout that an output shall be given when memory is made for it; row-major unless the
  /// operator follows the memory order of its inputs.
  func outputLayout(for type: TensorType, at index: Int, inputs: [Layout]) -> Layout

  /// The layout of the output in the storage of the only input, for operators that move nothing
  /// (`transposed`, `reshaped` of dense arrays); `nil` if elements must be computed or copied.
  func view(of input: Layout) -> Layout?
}

extension Op {
  public static var version: Int { 1 }

  public static var inputCounts: ClosedRange<Int> { 0...Int.max }

  public static var acceptsNumbers: Bool { false }

  public static var acceptsComplex: Bool { false }

  public static var isRandom: Bool { false }

  public static var isAsynchronous: Bool { false }

  public static var isElementwise: Bool { false }

  public static var isView: Bool { false }

  public func outputLayout(for type: TensorType, at index: Int, inputs: [Layout]) -> Layout {
    Layout(type.shape)
  }

  public func view(of input: Layout) -> Layout? { nil }

  /// The types of the outputs, with the operator's name in front of any complaint; complex numbers
  /// are refused unless the operator accepts them.
  public func checkedOutputTypes(for inputs: TensorTypes) throws(ShapeError) -> TensorTypes {
    do throws(ShapeError) {
      let outputs = try outputTypes(for: inputs)
      // Shapes that are each right may broadcast to one that is not.
      for index in outputs.indices where outputs[index].shape.hasTooManyElements {
        throw ShapeError("too many elements: \(outputs[index])")
      }
      if !Self.acceptsComplex {
        try require(
          !inputs.holdsComplex && !outputs.holdsComplex, "complex numbers are not supported",
          inputs)
      }
      return outputs
    } catch {
      throw ShapeError("\(Self.name): \(error.message)")
    }
  }
}

extension Op {
  /// The types of the outputs for inputs that nobody has looked at: their number is checked first.
  ///
  /// - Throws: `ShapeError` with the operator's name in front.
  package func verifiedOutputTypes(for inputs: TensorTypes) throws(ShapeError) -> TensorTypes {
    let counts = Self.inputCounts
    guard counts.contains(inputs.count) else {
      let wanted =
        counts.lowerBound == counts.upperBound
        ? "\(counts.lowerBound)"
        : counts.upperBound == .max
          ? "\(counts.lowerBound) or more" : "\(counts.lowerBound) to \(counts.upperBound)"
      throw ShapeError("\(Self.name): needs \(wanted) inputs, got \(inputs.count): \(inputs)")
    }
    return try checkedOutputTypes(for: inputs)
  }
}

extension TensorTypes {
  /// Whether any dtype is complex.
  fileprivate var holdsComplex: Bool { indices.contains { self[$0].dtype.kind == .complex } }
}

/// An operator through which no gradient flows: its outputs are integers or truth values, or it is
/// piecewise constant.
public protocol NonDifferentiableOp: Op {}

extension NonDifferentiableOp {
  public func gradient(
    _ inputs: Symbols, _ outputs: Symbols, _ cotangents: [Symbol?]
  ) -> [Symbol?] {
    inputs.map { _ in nil }
  }
}

/// An operator whose output is a layout of its input's storage whenever strides can express it.
public protocol ViewOp: Op, Codable {}

extension ViewOp {
  public static var inputCounts: ClosedRange<Int> { 1...1 }

  public static var isView: Bool { true }

  public static var acceptsComplex: Bool { true }

  public func lower(_ inputs: TensorTypes, to lowering: inout Lowering) {
    let source = lowering.input(0)
    guard let layout = view(of: source.layout) else {
      fail("\(Self.name): broken invariant: no view of \(inputs)", at: .unknown)
    }
    lowering.copy(source.with(layout), to: lowering.output(0))
  }
}
