/// An array of one value with the input in place of a regular part: `numpy.pad`, and the transpose
/// of ``Slice``.
///
/// | value | shape |
/// | --- | --- |
/// | input | the counts of the part |
/// | result | `shape` |
///
/// Gradient: that part of `dy`.
public struct Pad: Op, Codable {
  public static let name = "padded"

  public static var acceptsComplex: Bool { true }

  public static var inputCounts: ClosedRange<Int> { 1...1 }

  /// The shape of the result.
  public let shape: Shape
  /// Where the input lies in the result.
  public let part: Slice
  /// What lies elsewhere, of the input's dtype.
  public let value: ScalarValue

  /// The operator with these attributes.
  public init(to shape: Shape, at part: Slice, with value: ScalarValue) {
    (self.shape, self.part, self.value) = (shape, part, value)
  }

  public func outputTypes(for inputs: TensorTypes) throws(ShapeError) -> TensorTypes {
    try part.requireFit(in: shape, inputs)
    try require(
      inputs[0].shape == Shape(part.counts), "does not fill a part \(part.counts)", inputs)
    try require(value.dtype == inputs[0].dtype, "pads with \(value.dtype)", inputs)
    return TensorTypes(TensorType(shape, inputs[0].dtype))
  }

  public func lower(_ inputs: TensorTypes, to lowering: inout Lowering) {
    let result = lowering.output(0)
    guard let place = part.view(of: result.layout) else { return }
    lowering.fill(result, with: value)
    lowering.copy(lowering.input(0), to: result.with(place))
  }

  public func gradient(
    _ inputs: Symbols, _ outputs: Symbols, _ cotangents: [Symbol?]
  ) -> [Symbol?] { [cotangents[0].map { .apply(part, $0, at: .unknown) }] }
}

extension ArrayExpression {
  /// The array with elements of one value around it; see ``Pad``.
  ///
  /// - Parameters:
  ///   - widths: for each axis, how many elements to put before and after.
  ///   - value: what they are.
  public func padded(
    _ widths: [(before: Int, after: Int)], value: some Scalar = 0, file: StaticString = #fileID,
    line: UInt = #line
  ) -> Self {
    let site = CallSite(file, line)
    guard widths.count == rank else {
      fail("padded: \(widths.count) widths for \(rank) axes: \(type)", at: site)
    }
    for (before, after) in widths where before < 0 || after < 0 {
      fail("padded: negative width (\(before), \(after)): \(type)", at: site)
    }
    let largest = Int.max / 16
    for (before, after) in widths where before > largest || after > largest {
      fail("padded: too many elements: (\(before), \(after)): \(type)", at: site)
    }
    let part = Slice(
      starts: widths.enumerated().map { shape[$0.offset] == 0 ? 0 : $0.element.before },
      steps: widths.map { _ in 1 }, counts: shape.array)
    let total = Shape(
      widths.enumerated().map { shape[$0.offset] + $0.element.before + $0.element.after })
    return .apply(Pad(to: total, at: part, with: value.scalarValue(as: dtype)), self, at: site)
  }

  /// The array with as many elements of one value before and after it along every axis; see
  /// ``Pad``.
  public func padded(
    _ width: Int, value: some Scalar = 0, file: StaticString = #fileID, line: UInt = #line
  ) -> Self {
    padded((0..<rank).map { _ in (width, width) }, value: value, file: file, line: line)
  }
}
