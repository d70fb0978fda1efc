import CTandem
import TandemShapes
import TandemThreads

/// Rows that are `on` where the index says and `off` elsewhere.
///
/// | operand | shape             | dtype              |
/// | ------- | ----------------- | ------------------ |
/// | out     | `[..., depth]`    | any                |
/// | indices | `[...]`           | `int64` or `int32` |
///
/// An index outside `0..<depth`, a negative one too, makes a row of `off`. For another axis than
/// the last, `out` is a transposed view.
///
/// - Complexity: O(elements of out).
public struct OneHot: Primitive {
  /// What is written where the index says; converted to out's dtype.
  public let on: Double
  /// What is written elsewhere.
  public let off: Double

  /// The primitive with these attributes.
  public init(on: Double = 1, off: Double = 0) { (self.on, self.off) = (on, off) }

  /// Computes the outputs; see the table of operands.
  public func run(_ operands: [Operand], scalars: [ScalarValue], in context: ParallelContext)
    throws(KernelFailure)
  {
    let (out, index) = (operands[0], operands[1])
    let (depth, width) = (out.shape[-1], Int64(out.dtype.byteCount))
    let size = max(1, (1 << 15) / max(depth, 1))
    let (outView, indexView) = (out.view, index.view)
    let (on, off) = (ElementBits(on, out.dtype), ElementBits(off, out.dtype))
    forEachChunk(of: index.shape.elementCount, size: size, in: context) { _, range in
      var (outView, indexView, on, off) = (outView, indexView, on, off)
      tandem_one_hot_run(
        &outView, &indexView, index.isWide, width, &on, &off, Int64(range.lowerBound),
        Int64(range.upperBound))
    }
  }
}

/// One element of any dtype, as bytes.
struct ElementBits: BitwiseCopyable {
  private var low: UInt64 = 0
  private var high: UInt64 = 0

  /// A number rounded to a dtype.
  init(_ number: Double, _ dtype: DType) {
    let scalar = ScalarValue(number, dtype)
    let (real, integer) = (scalar.double, Int64(scalar.int))
    withUnsafeMutableBytes(of: &self) {
      _ = tandem_store_scalar(Int64(dtype.rawValue), real, integer, $0.baseAddress)
    }
  }
}
