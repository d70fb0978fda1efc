/// Arrays one after another along an axis; `numpy.concatenate`.
///
/// | value | shape |
/// | --- | --- |
/// | inputs | equal but for the axis |
/// | result | the same, the axis as long as those of the inputs together |
///
/// The result has the dtype that all promote to. Gradient: for each input its part of `dy`.
///
/// - Throws: `ShapeError` if shapes differ beside the axis.
public struct Concatenate: Op, Codable {
  public static let name = "concatenated"

  public static var inputCounts: ClosedRange<Int> { 1...Int.max }

  public static var acceptsComplex: Bool { true }

  /// The axis along which the inputs follow one another, from the front.
  public let axis: Int

  /// The operator with these attributes.
  public init(axis: Int) { self.axis = axis }

  public func outputTypes(for inputs: TensorTypes) throws(ShapeError) -> TensorTypes {
    var result = inputs[0]
    try require((0..<result.rank).contains(axis), "no axis \(axis)", inputs)
    for other in inputs.dropFirst() {
      var shape = other.shape
      try require(shape.rank == result.rank, "ranks differ", inputs)
      shape[axis] = result.shape[axis]
      try require(shape == result.shape, "shapes differ beside axis \(axis)", inputs)
      result.shape[axis] += other.shape[axis]
      result.dtype = result.dtype.promoted(with: other.dtype)
    }
    return TensorTypes(result)
  }

  public func lower(_ inputs: TensorTypes, to lowering: inout Lowering) {
    let result = lowering.output(0)
    var start = 0
    for index in inputs.indices {
      let count = inputs[index].shape[axis]
      let place = result.layout.sliced(axis: axis, start: start, step: 1, count: count)
      lowering.convert(lowering.input(index), to: result.with(place))
      start += count
    }
  }

  public func gradient(
    _ inputs: Symbols, _ outputs: Symbols, _ cotangents: [Symbol?]
  ) -> [Symbol?] {
    guard let dy = cotangents[0], dy.dtype.isDifferentiable else { return inputs.map { _ in nil } }
    var start = 0
    return inputs.map { input in
      let end = start + input.shape[axis]
      defer { start = end }
      return dy.sliced(axis: axis, from: start, to: end).gradient(of: input)
    }
  }
}

extension ArrayExpression {
  /// Arrays one after another along `axis`; see ``Concatenate``.
  public static func concatenated(
    _ arrays: [Self], axis: Int = 0, file: StaticString = #fileID, line: UInt = #line
  ) -> Self {
    let site = CallSite(file, line)
    guard let first = arrays.first else { fail("concatenated: no arrays", at: site) }
    let axis = first.axis(axis, of: "concatenated", at: site)
    return apply(Concatenate(axis: axis), inputs: arrays, at: site)[0]
  }

  /// Arrays of one shape side by side along a new axis at `axis` of the result; `numpy.stack`. See
  /// ``Concatenate``.
  public static func stacked(
    _ arrays: [Self], axis: Int = 0, file: StaticString = #fileID, line: UInt = #line
  ) -> Self {
    let site = CallSite(file, line)
    guard let first = arrays.first else { fail("stacked: no arrays", at: site) }
    for other in arrays where other.shape != first.shape {
      fail("stacked: shapes differ: \(first.type), \(other.type)", at: site)
    }
    let parts = arrays.map { $0.expandingDims(at: axis, file: file, line: line) }
    return concatenated(parts, axis: axis, file: file, line: line)
  }
}
