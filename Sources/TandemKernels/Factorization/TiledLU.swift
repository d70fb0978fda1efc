import CTandem
import TandemShapes
import TandemThreads

/// LU factorization with partial pivoting of one large row-major matrix, in place.
///
/// A panel of ``Tile/width`` columns is factorized by LAPACK on one thread while the others still
/// subtract the product of the panel before from the rest: the next panel's columns come first.
struct TiledLU {
  private let a: TiledMatrix
  /// One for each column of the shorter side: row `i` was exchanged with row `pivots[i] - 1`.
  private let pivots: UnsafeMutablePointer<Int32>
  private let steps: Int
  /// The panel, column-major, so many rows apart.
  private let panel: UnsafeMutableRawPointer
  /// The negative of what the panel has under its triangles, row-major.
  private let under: UnsafeMutableRawPointer

  private init(
    _ a: TiledMatrix, _ pivots: UnsafeMutablePointer<Int32>, panel: UnsafeMutableRawPointer,
    under: UnsafeMutableRawPointer
  ) {
    (self.a, self.pivots, self.panel, self.under) = (a, pivots, panel, under)
    steps = min(a.rows, a.columns)
  }

  /// Factorizes a matrix.
  ///
  /// - Returns: zero, or the number of the first pivot that is zero, counted from one.
  static func factorize(
    _ a: TiledMatrix, _ pivots: UnsafeMutablePointer<Int32>, in context: ParallelContext
  ) -> Int64 {
    let size = a.rows * Tile.width
    return withMatrices([size, size], of: a.dtype) { memory in
      TiledLU(a, pivots, panel: memory[0], under: memory[1]).run(in: context)
    }
  }

  /// The columns of the panel that begins at a column.
  private func columns(at start: Int) -> Range<Int> { start..<min(steps, start + Tile.width) }

  /// The panel at some columns, as it lies in scratch memory.
  private func panel(_ columns: Range<Int>) -> TiledMatrix {
    let rows = a.rows - columns.lowerBound
    return TiledMatrix(
      MatrixView(panel, rows: rows, columns: columns.count, rowStride: 1, columnStride: rows),
      a.dtype)
  }

  private func run(in context: ParallelContext) -> Int64 {
    var now = columns(at: 0)
    var info = factorizePanel(now)
    while !now.isEmpty {
      spread(now, in: context)
      let next = columns(at: now.upperBound)
      let found = update(after: now, next, in: context)
      if info == 0 { info = found }
      now = next
    }
    let panels = Tile.parts(0..<steps, Tile.width)
    context.parallelFor(panels.count) { index in
      let done = panels[index]
      a.part(0..<a.rows, done).exchangeRows(done.upperBound..<steps, pivots)
    }
    return info
  }

  /// Copies the columns out of the matrix and factorizes them.
  private func factorizePanel(_ columns: Range<Int>) -> Int64 {
    let start = columns.lowerBound
    let panel = panel(columns)
    a.part(start..<a.rows, columns).copy(to: panel)
    let info = tandem_lu(
      a.isDouble, Int64(panel.rows), Int64(panel.columns), panel.view.start, pivots + start)
    for column in columns {
      // A pivot among NaNs may be anything.
      let pivot = Int(pivots[column]) + start
      pivots[column] = Int32(pivot > column && pivot <= a.rows ? pivot : column + 1)
    }
    return info > 0 ? info + Int64(start) : info
  }

  /// Brings the factorized panel back, and solves for the rows of U right of it.
  private func spread(_ now: Range<Int>, in context: ParallelContext) {
    let panel = panel(now)
    let rows = Tile.parts(0..<panel.rows, Tile.rows)
    let right = Tile.parts(now.upperBound..<a.columns, Tile.width)
    let triangle = panel.part(0..<now.count, 0..<now.count)
    context.parallelFor(right.count + rows.count) { index in
      guard index >= right.count else {
        let tile = a.part(0..<a.rows, right[index])
        tile.exchangeRows(now, pivots)
        return tile.part(now, 0..<tile.columns).solve(triangle, lower: true, unit: true)
      }
      let part = rows[index - right.count]
      let start = now.lowerBound
      let source = panel.part(part, 0..<now.count)
      source.copy(to: a.part(start + part.lowerBound..<start + part.upperBound, now))
      source.copy(to: negated(now).part(part, 0..<now.count), negated: true)
    }
  }

  /// The negative of the panel, of which what is under its triangles counts.
  private func negated(_ now: Range<Int>) -> TiledMatrix {
    TiledMatrix(under, rows: a.rows - now.lowerBound, columns: now.count, a.dtype)
  }

  /// Subtracts the product of what is under and right of the panel's triangles from the rest; the
  /// first chunk goes on to factorize the next panel.
  private func update(
    after now: Range<Int>, _ next: Range<Int>, in context: ParallelContext
  ) -> Int64 {
    let below = now.upperBound..<a.rows
    let blocks = Tile.parts(below, Tile.rows)
    let right = Tile.parts(next.upperBound..<a.columns, Tile.width)
    let left = negated(now)
    func subtract(_ rows: Range<Int>, _ columns: Range<Int>) {
      let start = now.lowerBound
      a.part(rows, columns).add(
        left.part(rows.lowerBound - start..<rows.upperBound - start, 0..<now.count),
        a.part(now, columns), in: .serial)
    }
    return withScratch(Int64.self, count: 1) { info in
      info[0] = 0
      context.parallelFor(1 + blocks.count * right.count) { chunk in
        guard chunk == 0 else {
          let (row, column) = ((chunk - 1) % blocks.count, (chunk - 1) / blocks.count)
          return subtract(blocks[row], right[column])
        }
        guard !next.isEmpty else { return }
        for rows in blocks { subtract(rows, next) }
        info[0] = factorizePanel(next)
      }
      return info[0]
    }
  }
}
