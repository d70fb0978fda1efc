/// The product of a sparse matrix (CSR), or of its transpose, with a dense one;
/// `scipy.sparse.csr_array @ dense`, MXNet's `sparse.dot`.
///
/// | value | shape |
/// | --- | --- |
/// | values | `[stored]`, float32 or float64 |
/// | columns | `[stored]`, int32 or int64 |
/// | row starts | `[rows + 1]`, int32 or int64 |
/// | dense | `[columns, n]`; transposed `[rows, n]`; dtype of the values |
/// | result | `[rows, n]`; transposed `[columns, n]` |
///
/// Sums run in the order in which elements are stored, so the bits depend neither on threads nor on
/// the instruction set.
///
/// - Throws: when it runs, for row starts that are out of order and columns that are out of range.
/// - Complexity: O(stored · n) multiply-adds.
public struct SparseMatMul: Op, Codable {
  public static let name = "sparseMatmul"

  public static var inputCounts: ClosedRange<Int> { 4...4 }

  /// How many columns the sparse matrix has.
  public let columns: Int
  /// Whether the transpose is multiplied.
  public let transposed: Bool

  public init(columns: Int, transposed: Bool = false) {
    (self.columns, self.transposed) = (columns, transposed)
  }

  public func outputTypes(for inputs: TensorTypes) throws(ShapeError) -> TensorTypes {
    let dense = inputs[3]
    try requireStored(inputs[1], inputs[2], inputs)
    try require(inputs[0].shape == inputs[1].shape, "needs a column for each value", inputs)
    try requireProduct(inputs[0].dtype, inputs)
    try require(dense.dtype == inputs[0].dtype, "dtypes differ", inputs)
    try require(columns >= 0, "a negative number of columns", inputs)
    let rows = inputs[2].shape[0] - 1
    let inner = transposed ? rows : columns
    try require(
      dense.rank == 2 && dense.shape[0] == inner, "the dense matrix needs \(inner) rows", inputs)
    return TensorTypes(
      TensorType([transposed ? columns : rows, dense.shape[1]], dense.dtype))
  }

  public func lower(_ inputs: TensorTypes, to lowering: inout Lowering) {
    let result = lowering.output(0)
    let operands = (0..<4).map { lowering.rowMajor(lowering.input($0), isIndex: 1...2 ~= $0) }
    lowering.emit(
      SparseProduct(columns: columns, transposed: transposed), [result], operands)
  }

  public func gradient(
    _ inputs: Symbols, _ outputs: Symbols, _ cotangents: [Symbol?]
  ) -> [Symbol?] {
    // Y = A B: dB = Aᵀ dY, and dA at each stored place is a row of dY times a row of B.
    guard let dY = cotangents[0] else { return [nil, nil, nil, nil] }
    let (values, column, starts, dense) = (inputs[0], inputs[1], inputs[2], inputs[3])
    let turned = SparseMatMul(columns: columns, transposed: !transposed)
    let dB = Symbol.apply(turned, inputs: [values, column, starts, dY], at: .unknown)[0]
    let (x, y) = transposed ? (dense, dY) : (dY, dense)
    let dA = Symbol.apply(SampledMatMul(), inputs: [column, starts, x, y], at: .unknown)[0]
    return [dA, nil, nil, dB]
  }
}

/// Complains unless two arrays can be columns and row starts of a sparse matrix.
func requireStored(
  _ columns: TensorType, _ starts: TensorType, _ inputs: TensorTypes
) throws(ShapeError) {
  for index in [columns, starts] {
    try require(
      index.rank == 1 && (index.dtype == .int32 || index.dtype == .int64),
      "columns and row starts need one axis of int32 or int64", inputs)
  }
  try require(starts.shape[0] >= 1, "there is one more row start than rows", inputs)
}

/// Complains about dtypes that sparse products do not have.
func requireProduct(_ dtype: DType, _ inputs: TensorTypes) throws(ShapeError) {
  try require(dtype == .float32 || dtype == .float64, "needs float32 or float64", inputs)
}

extension Lowering {
  /// A slot in row-major order, indices as int64.
  mutating func rowMajor(_ slot: Slot, isIndex: Bool) -> Slot {
    let source = isIndex ? converted(slot, to: .int64) : slot
    return source.layout.isRowMajor ? source : rowMajorCopy(source)
  }
}
