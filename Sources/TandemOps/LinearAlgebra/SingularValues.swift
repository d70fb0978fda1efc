/// The singular values of a matrix, without its singular vectors; `numpy.linalg.svdvals`.
///
/// | value | shape |
/// | --- | --- |
/// | input | `[..., m, n]`, float32 or float64 |
/// | result | `[..., min(m, n)]`, falling |
///
/// The gradient, `U diag(dy) Vᵀ`, takes an ``SVD`` of its own.
///
/// - Complexity: O(m n min(m, n)) multiply-adds for each matrix, about a third of ``SVD``.
public struct SingularValues: Op, Codable {
  public static let name = "singularValues"

  public static var inputCounts: ClosedRange<Int> { 1...1 }

  public init() {}

  public func outputTypes(for inputs: TensorTypes) throws(ShapeError) -> TensorTypes {
    try requireMatrix(inputs)
    let a = inputs[0]
    return TensorTypes(TensorType(a.batch.appending(min(a.rows, a.columns)), a.dtype))
  }

  public func lower(_ inputs: TensorTypes, to lowering: inout Lowering) {
    lowering.emit(
      TandemKernels.SVD(vectors: false), [lowering.output(0)], [lowering.input(0)])
  }

  public func gradient(
    _ inputs: Symbols, _ outputs: Symbols, _ cotangents: [Symbol?]
  ) -> [Symbol?] {
    guard let dy = cotangents[0] else { return [nil] }
    let factors = Symbol.apply(SVD(), inputs: [inputs[0]], at: .unknown)
    return [(factors[0] * dy.expandingDims(at: -2)).matmul(factors[2])]
  }
}

extension Linalg {
  /// The singular values, falling; see ``SingularValues``.
  public static func singularValues<A: ArrayExpression>(
    _ a: A, file: StaticString = #fileID, line: UInt = #line
  ) -> A {
    .apply(SingularValues(), a, at: CallSite(file, line))
  }
}
