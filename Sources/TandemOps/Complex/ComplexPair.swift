/// Complex numbers from their real and their imaginary parts, which broadcast; `a + 1j * b` without
/// the arithmetic.
///
/// Parts of float64 give complex128, those of other dtypes complex64.
/// Gradient: the real and the imaginary part of `dy`.
///
/// - Throws: `ShapeError` if the shapes do not broadcast, or a part is complex.
public struct ComplexPair: Op, Codable {
  public static let name = "complex"

  public static var inputCounts: ClosedRange<Int> { 2...2 }

  public static var acceptsComplex: Bool { true }

  public static var acceptsNumbers: Bool { true }

  /// The operator, which has no attributes.
  public init() {}

  public func outputTypes(for inputs: TensorTypes) throws(ShapeError) -> TensorTypes {
    try require(
      inputs[0].dtype.kind != .complex && inputs[1].dtype.kind != .complex, "parts are real",
      inputs)
    do throws(ShapeError) {
      let shape = try broadcast(inputs[0].shape, inputs[1].shape)
      return TensorTypes(TensorType(shape, inputs[0].dtype.promoted(with: inputs[1].dtype).complex))
    } catch {
      throw ShapeError("shapes do not broadcast: \(inputs)")
    }
  }

  public func outputLayout(for type: TensorType, at index: Int, inputs: [Layout]) -> Layout {
    Layout.following(inputs, type.shape)
  }

  public func lower(_ inputs: TensorTypes, to lowering: inout Lowering) {
    let result = lowering.output(0)
    lowering.mapComplex(result, [lowering.input(0), lowering.input(1)]) { parts in
      ComplexLoopValue(parts[0].real, parts[1].real).cast(to: result.dtype.part)
    }
  }

  public func gradient(
    _ inputs: Symbols, _ outputs: Symbols, _ cotangents: [Symbol?]
  ) -> [Symbol?] {
    guard let dy = cotangents[0] else { return [nil, nil] }
    return [dy.real.gradient(of: inputs[0]), dy.imaginary.gradient(of: inputs[1])]
  }
}

extension ArrayExpression {
  /// Complex numbers from their parts, which broadcast; see ``ComplexPair``.
  public static func complex(
    real: Self, imaginary: Self, file: StaticString = #fileID, line: UInt = #line
  ) -> Self {
    .apply(ComplexPair(), real, imaginary, at: CallSite(file, line))
  }
}
