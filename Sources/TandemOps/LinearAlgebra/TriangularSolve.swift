/// The solution `X` of `T X = B` (or `Tᵀ X = B`) for a triangular `T`;
/// `scipy.linalg.solve_triangular`.
///
/// | value | shape |
/// | --- | --- |
/// | `T` | `[..., n, n]`, float32 or float64; only the named triangle is looked at |
/// | `B` | `[..., n, k]` |
/// | result | `[..., n, k]`; batch axes broadcast |
///
/// - Complexity: O(n² k) multiply-adds for each matrix.
public struct TriangularSolve: Op, Codable {
  public static let name = "solvingTriangular"

  public static var inputCounts: ClosedRange<Int> { 2...2 }

  /// Whether the lower triangle counts, else the upper one.
  public let lower: Bool
  /// Whether `Tᵀ` stands on the left.
  public let transposed: Bool
  /// Whether the diagonal is taken to be ones, and not looked at.
  public let unitDiagonal: Bool

  public init(lower: Bool = true, transposed: Bool = false, unitDiagonal: Bool = false) {
    (self.lower, self.transposed, self.unitDiagonal) = (lower, transposed, unitDiagonal)
  }

  public func outputTypes(for inputs: TensorTypes) throws(ShapeError) -> TensorTypes {
    let batch = try requireSystem(inputs)
    return TensorTypes(
      TensorType(batch.appending(inputs[1].rows, inputs[1].columns), inputs[1].dtype))
  }

  public func lower(_ inputs: TensorTypes, to lowering: inout Lowering) {
    let result = lowering.output(0)
    let batch = result.shape.dropLast(2)
    let n = inputs[0].rows
    lowering.emit(
      TandemKernels.TriangularSolve(
        lower: lower, transposed: transposed, unitDiagonal: unitDiagonal), [result],
      [
        lowering.input(0).broadcast(to: batch.appending(n, n)),
        lowering.input(1).broadcast(to: result.shape),
      ])
  }

  public func gradient(
    _ inputs: Symbols, _ outputs: Symbols, _ cotangents: [Symbol?]
  ) -> [Symbol?] {
    // dB = T⁻ᵀ dX; dT = -dB Xᵀ (its transpose if Tᵀ was solved), in the triangle that counts.
    guard let dX = cotangents[0] else { return [nil, nil] }
    let (t, b, x) = (inputs[0], inputs[1], outputs[0])
    let solve = TriangularSolve(
      lower: lower, transposed: !transposed, unitDiagonal: unitDiagonal)
    let dB = Symbol.apply(solve, t, dX, at: .unknown)
    let full = transposed ? -x.matmul(dB.mT) : -dB.matmul(x.mT)
    let offset = unitDiagonal ? 1 : 0
    let dT = lower ? full.triangularLower(offset: -offset) : full.triangularUpper(offset: offset)
    return [dT.summed(to: t.shape), dB.summed(to: b.shape)]
  }
}

extension ArrayExpression {
  /// The solution of a triangular system with `self` on the left; see ``TriangularSolve``.
  func solvingTriangular(
    _ right: Self, lower: Bool = true, transposed: Bool = false, unitDiagonal: Bool = false,
    at site: CallSite = .unknown
  ) -> Self {
    .apply(
      TriangularSolve(lower: lower, transposed: transposed, unitDiagonal: unitDiagonal), self,
      right, at: site)
  }
}
