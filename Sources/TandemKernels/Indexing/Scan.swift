import CTandem
import TandemShapes
import TandemThreads

/// Running sums, products, largest or smallest elements along one axis.
///
/// | operand | shape | dtype                          |
/// | ------- | ----- | ------------------------------ |
/// | out     | any   | x's                            |
/// | x       | same  | bool, integers, floating point |
///
/// Sums and products of float32 run in double, those of the 16-bit floats in float, and each result
/// is rounded once; integers wrap around; for bool a sum is *or*, a product *and*. A NaN stays from
/// where it is met. `out` may be x itself.
///
/// - Complexity: O(elements). Lines run side by side. Where there are few and long ones, they are
///   cut into blocks that the shape gives: what each block comes to is found side by side, then
///   what lies before each block, and then blocks are scanned from there (Blelloch, *Prefix Sums
///   and Their Applications*, 1990).
public struct Scan: Primitive {
  /// What is kept along the axis.
  public enum Kind: UInt8, Hashable, Sendable {
    case sum, product, max, min
  }

  /// What is kept along the axis.
  public let kind: Kind
  /// The axis.
  public let axis: Int
  /// Whether the scan starts at the end of the axis.
  public let reversed: Bool

  /// The primitive with these attributes.
  public init(_ kind: Kind, axis: Int, reversed: Bool = false) {
    (self.kind, self.axis, self.reversed) = (kind, axis, reversed)
  }

  /// Computes the outputs; see the table of operands.
  public func run(_ operands: [Operand], scalars: [ScalarValue], in context: ParallelContext)
    throws(KernelFailure)
  {
    guard operands[1].shape.elementCount > 0 else { return }
    let lines = ScanLines(self, out: operands[0], operands[1])
    lines.isInBlocks ? lines.runInBlocks(in: context) : lines.runWhole(in: context)
  }
}
