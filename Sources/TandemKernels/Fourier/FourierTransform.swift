import CTandem
import TandemShapes
import TandemThreads

/// Discrete Fourier transforms along one axis.
///
/// | kind | out | in |
/// | --- | --- | --- |
/// | complex | complex, `[..., n, ...]` | the same |
/// | real | complex, `[..., n / 2 + 1, ...]` | real, `[..., n, ...]` |
/// | inverse real | real, `[..., n, ...]` | complex, `[..., n / 2 + 1, ...]` |
///
/// All operands are row-major; complex64 with float32 or complex128 with float64. Lengths whose
/// factors are at most 13 are transformed by Stockham's passes, many lines side by side or, if they
/// are long, as the columns and rows of a matrix; others by Bluestein's convolution.
///
/// - Complexity: O(n log n) for each line, with no quadratic case. Blocks of lines, and of the
///   columns and rows of long ones, run side by side.
/// - Reference: Stockham, *High-speed convolution and correlation*, AFIPS, 1966; Bailey, *FFTs in
///   external or hierarchical memory*, Journal of Supercomputing, 1990; Bluestein, *A linear
///   filtering approach to the computation of discrete Fourier transform*, IEEE Transactions on
///   Audio and Electroacoustics, 1970.
public struct FourierTransform: Primitive {
  /// What is transformed to what.
  public enum Kind: Int32, Hashable, Sendable {
    case complex, real, inverseReal
  }

  /// What is transformed to what.
  public let kind: Kind
  /// The axis along which lines lie, from the front.
  public let axis: Int
  /// Whether the exponent of a complex transform has a plus.
  public let isInverse: Bool
  /// What results are multiplied by.
  public let scale: Double
  /// What those numbers of a half spectrum are multiplied by that stand for two.
  public let middle: Double

  /// The primitive with these attributes.
  public init(
    _ kind: Kind, axis: Int, isInverse: Bool = false, scale: Double = 1, middle: Double = 1
  ) {
    (self.kind, self.axis, self.isInverse) = (kind, axis, isInverse)
    (self.scale, self.middle) = (scale, middle)
  }

  /// Five for each number and its halvings, the count by which transforms are compared.
  public func floatingPointOperations(_ shapes: [Shape]) -> Int {
    let shape = kind == .real ? shapes[1] : shapes[0]
    let n = shape[axis]
    guard n > 1 else { return 0 }
    let halvings = Int.bitWidth - (n - 1).leadingZeroBitCount
    let each = kind == .complex ? 5 : 3
    return shape.elementCount.multipliedReportingOverflow(by: each * halvings).partialValue
  }

  /// Computes the outputs; see the table of operands.
  public func run(_ operands: [Operand], scalars: [ScalarValue], in context: ParallelContext)
    throws(KernelFailure)
  {
    let (out, x) = (operands[0], operands[1])
    let shape = kind == .real ? x.shape : out.shape
    guard out.shape.elementCount > 0 else { return }
    let isDouble = out.dtype.part == .float64
    guard let plan = FourierPlan.of(shape[axis], kind, isDouble: isDouble) else {
      throw KernelFailure("there is no memory for the roots of unity")
    }
    var work = tandem_fourier_work()
    work.plan = plan.pointer
    (work.out, work.in) = (out.start, UnsafeRawPointer(x.start))
    work.outer = Int64((0..<axis).reduce(1) { $0 * shape[$1] })
    work.inner = Int64((axis + 1..<shape.rank).reduce(1) { $0 * shape[$1] })
    (work.inverse, work.scale, work.middle) = (isInverse, scale, middle)
    withExtendedLifetime(plan) { FourierTransform.run(work, length: shape[axis], in: context) }
  }

  private static func run(
    _ work: tandem_fourier_work, length: Int, in context: ParallelContext
  ) {
    withUnsafePointer(to: work) { work in
      let blocks = Int(tandem_fourier_blocks(work))
      let bytes = Int(tandem_fourier_scratch(work))
      if tandem_fourier_takes_team(work) {
        withScratch(UInt8.self, count: bytes) { scratch in
          withTeam(context) { team in
            for block in 0..<blocks { tandem_fourier_run(work, Int64(block), scratch, team) }
          }
        }
        return
      }
      // Chunks of about 8 Ki numbers.
      let perBlock = bytes > 0 ? length : 16 * length
      forEachChunk(of: blocks, size: max(1, (1 << 13) / perBlock), in: context) { _, range in
        withScratch(UInt8.self, count: bytes) { scratch in
          for block in range { tandem_fourier_run(work, Int64(block), scratch, nil) }
        }
      }
    }
  }

  /// The threads as C calls them.
  private static func withTeam(
    _ context: ParallelContext, _ body: (UnsafePointer<tandem_fourier_team>) -> Void
  ) {
    withUnsafePointer(to: context) { context in
      let team = tandem_fourier_team(
        context: UnsafeMutableRawPointer(mutating: UnsafeRawPointer(context))
      ) { context, count, body, argument in
        guard let context, let body else { return }
        context.assumingMemoryBound(to: ParallelContext.self).pointee.parallelFor(Int(count)) {
          body(argument, Int64($0))
        }
      }
      withUnsafePointer(to: team) { body($0) }
    }
  }
}
