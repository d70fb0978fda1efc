import CTandem
import TandemShapes
import TandemThreads

/// The product of a matrix whose rows list what is not zero (CSR), or of its transpose, with a
/// dense one.
///
/// | operand   | shape                                  | dtype                  |
/// | --------- | -------------------------------------- | ---------------------- |
/// | out       | `[rows, n]`; transposed `[columns, n]` | `float32` or `float64` |
/// | values    | `[stored]`                             | the same               |
/// | columns   | `[stored]`                             | `int64`                |
/// | rowStarts | `[rows + 1]`                           | `int64`                |
/// | dense     | `[columns, n]`; transposed `[rows, n]` | that of values         |
///
/// All are row-major. Sums run in the order in which elements are stored (transposed: of the rows).
///
/// - Throws: `row 3 starts at 12, which is not in 5...10` or `column 12 of element 4 is not one of
///   10`, before anything is written.
/// - Complexity: O(stored · n) multiply-adds; transposed O(stored + columns) words of scratch
///   space.
public struct SparseProduct: FalliblePrimitive {
  /// How many columns the sparse matrix has.
  public let columns: Int
  /// Whether the transpose is multiplied.
  public let transposed: Bool

  /// The primitive with these attributes.
  public init(columns: Int, transposed: Bool) {
    (self.columns, self.transposed) = (columns, transposed)
  }

  public func floatingPointOperations(_ shapes: [Shape]) -> Int {
    2 * shapes[1].elementCount * shapes[0][-1]
  }

  /// Computes the outputs; see the table of operands.
  public func run(_ operands: [Operand], scalars: [ScalarValue], in context: ParallelContext)
    throws(KernelFailure)
  {
    let matrix = try tandem_sparse_matrix(
      operands[1], columns: operands[2], rowStarts: operands[3], columnCount: columns)
    transposed
      ? runTransposed(matrix, operands[4], operands[0], in: context)
      : run(matrix, operands[4], operands[0], in: context)
  }

  /// By columns of the dense matrix: each part looks at all that is stored, which is cheaper than
  /// turning the matrix (measured: a million elements 7 ms, and 9 ms for 64 columns).
  private func runTransposed(
    _ matrix: tandem_sparse_matrix, _ dense: Operand, _ out: Operand, in context: ParallelContext
  ) {
    withUnsafePointer(to: matrix) { matrix in
      forEachChunk(of: out.shape[1], size: 32, in: context) { _, range in
        tandem_sparse_transposed(
          matrix, dense.start, Int64(out.shape[1]), out.start, Int64(range.lowerBound),
          Int64(range.upperBound))
      }
    }
  }

  private func run(
    _ matrix: tandem_sparse_matrix, _ dense: Operand, _ out: Operand, in context: ParallelContext
  ) {
    let (rows, width) = (out.shape[0], out.shape[1])
    // As many rows as make about 2¹⁶ multiply-adds, by what a row stores on average.
    let work = max(1, Int(matrix.stored) * width / max(rows, 1))
    let size = max(1, (1 << 16) / work)
    withUnsafePointer(to: matrix) { matrix in
      forEachChunk(of: rows, size: size, in: context) { _, range in
        tandem_sparse_product(
          matrix, dense.start, Int64(width), out.start, Int64(range.lowerBound),
          Int64(range.upperBound))
      }
    }
  }
}

/// Products of the rows of two dense matrices, for each element that a sparse matrix stores.
///
/// | operand   | shape          | dtype                  |
/// | --------- | -------------- | ---------------------- |
/// | out       | `[stored]`     | `float32` or `float64` |
/// | columns   | `[stored]`     | `int64`                |
/// | rowStarts | `[rows + 1]`   | `int64`                |
/// | x         | `[rows, n]`    | that of out            |
/// | y         | `[columns, n]` | that of out            |
///
/// Element k of out, at row i and column j, is the product of row i of x and row j of y. All are
/// row-major.
///
/// - Throws: as ``SparseProduct``.
/// - Complexity: O(stored · n) multiply-adds.
public struct SampledProduct: FalliblePrimitive {
  /// The primitive; it has no attributes.
  public init() {}

  public func floatingPointOperations(_ shapes: [Shape]) -> Int {
    2 * shapes[0].elementCount * shapes[3][-1]
  }

  /// Computes the outputs; see the table of operands.
  public func run(_ operands: [Operand], scalars: [ScalarValue], in context: ParallelContext)
    throws(KernelFailure)
  {
    let (out, x, y) = (operands[0], operands[3], operands[4])
    let matrix = try tandem_sparse_matrix(
      out, columns: operands[1], rowStarts: operands[2], columnCount: y.shape[0])
    let (rows, width) = (x.shape[0], x.shape[1])
    let work = max(1, Int(matrix.stored) * width / max(rows, 1))
    withUnsafePointer(to: matrix) { matrix in
      forEachChunk(of: rows, size: max(1, (1 << 16) / work), in: context) { _, range in
        tandem_sparse_sampled(
          matrix, x.start, y.start, Int64(width), out.start, Int64(range.lowerBound),
          Int64(range.upperBound))
      }
    }
  }
}

extension tandem_sparse_matrix {
  /// A matrix as C sees it, whose indices have been looked at.
  fileprivate init(
    _ values: Operand, columns: Operand, rowStarts: Operand, columnCount: Int
  ) throws(KernelFailure) {
    self.init()
    let column = columns.start.assumingMemoryBound(to: Int64.self)
    let starts = rowStarts.start.assumingMemoryBound(to: Int64.self)
    (rows, self.columns) = (Int64(rowStarts.shape[0] - 1), Int64(columnCount))
    stored = Int64(columns.shape[0])
    self.values = UnsafeRawPointer(values.start)
    (self.column, row_start) = (UnsafePointer(column), UnsafePointer(starts))
    is_double = values.dtype == .float64 ? 1 : 0
    var place: Int64 = 0
    switch tandem_sparse_check(&self, &place) {
    case 0: break
    case 1:
      let row = Int(place)
      let least = row == 0 ? 0 : row == rows ? stored : starts[row - 1]
      throw KernelFailure(
        "row \(row) starts at \(starts[row]), which is not in \(least)...\(row == 0 ? 0 : stored)")
    default:
      throw KernelFailure(
        "column \(column[Int(place)]) of element \(place) is not one of \(columnCount)")
    }
  }
}
