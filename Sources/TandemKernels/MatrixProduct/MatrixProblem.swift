import CTandem
import TandemShapes

/// A matrix in memory: where element `[0, 0]` lies and how far apart rows and columns are, counted
/// in elements.
struct MatrixView {
  var start: UnsafeMutableRawPointer
  var rows: Int
  var columns: Int
  var rowStride: Int
  var columnStride: Int

  /// The last two axes of an operand.
  init(_ operand: Operand) {
    let (layout, rank) = (operand.layout, operand.layout.rank)
    start = operand.start
    (rows, columns) = (layout.shape[rank - 2], layout.shape[rank - 1])
    (rowStride, columnStride) = (layout.stride(rank - 2), layout.stride(rank - 1))
  }

  init(
    _ start: UnsafeMutableRawPointer, rows: Int, columns: Int, rowStride: Int, columnStride: Int
  ) {
    self.start = start
    (self.rows, self.columns) = (rows, columns)
    (self.rowStride, self.columnStride) = (rowStride, columnStride)
  }

  /// The same elements with rows and columns exchanged.
  var transposed: MatrixView {
    MatrixView(
      start, rows: columns, columns: rows, rowStride: columnStride, columnStride: rowStride)
  }
}

extension MatrixView {
  /// Whether the elements fill one run of memory.
  fileprivate var isDense: Bool {
    (columnStride == 1 && rowStride == columns) || (rowStride == 1 && columnStride == rows)
  }
}

/// One matrix product `c = a b` or `c += a b`, with what is added to it.
struct MatrixProblem {
  var c: MatrixView
  var a: MatrixView
  var b: MatrixView
  /// The dtype of `a` and `b`, and that of `c`: the same, or float32 for 16-bit floats.
  var dtype: DType
  var result: DType
  var accumulates: Bool
  var rectifies: Bool
  /// Added to each row, if there: one number for each row, in the type of the arithmetic.
  var rowBias: UnsafeMutableRawPointer?
  /// Added to each column, if there: one number for each column.
  var columnBias: UnsafeMutableRawPointer?
  /// What takes the blocks of `c`, if it is not written; and the place of `c` in what that sees.
  var finish: BlockFinish?
  var origin = (row: 0, column: 0)

  init(
    c: MatrixView, a: MatrixView, b: MatrixView, dtype: DType, result: DType? = nil,
    accumulates: Bool = false, rectifies: Bool = false
  ) {
    (self.c, self.a, self.b) = (c, a, b)
    (self.dtype, self.result) = (dtype, result ?? dtype)
    (self.accumulates, self.rectifies) = (accumulates, rectifies)
  }

  var m: Int { c.rows }
  var n: Int { c.columns }
  var k: Int { a.columns }

  /// Lets `work` bring those operands to the cache that fill one run of memory.
  func fetch(with work: inout tandem_gemm_block) {
    func bytes(_ view: MatrixView, _ dtype: DType? = nil) -> Int64 {
      view.isDense ? Int64(view.rows * view.columns * (dtype ?? self.dtype).byteCount) : 0
    }
    work.next = (UnsafeRawPointer(a.start), UnsafeRawPointer(b.start), UnsafeRawPointer(c.start))
    work.nextBytes = (bytes(a), bytes(b), finish == nil ? bytes(c, result) : 0)
  }

  /// Whether `exchanged` writes better: the kernels write rows, so the columns of `c` should lie
  /// one after another.
  var prefersExchange: Bool {
    if m == 1 { return false }
    return n == 1 || (c.columnStride != 1 && c.rowStride == 1)
  }

  /// The same product written as `cᵀ = bᵀ aᵀ`.
  var exchanged: MatrixProblem {
    var result = self
    (result.c, result.a, result.b) = (c.transposed, b.transposed, a.transposed)
    (result.rowBias, result.columnBias) = (columnBias, rowBias)
    return result
  }
}

/// The batch axes of a product, with the distance in elements from one item to the next.
struct BatchAxes {
  private(set) var lengths: [Int]
  private(set) var cStrides: [Int]
  private(set) var aStrides: [Int]
  private(set) var bStrides: [Int]

  /// No batch: one item.
  init() { (lengths, cStrides, aStrides, bStrides) = ([], [], [], []) }

  /// All axes but the last two. Lengths of one are left out.
  init(_ c: Layout, _ a: Layout, _ b: Layout) {
    self.init()
    for axis in 0..<max(c.rank - 2, 0) where c.shape[axis] != 1 {
      lengths.append(c.shape[axis])
      cStrides.append(c.stride(axis))
      aStrides.append(a.shape[axis] == 1 ? 0 : a.stride(axis))
      bStrides.append(b.shape[axis] == 1 ? 0 : b.stride(axis))
    }
  }

  /// The same batch for a product whose `a` and `b` were exchanged.
  var exchanged: BatchAxes {
    var result = self
    (result.aStrides, result.bStrides) = (bStrides, aStrides)
    return result
  }

  /// The number of items.
  var count: Int { lengths.reduce(1, *) }

  /// Makes inner batch axes that share one `b` part of the rows, where strides allow: one large
  /// product instead of many small ones.
  mutating func fold(into problem: inout MatrixProblem) {
    while let last = lengths.indices.last, bStrides[last] == 0 {
      if problem.m == 1 {
        problem.c.rowStride = cStrides[last]
        problem.a.rowStride = aStrides[last]
      }
      guard cStrides[last] == problem.c.rowStride * problem.m,
        aStrides[last] == problem.a.rowStride * problem.m
      else { return }
      problem.c.rows *= lengths[last]
      problem.a.rows *= lengths[last]
      lengths.removeLast()
      cStrides.removeLast()
      aStrides.removeLast()
      bStrides.removeLast()
    }
  }

  /// Where item `index` begins in the three operands, in elements from the first.
  func offsets(_ index: Int) -> (c: Int, a: Int, b: Int) {
    var (rest, c, a, b) = (index, 0, 0, 0)
    var axis = lengths.count - 1
    while axis >= 0 {
      let position = rest % lengths[axis]
      rest /= lengths[axis]
      c += position * cStrides[axis]
      a += position * aStrides[axis]
      b += position * bStrides[axis]
      axis -= 1
    }
    return (c, a, b)
  }
}
