import CTandem
import TandemShapes
import TandemThreads

/// Copies elements from one layout to another.
///
/// | operand | shape | layout                           |
/// | ------- | ----- | -------------------------------- |
/// | out     | any   | any that stores each element once |
/// | in      | same  | any                              |
///
/// Both have the same dtype. Compact runs go by `memcpy`, transposes by tiles.
///
/// - Complexity: O(elements); chunks of 256 KiB run side by side.
public struct Copy: Primitive {
  /// The primitive; it has no attributes.
  public init() {}

  /// Computes the outputs; see the table of operands.
  public func run(_ operands: [Operand], scalars: [ScalarValue], in context: ParallelContext)
    throws(KernelFailure)
  {
    Copy.copy(operands[1], to: operands[0], in: context)
  }

  /// Copies `source` to `target`, which has the same shape and dtype.
  public static func copy(_ source: Operand, to target: Operand, in context: ParallelContext) {
    var plan = tandem_copy_make(target.view, source.view, Int64(target.dtype.byteCount))
    if plan.chunks == 1 { return tandem_copy_run(&plan, 0) }
    withUnsafePointer(to: plan) { plan in
      context.parallelFor(Int(plan.pointee.chunks)) { tandem_copy_run(plan, Int64($0)) }
    }
  }
}
