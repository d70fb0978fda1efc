import CTandem
import TandemShapes
import TandemThreads

/// One step of Adam or AdamW in one pass over memory.
///
/// | operand | shape |
/// | --- | --- |
/// | parameter, first and second moment after | any |
/// | parameter, gradient, first and second moment before | the same |
/// | coefficients | `[10]` |
///
/// All are of one dtype, float32 or float64, and lie one after another in the same order of axes.
/// The coefficients are rate, b1, b2, 1 - b1, 1 - b2, epsilon, decay, c1, c2 and 1 - rate · decay.
/// What comes after may be the memory of what it replaces. The bits are those of the loop program
/// that the formula stands for.
///
/// - Complexity: O(elements).
public struct AdamStep: Primitive {
  /// Whether the weight decay acts on the parameter itself.
  public let decouplesWeightDecay: Bool

  /// The primitive with these attributes.
  public init(decouplesWeightDecay: Bool) { self.decouplesWeightDecay = decouplesWeightDecay }

  public func run(_ operands: [Operand], scalars: [ScalarValue], in context: ParallelContext)
    throws(KernelFailure)
  {
    let starts = operands.map(\.start)
    var work = tandem_adam()
    work.type = Int32(operands[0].dtype.rawValue)
    work.decoupled = decouplesWeightDecay ? 1 : 0
    (work.newParameter, work.newFirst, work.newSecond) = (starts[0], starts[1], starts[2])
    (work.parameter, work.gradient) = (.init(starts[3]), .init(starts[4]))
    (work.first, work.second) = (.init(starts[5]), .init(starts[6]))
    work.coefficients = .init(starts[7])
    withUnsafePointer(to: work) { work in
      forEachChunk(of: operands[0].shape.elementCount, size: 1 << 15, in: context) { _, range in
        tandem_adam_step(work, Int64(range.lowerBound), Int64(range.upperBound))
      }
    }
  }
}
