import CTandem
import TandemShapes
import TandemThreads

/// The softmax family along one axis, row by row: a row comes from memory once.
///
/// | kind | operands | result of each row |
/// | --- | --- | --- |
/// | `probabilities` | out, x | `exp(x - max) * (1 / sum(exp(x - max)))` |
/// | `logarithms` | out, x | `x - max - log(sum(exp(x - max)))` |
/// | `sums` | max, sum, x | `max(x)` and `sum(exp(x - max))` |
/// | `probabilitiesGradient` | out, y, dy | `y (dy - sum(dy y))` |
/// | `logarithmsGradient` | out, y, dy | `dy - exp(y) sum(dy)` |
///
/// Operands have x's shape and dtype, a floating one; `max` and `sum` have length one along the
/// axis and are at least float32, in which 16-bit floats are computed. The bits are those of the
/// loop programs that the formulas stand for.
///
/// - Complexity: O(elements), one pass over memory. One row is never cut: see
///   ``applies(to:along:)``.
public struct SoftmaxRows: Primitive {
  /// What is computed of each row.
  public enum Kind: Int32, Hashable, Sendable {
    case probabilities, logarithms, sums, probabilitiesGradient, logarithmsGradient
  }

  /// What is computed of each row.
  public let kind: Kind
  /// The axis along which rows lie.
  public let axis: Int

  /// The primitive with these attributes.
  public init(_ kind: Kind, axis: Int) { (self.kind, self.axis) = (kind, axis) }

  /// Whether rows of all layouts lie one element after another along the axis, and are not so long
  /// and few that they had better be cut.
  public static func applies(to layouts: [Layout], along axis: Int) -> Bool {
    guard let shape = layouts.first?.shape, shape.elementCount > 0 else { return false }
    let length = shape[axis]
    return layouts.allSatisfy { $0.stride(axis) == 1 }
      && (length <= 1 << 16 || shape.elementCount / length >= 16)
  }

  /// Computes the outputs; see the table of operands.
  public func run(_ operands: [Operand], scalars: [ScalarValue], in context: ParallelContext)
    throws(KernelFailure)
  {
    run(operands, level: .current, in: context)
  }

  /// `run` with the functions of one instruction set.
  package func run(_ operands: [Operand], level: LoopKernel.Level, in context: ParallelContext) {
    let x = operands[kind == .sums ? 2 : 1]
    let length = x.shape[axis]
    let streams = kind != .sums && operands[0].streams(along: axis)
    let starts = operands.map { LineStarts($0, axis: axis) }
    forEachChunk(
      of: x.shape.elementCount / length, size: max(1, (1 << 15) / length), in: context
    ) { _, range in
      withScratch(UnsafeMutablePointer<CChar>?.self, count: operands.count * range.count) { rows in
        for (index, lines) in starts.enumerated() {
          for line in range { rows[index * range.count + line - range.lowerBound] = lines[line] }
        }
        func part(_ index: Int) -> UnsafeMutablePointer<UnsafeMutablePointer<CChar>?> {
          rows + index * range.count
        }
        let isGradient = kind == .probabilitiesGradient || kind == .logarithmsGradient
        tandem_softmax_rows(
          level.rawValue, kind.rawValue, Int32(x.dtype.rawValue), streams, Int64(range.count),
          Int64(length), part(0), kind == .sums ? part(1) : nil, part(kind == .sums ? 2 : 1),
          isGradient ? part(2) : nil)
      }
    }
  }
}
