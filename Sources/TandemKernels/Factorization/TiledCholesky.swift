import CTandem
import TandemShapes
import TandemThreads

/// Cholesky factorization of one large row-major matrix, in place.
///
/// The next block on the diagonal is factorized by LAPACK on one thread while the others still
/// subtract the product of the panel before from the rest.
struct TiledCholesky {
  private let a: TiledMatrix
  /// The negative of the panel under the block, row-major.
  private let under: UnsafeMutableRawPointer

  /// Factorizes a matrix that has zeros above its diagonal.
  ///
  /// - Returns: zero, or the number of the first minor that is not positive, counted from one.
  static func factorize(_ a: TiledMatrix, in context: ParallelContext) -> Int64 {
    withMatrices([a.rows * Tile.width], of: a.dtype) { memory in
      TiledCholesky(a: a, under: memory[0]).run(in: context)
    }
  }

  /// Copies the lower triangle of a matrix to row-major memory, and puts zeros above it.
  static func load(_ x: Operand, to a: TiledMatrix, in context: ParallelContext) {
    let isRowMajor = x.layout.isRowMajor
    if !isRowMajor { x.pack(to: a.view.start, in: context) }
    let size = a.dtype.byteCount
    let blocks = Tile.parts(0..<a.rows, 32)
    context.parallelFor(blocks.count) { index in
      for row in blocks[index] {
        let start = row * a.columns * size
        let (kept, rest) = ((row + 1) * size, (a.columns - row - 1) * size)
        let target = a.view.start + start
        if isRowMajor { target.copyMemory(from: x.start + start, byteCount: kept) }
        (target + kept).initializeMemory(as: UInt8.self, repeating: 0, count: rest)
      }
    }
  }

  private init(a: TiledMatrix, under: UnsafeMutableRawPointer) {
    (self.a, self.under) = (a, under)
  }

  private func run(in context: ParallelContext) -> Int64 {
    var now = 0..<min(a.rows, Tile.width)
    var info = factorizeBlock(now)
    while info == 0, now.upperBound < a.rows {
      let next = now.upperBound..<min(a.rows, now.upperBound + Tile.width)
      solve(now, in: context)
      info = update(after: now, next, in: context)
      now = next
    }
    return info
  }

  /// Factorizes a block on the diagonal. Products wrote above its diagonal too, which it clears.
  private func factorizeBlock(_ block: Range<Int>) -> Int64 {
    let tile = a.part(block, block)
    let info = tandem_cholesky(
      a.isDouble, Int64(tile.rows), tile.view.start, Int64(tile.view.rowStride))
    return info > 0 ? info + Int64(block.lowerBound) : info
  }

  /// Solves for the rows of L under a block.
  private func solve(_ now: Range<Int>, in context: ParallelContext) {
    let blocks = Tile.parts(now.upperBound..<a.rows, Tile.width)
    let triangle = a.part(now, now)
    context.parallelFor(blocks.count) { index in
      let tile = a.part(blocks[index], now)
      tile.solve(triangle, lower: true, unit: false, right: true)
      tile.copy(to: negated(now).part(blocks[index], 0..<now.count), negated: true)
    }
  }

  /// The negative of the panel, which begins at row zero.
  private func negated(_ now: Range<Int>) -> TiledMatrix {
    TiledMatrix(under, rows: a.rows, columns: now.count, a.dtype)
  }

  /// Subtracts the product of the panel with itself from the lower triangle of the rest; the first
  /// chunk goes on to factorize the next block.
  private func update(
    after now: Range<Int>, _ next: Range<Int>, in context: ParallelContext
  ) -> Int64 {
    var tiles = Tile.parts(next.upperBound..<a.rows, Tile.rows).map { ($0, next) }
    for columns in Tile.parts(next.upperBound..<a.rows, Tile.width) {
      tiles += Tile.parts(columns.lowerBound..<a.rows, Tile.rows).map { ($0, columns) }
    }
    let left = negated(now)
    func subtract(_ rows: Range<Int>, _ columns: Range<Int>) {
      a.part(rows, columns).add(
        left.part(rows, 0..<now.count), a.part(columns, now).transposed, in: .serial)
    }
    return withScratch(Int64.self, count: 1) { info in
      context.parallelFor(1 + tiles.count) { chunk in
        guard chunk == 0 else { return subtract(tiles[chunk - 1].0, tiles[chunk - 1].1) }
        subtract(next, next)
        info[0] = factorizeBlock(next)
      }
      return info[0]
    }
  }
}
