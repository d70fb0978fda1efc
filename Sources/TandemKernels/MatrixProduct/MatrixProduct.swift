import CTandem
import TandemShapes
import TandemThreads

/// Matrix product over the last two axes, `c = a b` or `c += a b`.
///
/// | operand       | shape           |
/// | ------------- | --------------- |
/// | `c`           | `[batch…, m, n]` |
/// | `a`           | `[batch…, m, k]` |
/// | `b`           | `[batch…, k, n]` |
/// | `bias`, optional | `[n]`        |
///
/// All operands have one dtype, of floating-point numbers or integers; where they are 16-bit
/// floats, `c` may be `float32`. Strides are free on every operand: transposed, sliced and
/// broadcast (stride zero) operands are read where they lie. The result never overlaps an input.
/// 16-bit floats are summed in `float32` and rounded once; integers wrap around. With `k` zero the
/// product is zero; zeros are multiplied like all numbers, so NaN and infinity propagate.
///
/// How the work is cut, and so every bit of the result, follows from shapes and strides alone,
/// never from the number of threads; different instruction sets may round differently.
///
/// - Complexity: O(batch · m · n · k) multiply-adds.
public struct MatrixProduct: Primitive {
  /// Whether the product is added to what `c` holds.
  public let accumulates: Bool
  /// Whether a fourth operand, `bias`, is added to every row.
  public let hasBias: Bool
  /// Whether negative results, and −0, become zero (NaN stays), after the bias: the bits of a
  /// maximum with zero that follows.
  public let rectifies: Bool
  /// About how many bytes it may take for itself, if that is bounded.
  var workspaceMax: Int?

  /// A matrix product with what follows it.
  public init(accumulates: Bool = false, hasBias: Bool = false, rectifies: Bool = false) {
    (self.accumulates, self.hasBias, self.rectifies) = (accumulates, hasBias, rectifies)
  }

  public func run(_ operands: [Operand], scalars: [ScalarValue], in context: ParallelContext)
    throws(KernelFailure)
  {
    run(operands, level: tandem_gemm_level(), in: context)
  }

  public func floatingPointOperations(_ shapes: [Shape]) -> Int {
    2 * shapes[0].elementCount * shapes[1][-1]
  }

  public func workspaceBytes(_ operands: [(layout: Layout, dtype: DType)]) -> Int {
    workspaceBytes(operands, finish: nil)
  }

  /// The same for a product whose blocks something takes.
  func workspaceBytes(
    _ operands: [(layout: Layout, dtype: DType)], finish: BlockFinish?
  ) -> Int {
    let nowhere = UnsafeMutableRawPointer(bitPattern: 64).unsafelyUnwrapped
    var (product, batch) = problem(operands.map { Operand(nowhere, $0.layout, $0.dtype) })
    guard product.m > 0, product.n > 0, batch.count > 0, product.dtype.isFloatingPoint else {
      return 0
    }
    batch.fold(into: &product)
    product.finish = finish
    if product.prefersExchange { (product, batch) = (product.exchanged, batch.exchanged) }
    return BlockedProduct(product, level: tandem_gemm_level(), workspaceMax: workspaceMax)
      .workspaceBytes(batch)
  }

  /// `run` with the kernels of one instruction set.
  ///
  /// - Parameter finish: takes the blocks of `c`, which is row-major then and not written.
  func run(
    _ operands: [Operand], level: Int32, finish: BlockFinish? = nil, in context: ParallelContext
  ) {
    let bias = hasBias ? operands[3] : nil
    var (product, batch) = problem(operands)
    if product.m == 0 || product.n == 0 || batch.count == 0 { return }
    batch.fold(into: &product)
    guard product.dtype.isFloatingPoint else {
      return IntegerProduct(problem: product, batch: batch).run(bias: bias, in: context)
    }
    let widened = bias.map { WidenedVector($0) }
    defer { widened?.deallocate() }
    product.columnBias = widened?.pointer
    product.finish = finish
    if product.prefersExchange { (product, batch) = (product.exchanged, batch.exchanged) }
    BlockedProduct(product, level: level, workspaceMax: workspaceMax).run(batch, in: context)
  }

  /// The product of one item, and the axes of the batch.
  func problem(_ operands: [Operand]) -> (MatrixProblem, BatchAxes) {
    let (c, a, b) = (operands[0], operands[1], operands[2])
    let product = MatrixProblem(
      c: MatrixView(c), a: MatrixView(a), b: MatrixView(b), dtype: a.dtype, result: c.dtype,
      accumulates: accumulates, rectifies: rectifies)
    return (product, BatchAxes(c.layout, a.layout, b.layout))
  }
}

/// A contiguous copy of a vector in the type that it is computed in.
struct WidenedVector {
  let pointer: UnsafeMutableRawPointer
  let byteCount: Int

  init(_ operand: Operand) {
    let count = operand.shape[0]
    let dtype: DType = operand.dtype == .float64 ? .float64 : .float32
    byteCount = count * dtype.byteCount
    pointer = BufferPool.shared.allocate(byteCount: byteCount)
    tandem_gemm_load(
      operand.start, 0, Int64(operand.layout.stride(0)), pointer, 0, 1, Int64(count),
      Int32(operand.dtype.rawValue))
  }

  func deallocate() { BufferPool.shared.deallocate(pointer, byteCount: byteCount) }
}
