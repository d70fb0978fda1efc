import CTandem
import TandemShapes
import TandemThreads

// What the tiled factorizations of one large matrix share. How a matrix is cut follows from its
// shape alone; every tile is computed by one thread, or by a product that is itself so cut.

/// Sizes that were found by measuring; see Factorizations.md.
enum Tile {
  /// Columns of a panel: what is factorized by LAPACK before a product takes it to the rest.
  static let width = 96
  /// Reflections in a block of QR.
  static let reflections = 64
  /// Rows of the tiles, as wide as a panel, that a product updates in one piece.
  static let rows = 256
  /// Columns of a right side that one thread solves for alone, and how many make that worthwhile.
  static let rightColumns = 64
  static let rightColumnsMin = 256
  /// Rows and columns from which a matrix is tiled; smaller ones are LAPACK's.
  static let sizeMin = 256

  /// The parts of a range that are at most so long.
  static func parts(_ range: Range<Int>, _ length: Int) -> [Range<Int>] {
    stride(from: range.lowerBound, to: range.upperBound, by: length).map {
      $0..<min(range.upperBound, $0 + length)
    }
  }
}

/// A large dense matrix of float32 or float64 that is worked on in place.
struct TiledMatrix {
  /// Where it lies; one of its strides is one.
  var view: MatrixView
  let dtype: DType

  init(_ view: MatrixView, _ dtype: DType) { (self.view, self.dtype) = (view, dtype) }

  /// A row-major matrix.
  init(_ start: UnsafeMutableRawPointer, rows: Int, columns: Int, _ dtype: DType) {
    view = MatrixView(start, rows: rows, columns: columns, rowStride: columns, columnStride: 1)
    self.dtype = dtype
  }

  var isDouble: Bool { dtype == .float64 }
  var rows: Int { view.rows }
  var columns: Int { view.columns }

  /// The same elements with rows and columns exchanged.
  var transposed: TiledMatrix { TiledMatrix(view.transposed, dtype) }

  /// A part.
  func part(_ rows: Range<Int>, _ columns: Range<Int>) -> TiledMatrix {
    let place = rows.lowerBound * view.rowStride + columns.lowerBound * view.columnStride
    return TiledMatrix(
      MatrixView(
        view.start + place * dtype.byteCount, rows: rows.count, columns: columns.count,
        rowStride: view.rowStride, columnStride: view.columnStride), dtype)
  }

  /// `self += a b`, or `self = a b` if `replacing`.
  func add(
    _ a: TiledMatrix, _ b: TiledMatrix, replacing: Bool = false, in context: ParallelContext
  ) {
    guard rows > 0, columns > 0, a.columns > 0 else { return }
    var product = MatrixProblem(
      c: view, a: a.view, b: b.view, dtype: dtype, accumulates: !replacing)
    if product.prefersExchange { product = product.exchanged }
    BlockedProduct(product, level: tandem_gemm_level(), workspaceMax: nil)
      .run(BatchAxes(), in: context)
  }

  /// Copies the elements to another matrix of the same shape, or their negatives.
  func copy(to other: TiledMatrix, negated: Bool = false) {
    tandem_tile_copy(
      isDouble, Int64(rows), Int64(columns), view.start, Int64(view.rowStride),
      Int64(view.columnStride), other.view.start, Int64(other.view.rowStride),
      Int64(other.view.columnStride), negated)
  }

  /// Exchanges row `i` with row `pivots[i] - 1` for each `i` of a range, in order.
  func exchangeRows(_ range: Range<Int>, _ pivots: UnsafePointer<Int32>) {
    tandem_tile_exchange(
      isDouble, view.start, Int64(view.rowStride), Int64(columns), pivots, Int64(range.lowerBound),
      Int64(range.upperBound))
  }

  /// Solves `t x = self` in place, or `x tᵀ = self` if `right`, for a small triangle.
  func solve(_ t: TiledMatrix, lower: Bool, unit: Bool, right: Bool = false) {
    let isRowMajor = t.view.columnStride == 1
    // A column-major triangle is the other one, transposed.
    tandem_tile_solve(
      isDouble, right, lower == isRowMajor, right == isRowMajor, unit, Int64(rows),
      Int64(columns), t.view.start,
      Int64(isRowMajor ? t.view.rowStride : t.view.columnStride), view.start,
      Int64(view.rowStride))
  }

  /// Overwrites a row-major matrix by ones on the diagonal and zeros elsewhere.
  func becomeIdentity() {
    let size = dtype.byteCount
    view.start.initializeMemory(as: UInt8.self, repeating: 0, count: rows * columns * size)
    for i in 0..<min(rows, columns) {
      let place = view.start + i * (columns + 1) * size
      if isDouble {
        place.storeBytes(of: 1, as: Double.self)
      } else {
        place.storeBytes(of: 1, as: Float.self)
      }
    }
  }
}
