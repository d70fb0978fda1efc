/// The LU factorization with partial pivoting: the rows of `A`, in the order of a permutation, are
/// the product of a lower and an upper triangle, kept in one matrix; `scipy.linalg.lu_factor`.
///
/// | value | shape |
/// | --- | --- |
/// | input | `[..., m, n]`, float32 or float64 |
/// | factors | `[..., m, n]`: `U` on and above the diagonal, `L` under it; L's diagonal is ones |
/// | permutation | `[..., m]`, int64: row `i` of `L U` is row `permutation[i]` of the input |
///
/// A singular matrix has factors too: there is a zero on U's diagonal. The gradient exists only
/// where the first `min(m, n)` pivots are not zero.
///
/// - Complexity: O(m n min(m, n)) multiply-adds for each matrix.
public struct LU: Op, Codable {
  public static let name = "lu"

  public static var inputCounts: ClosedRange<Int> { 1...1 }

  public init() {}

  public func outputTypes(for inputs: TensorTypes) throws(ShapeError) -> TensorTypes {
    try requireMatrix(inputs)
    return TensorTypes(inputs[0], TensorType(inputs[0].shape.dropLast(), .int64))
  }

  public func lower(_ inputs: TensorTypes, to lowering: inout Lowering) {
    lowering.emit(
      TandemKernels.LU(), [lowering.output(0), lowering.output(1)], [lowering.input(0)])
  }

  public func gradient(
    _ inputs: Symbols, _ outputs: Symbols, _ cotangents: [Symbol?]
  ) -> [Symbol?] {
    guard let dF = cotangents[0] else { return [nil] }
    let (rows, columns) = (inputs[0].type.rows, inputs[0].type.columns)
    let k = min(rows, columns)
    let factors = outputs[0]
    // The leading square, what hangs below it (of L) and what stands right of it (of U).
    let square = factors.block(rows: 0..<k, columns: 0..<k)
    let dSquare = dF.block(rows: 0..<k, columns: 0..<k)
    var (dL, dU) = (dSquare.triangularLower(offset: -1), dSquare.triangularUpper())
    var (below, right): (Symbol?, Symbol?)
    if rows > columns {
      // L₂ = A₂ U⁻¹, so dA₂ = dL₂ U⁻ᵀ and dU -= L₂ᵀ dA₂.
      let l2 = factors.block(rows: k..<rows, columns: 0..<k)
      let dL2 = dF.block(rows: k..<rows, columns: 0..<k)
      let part = square.solvingTriangular(dL2.mT, lower: false).mT
      dU = (dU - l2.mT.matmul(part)).triangularUpper()
      below = part
    } else if columns > rows {
      // U₂ = L⁻¹ A₂, so dA₂ = L⁻ᵀ dU₂ and dL -= dA₂ U₂ᵀ.
      let u2 = factors.block(rows: 0..<k, columns: k..<columns)
      let dU2 = dF.block(rows: 0..<k, columns: k..<columns)
      let part = square.solvingTriangular(dU2, lower: true, transposed: true, unitDiagonal: true)
      dL = (dL - part.matmul(u2.mT)).triangularLower(offset: -1)
      right = part
    }
    var dA = Self.squareGradient(square, dL, dU)
    if let below { dA = .concatenated([dA, below], axis: -2) }
    if let right { dA = .concatenated([dA, right], axis: -1) }
    // Row i of what was factorized is row permutation[i] of the input.
    let back = outputs[1].argSort(axis: -1).expandingDims(at: -1)
    return [dA.takeAlongAxis(back.broadcast(to: inputs[0].shape), axis: -2)]
  }

  /// `L⁻ᵀ (tril(Lᵀ dL, -1) + triu(dU Uᵀ)) U⁻ᵀ`.
  private static func squareGradient(_ factors: Symbol, _ dL: Symbol, _ dU: Symbol) -> Symbol {
    let size = factors.shape[-1]
    let l = factors.triangularLower(offset: -1) + factors.identity(size)
    let inner =
      l.mT.matmul(dL).triangularLower(offset: -1)
      + dU.matmul(factors.triangularUpper().mT).triangularUpper()
    let left = factors.solvingTriangular(inner, lower: true, transposed: true, unitDiagonal: true)
    return factors.solvingTriangular(left.mT, lower: false).mT
  }
}

extension Symbol {
  /// A part of the matrices in the last two axes.
  fileprivate func block(rows: Range<Int>, columns: Range<Int>) -> Symbol {
    sliced(axis: -2, from: rows.lowerBound, to: rows.upperBound)
      .sliced(axis: -1, from: columns.lowerBound, to: columns.upperBound)
  }
}

extension Linalg {
  /// Both triangles of `a = p l u` in one matrix, and the order of the rows;
  /// `scipy.linalg.lu_factor`, whose pivots are exchanges instead. See ``LU``.
  public static func luFactors<A: ArrayExpression>(
    _ a: A, file: StaticString = #fileID, line: UInt = #line
  ) -> (factors: A, permutation: A) {
    let results = A.apply(LU(), inputs: [a], at: CallSite(file, line))
    return (results[0], results[1])
  }

  /// The matrices of `a = p l u`: `p [..., m, m]` permutes rows, `l [..., m, k]` is lower
  /// triangular with ones on its diagonal, `u [..., k, n]` is upper triangular, `k` the smaller of
  /// `m` and `n`; `scipy.linalg.lu`. See ``LU``.
  public static func lu<A: ArrayExpression>(
    _ a: A, file: StaticString = #fileID, line: UInt = #line
  ) -> (p: A, l: A, u: A) {
    let (factors, permutation) = luFactors(a, file: file, line: line)
    let (rows, columns) = (a.shape[-2], a.shape[-1])
    let k = min(rows, columns)
    let p = permutation.oneHot(rows, dtype: a.dtype, file: file, line: line).matrixTransposed()
    let ones = a.constant(ScalarValue(1, a.dtype)).broadcast(to: [k])
    let diagonal = A.apply(
      DiagonalMatrix(rows: rows, columns: k), ones, at: CallSite(file, line))
    let l = A.apply(
      Add(), factors.sliced(axis: -1, to: k).triangularLower(offset: -1), diagonal,
      at: CallSite(file, line))
    return (p, l, factors.sliced(axis: -2, to: k).triangularUpper())
  }

  /// The `x` with `a x = b` from the factors of `a`; `scipy.linalg.lu_solve`.
  ///
  /// - Parameters:
  ///   - factors: of ``luFactors(_:file:line:)``, `[..., n, n]`.
  ///   - permutation: `[..., n]`.
  ///   - b: a vector `[n]` or matrices `[..., n, k]`.
  public static func solve<A: ArrayExpression>(
    factors: A, permutation: A, _ b: A, file: StaticString = #fileID, line: UInt = #line
  ) -> A {
    let site = CallSite(file, line)
    guard factors.rank >= 2, permutation.shape == factors.shape.dropLast(), b.rank >= 1 else {
      fail(
        "solve: these are no factors with their permutation: \(factors.type), "
          + "\(permutation.type), \(b.type)", at: site)
    }
    return asColumns(b) { columns in
      guard columns.shape[-2] == factors.shape[-1] else {
        fail("solve: numbers of rows differ: \(factors.type), \(columns.type)", at: site)
      }
      let batch = broadcastBatch(factors, columns, of: "solve", at: site)
      let shape = batch.appending(columns.shape[-2], columns.shape[-1])
      let rows = permutation.expandingDims(at: -1).broadcast(to: shape)
      let turned = columns.broadcast(to: shape).takeAlongAxis(rows, axis: -2)
      let lower = factors.solvingTriangular(turned, lower: true, unitDiagonal: true, at: site)
      return factors.solvingTriangular(lower, lower: false, at: site)
    }
  }

  /// The shape that the batch axes of two arrays of matrices broadcast to.
  static func broadcastBatch<A: ArrayExpression>(
    _ a: A, _ b: A, of operation: String, at site: CallSite
  ) -> Shape {
    do throws(ShapeError) {
      return try broadcast(a.type.batch, b.type.batch)
    } catch {
      fail("\(operation): batch axes do not broadcast: \(a.type), \(b.type)", at: site)
    }
  }
}
