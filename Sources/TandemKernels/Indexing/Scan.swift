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
/// - Complexity: O(elements). Lines run side by side, one line never in parts.
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
    let (out, x) = (operands[0], operands[1])
    let length = x.shape[axis]
    guard x.shape.elementCount > 0 else { return }
    // Columns are the lines along the innermost of the other axes; they run side by side.
    let columnAxis = axis == x.layout.rank - 1 ? axis - 1 : x.layout.rank - 1
    let columns = columnAxis >= 0 ? x.shape[columnAxis] : 1
    let (xColumn, outColumn) =
      columnAxis >= 0 ? (x.byteStride(columnAxis), out.byteStride(columnAxis)) : (0, 0)
    let strip = 64
    let strips = (columns + strip - 1) / strip
    let (starts, outStarts) = (strided(x), strided(out))
    let sign: Int64 = reversed ? -1 : 1
    let groups = x.shape.elementCount / (length * columns) * strips
    forEachChunk(of: groups, size: max(1, (1 << 15) / (length * min(columns, strip))), in: context)
    {
      _, range in
      for group in range {
        let (line, first) = (group / strips, group % strips * strip)
        let end = reversed ? length - 1 : 0
        tandem_scan_run(
          Int64(kind.rawValue), Int64(x.dtype.rawValue),
          outStarts[line] + first * Int(outColumn) + end * Int(out.byteStride(axis)),
          sign * out.byteStride(axis), outColumn,
          starts[line] + first * Int(xColumn) + end * Int(x.byteStride(axis)),
          sign * x.byteStride(axis), xColumn, Int64(length), Int64(min(strip, columns - first)))
      }
    }
  }

  /// Where the groups of columns start: the axes but this one and the columns' one.
  private func strided(_ operand: Operand) -> LineStarts {
    let columnAxis = axis == operand.layout.rank - 1 ? axis - 1 : operand.layout.rank - 1
    guard columnAxis >= 0 else { return LineStarts(operand, axis: axis) }
    let rest = operand.removing(axis: columnAxis)
    return LineStarts(rest, axis: columnAxis < axis ? axis - 1 : axis)
  }
}
