import CTandem
import TandemShapes
import TandemThreads

/// Solves `t x = b` in place for one large triangle and a row-major right side.
///
/// Blocks on the diagonal are BLAS's, all else is products. Many right sides are each solved for by
/// one thread; few are solved for together, with products that all threads share.
struct TiledTriangularSolve {
  /// The triangle; one of its strides is one.
  let t: TiledMatrix
  let lower: Bool
  let unit: Bool

  func solve(_ b: TiledMatrix, in context: ParallelContext) {
    guard b.columns >= Tile.rightColumnsMin else { return solveTogether(b, in: context) }
    let parts = Tile.parts(0..<b.columns, Tile.rightColumns)
    context.parallelFor(parts.count) { index in
      solveTogether(b.part(0..<b.rows, parts[index]), in: .serial)
    }
  }

  private func solveTogether(_ b: TiledMatrix, in context: ParallelContext) {
    let blocks = Tile.parts(0..<b.rows, Tile.width)
    withMatrices([Tile.width * b.columns], of: b.dtype) { memory in
      for block in lower ? blocks : blocks.reversed() {
        let solved = b.part(block, 0..<b.columns)
        solved.solve(t.part(block, block), lower: lower, unit: unit)
        let rest = lower ? block.upperBound..<b.rows : 0..<block.lowerBound
        guard !rest.isEmpty else { continue }
        let negated = TiledMatrix(memory[0], rows: block.count, columns: b.columns, b.dtype)
        solved.copy(to: negated, negated: true)
        b.part(rest, 0..<b.columns).add(t.part(rest, block), negated, in: context)
      }
    }
  }
}
