/// The same elements, read in row-major order, under another shape; a view where strides can
/// express it, else a copy. `numpy.reshape`.
public struct Reshape: Op, Codable {
  public static let name = "reshaped"

  public static var inputCounts: ClosedRange<Int> { 1...1 }

  public static var acceptsComplex: Bool { true }

  /// The shape of the result.
  public let shape: Shape

  /// The operator with these attributes.
  public init(to shape: Shape) { self.shape = shape }

  public func outputTypes(for inputs: TensorTypes) throws(ShapeError) -> TensorTypes {
    try require(!shape.hasTooManyElements, "too many elements in \(shape)", inputs)
    try require(
      inputs[0].shape.elementCount == shape.elementCount,
      "\(inputs[0].shape.elementCount) elements do not fill \(shape)", inputs)
    return TensorTypes(TensorType(shape, inputs[0].dtype))
  }

  public func view(of input: Layout) -> Layout? { input.reshaped(shape) }

  public func lower(_ inputs: TensorTypes, to lowering: inout Lowering) {
    // A copy whose target, freshly made and so row-major, is seen under the input's shape.
    let target = lowering.output(0)
    lowering.copy(lowering.input(0), to: target.with(Layout(inputs[0].shape)))
  }

  public func gradient(
    _ inputs: Symbols, _ outputs: Symbols, _ cotangents: [Symbol?]
  ) -> [Symbol?] { [cotangents[0]?.reshaped(inputs[0].shape)] }
}

extension ArrayExpression {
  /// The elements under another shape of as many; see ``Reshape``.
  public func reshaped(
    _ shape: Shape, file: StaticString = #fileID, line: UInt = #line
  ) -> Self {
    self.shape == shape ? self : .apply(Reshape(to: shape), self, at: CallSite(file, line))
  }

  /// The elements under another shape, of which one length may be −1: what is left.
  public func reshaped(
    _ lengths: [Int], file: StaticString = #fileID, line: UInt = #line
  ) -> Self {
    let site = CallSite(file, line)
    var lengths = lengths
    if let open = lengths.firstIndex(of: -1) {
      // May overflow; the check below finds that too.
      let known = lengths.enumerated().filter { $0.offset != open }.map(\.element).reduce(1, &*)
      lengths[open] = known > 0 ? count / known : 0
    }
    do throws(ShapeError) {
      return .apply(Reshape(to: try Shape(checking: lengths)), self, at: site)
    } catch {
      fail("reshaped: \(error.message): \(type)", at: site)
    }
  }
}
