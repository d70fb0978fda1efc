import CTandem
import TandemShapes
import TandemThreads

/// QR factorization of one large row-major matrix by blocks of reflections, `I - V T Vᵀ`.
///
/// A panel is factorized by LAPACK on one thread while the others still apply the block before to
/// the rest: the next panel's columns come first.
///
/// - Reference: Schreiber and Van Loan, *A Storage-Efficient WY Representation for Products of
///   Householder Transformations*, SIAM J. Sci. Stat. Comput. 10 (1989).
struct TiledQR {
  private let a: TiledMatrix
  private let steps: Int
  /// The panel, column-major, so many rows apart.
  private let panel: UnsafeMutableRawPointer
  /// V of the block, row-major.
  private let vectors: UnsafeMutableRawPointer
  /// `-T` of every block, row-major.
  private let triangles: UnsafeMutableRawPointer

  /// Overwrites `a` by R, with zeros below its diagonal, and `q`, row-major, by Q.
  ///
  /// - Returns: zero, or what LAPACK could not do.
  static func factorize(
    _ a: TiledMatrix, _ q: TiledMatrix, in context: ParallelContext
  ) -> Int64 {
    let (size, steps) = (a.rows * Tile.reflections, min(a.rows, a.columns))
    return withMatrices([size, size, steps * Tile.reflections], of: a.dtype) { memory in
      let run = TiledQR(
        a: a, steps: steps, panel: memory[0], vectors: memory[1], triangles: memory[2])
      let info = run.reduce(in: context)
      guard info == 0 else { return info }
      run.form(q, in: context)
      run.clearBelow(in: context)
      return 0
    }
  }

  /// The columns of the block that begins at a column.
  private func columns(at start: Int) -> Range<Int> {
    start..<min(steps, start + Tile.reflections)
  }

  private func panel(_ columns: Range<Int>) -> TiledMatrix {
    let rows = a.rows - columns.lowerBound
    return TiledMatrix(
      MatrixView(panel, rows: rows, columns: columns.count, rowStride: 1, columnStride: rows),
      a.dtype)
  }

  private func vectors(_ columns: Range<Int>) -> TiledMatrix {
    TiledMatrix(vectors, rows: a.rows - columns.lowerBound, columns: columns.count, a.dtype)
  }

  private func triangle(_ columns: Range<Int>) -> TiledMatrix {
    let place = columns.lowerBound * Tile.reflections * a.dtype.byteCount
    return TiledMatrix(triangles + place, rows: columns.count, columns: columns.count, a.dtype)
  }

  /// Makes R of the upper triangle; V stays below it.
  private func reduce(in context: ParallelContext) -> Int64 {
    var now = columns(at: 0)
    var info = factorizePanel(now)
    while info == 0, !now.isEmpty {
      let panel = panel(now)
      load(now, from: panel, in: context) { panel.part($0, 0..<panel.columns).copy(to: $1) }
      let next = columns(at: now.upperBound)
      info = update(after: now, next, in: context)
      now = next
    }
    return info
  }

  private func factorizePanel(_ columns: Range<Int>) -> Int64 {
    let panel = panel(columns)
    a.part(columns.lowerBound..<a.rows, columns).copy(to: panel)
    return withMatrices([columns.count * columns.count], of: a.dtype) { memory in
      let info = tandem_tile_qr(
        a.isDouble, Int64(panel.rows), Int64(panel.columns), panel.view.start, memory[0])
      let t = TiledMatrix(memory[0], rows: columns.count, columns: columns.count, a.dtype)
      t.transposed.copy(to: triangle(columns), negated: true)
      return info
    }
  }

  /// Copies V of a block to where it is read, with ones on its diagonal and zeros above it.
  ///
  /// - Parameter store: brings some rows of the panel to their place in the matrix.
  private func load(
    _ now: Range<Int>, from source: TiledMatrix, in context: ParallelContext,
    _ store: (Range<Int>, TiledMatrix) -> Void = { _, _ in }
  ) {
    let (rows, v) = (Tile.parts(0..<source.rows, Tile.rows), vectors(now))
    context.parallelFor(rows.count) { index in
      let (part, start) = (rows[index], now.lowerBound)
      store(part, a.part(start + part.lowerBound..<start + part.upperBound, now))
      source.part(part, 0..<now.count).copy(to: v.part(part, 0..<now.count))
      if index == 0 {
        tandem_tile_unit_lower(a.isDouble, Int64(now.count), v.view.start, Int64(v.view.rowStride))
      }
    }
  }

  /// Applies the transposed block to the rest; the first chunk goes on to factorize the next panel.
  private func update(
    after now: Range<Int>, _ next: Range<Int>, in context: ParallelContext
  ) -> Int64 {
    let rows = now.lowerBound..<a.rows
    let right = Tile.parts(next.upperBound..<a.columns, Tile.width)
    return withScratch(Int64.self, count: 1) { info in
      info[0] = 0
      context.parallelFor(1 + right.count) { chunk in
        guard chunk == 0 else {
          return apply(now, triangle(now).transposed, to: a.part(rows, right[chunk - 1]))
        }
        guard !next.isEmpty else { return }
        apply(now, triangle(now).transposed, to: a.part(rows, next))
        info[0] = factorizePanel(next)
      }
      return info[0]
    }
  }

  /// `c += V t Vᵀ c`, where `t` is the negative of a triangle.
  private func apply(_ block: Range<Int>, _ t: TiledMatrix, to c: TiledMatrix) {
    let (v, size) = (vectors(block), block.count * c.columns)
    withMatrices([size, size], of: a.dtype) { memory in
      let inner = TiledMatrix(memory[0], rows: block.count, columns: c.columns, a.dtype)
      let turned = TiledMatrix(memory[1], rows: block.count, columns: c.columns, a.dtype)
      inner.add(v.transposed, c, replacing: true, in: .serial)
      turned.add(t, inner, replacing: true, in: .serial)
      c.add(v, turned, in: .serial)
    }
  }

  /// Multiplies an identity by the blocks, the last one first.
  private func form(_ q: TiledMatrix, in context: ParallelContext) {
    q.becomeIdentity()
    for start in stride(from: 0, to: steps, by: Tile.reflections).reversed() {
      let now = columns(at: start)
      load(now, from: a.part(start..<a.rows, now), in: context)
      let parts = Tile.parts(start..<steps, Tile.width)
      context.parallelFor(parts.count) { index in
        apply(now, triangle(now), to: q.part(start..<a.rows, parts[index]))
      }
    }
  }

  private func clearBelow(in context: ParallelContext) {
    let size = a.dtype.byteCount
    let blocks = Tile.parts(0..<steps, Tile.width)
    context.parallelFor(blocks.count) { index in
      for row in blocks[index] {
        let start = a.view.start + row * a.view.rowStride * size
        start.initializeMemory(as: UInt8.self, repeating: 0, count: row * size)
      }
    }
  }
}
