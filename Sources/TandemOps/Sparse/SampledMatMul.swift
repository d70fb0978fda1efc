/// Elements of the product `x yᵀ` of dense matrices, at the places that a sparse matrix (CSR)
/// stores: what the gradient of its values is.
///
/// | value | shape |
/// | --- | --- |
/// | columns | `[stored]`, int32 or int64 |
/// | row starts | `[rows + 1]`, int32 or int64 |
/// | `x` | `[rows, n]`, float32 or float64 |
/// | `y` | `[columns, n]`, the same dtype |
/// | result | `[stored]` |
///
/// - Throws: when it runs, for row starts that are out of order and columns that are out of range.
/// - Complexity: O(stored · n) multiply-adds.
public struct SampledMatMul: Op, Codable {
  public static let name = "sampledMatmul"

  public static var inputCounts: ClosedRange<Int> { 4...4 }

  public init() {}

  public func outputTypes(for inputs: TensorTypes) throws(ShapeError) -> TensorTypes {
    let (x, y) = (inputs[2], inputs[3])
    try requireStored(inputs[0], inputs[1], inputs)
    try requireProduct(x.dtype, inputs)
    try require(x.dtype == y.dtype, "dtypes differ", inputs)
    try require(
      x.rank == 2 && y.rank == 2 && x.shape[1] == y.shape[1], "rows have different lengths",
      inputs)
    let rows = inputs[1].shape[0] - 1
    try require(x.shape[0] == rows, "the first matrix needs \(rows) rows", inputs)
    return TensorTypes(TensorType(inputs[0].shape, x.dtype))
  }

  public func lower(_ inputs: TensorTypes, to lowering: inout Lowering) {
    let operands = (0..<4).map { lowering.rowMajor(lowering.input($0), isIndex: $0 < 2) }
    lowering.emit(SampledProduct(), [lowering.output(0)], operands)
  }

  public func gradient(
    _ inputs: Symbols, _ outputs: Symbols, _ cotangents: [Symbol?]
  ) -> [Symbol?] {
    guard let dy = cotangents[0] else { return [nil, nil, nil, nil] }
    let columns = inputs[3].shape[0]
    func product(_ transposed: Bool, _ dense: Symbol) -> Symbol {
      Symbol.apply(
        SparseMatMul(columns: columns, transposed: transposed),
        inputs: [dy, inputs[0], inputs[1], dense], at: .unknown)[0]
    }
    return [nil, nil, product(false, inputs[3]), product(true, inputs[2])]
  }
}
