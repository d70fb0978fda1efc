import CTandem
import TandemShapes
import TandemThreads

/// Writes a list of updates to the places of an array that integer arrays pick: the adjoint of
/// ``Gather``.
///
/// | operand    | shape                                     |
/// | ---------- | ----------------------------------------- |
/// | out        | x's                                       |
/// | x          | any                                       |
/// | updates    | `form.listShape(of: x, indices: indices)` |
/// | indices... | one array or more, as the form says       |
///
/// `out` starts as a copy of x; it may be x itself (same place, same layout), never overlap it
/// otherwise. Where indices repeat, updates are applied in row-major order of the indices: the last
/// one wins a `set`, and an `add` rounds to the dtype after each (sums of 16-bit floats want a
/// float32 array). The result does not depend on
/// threads, because all updates of one element are applied by one chunk.
///
/// - Throws: `index 12 is out of range for axis 0 of length 10`, before anything is written.
/// - Complexity: O(elements of x + elements of updates), plus O(indices) words of scratch space.
public struct Scatter: FalliblePrimitive {
  /// What an update does to the element that it meets.
  public enum Mode: UInt8, Hashable, Sendable, CaseIterable {
    /// Replaces it; any dtype.
    case set
    /// Adds to it; any dtype (`bool`: or; integers wrap around).
    case add
    /// Keeps the smaller of both; NaN wins. Not for complex dtypes.
    case min
    /// Keeps the larger of both; NaN wins. Not for complex dtypes.
    case max
  }

  /// How the indices pick.
  public let form: IndexForm
  /// What an update does.
  public let mode: Mode

  /// The primitive with these attributes.
  public init(_ form: IndexForm, _ mode: Mode) { (self.form, self.mode) = (form, mode) }

  /// Computes the outputs; see the table of operands.
  public func run(_ operands: [Operand], scalars: [ScalarValue], in context: ParallelContext)
    throws(KernelFailure)
  {
    let (out, x, updates) = (operands[0], operands[1], operands[2])
    let index = operands[3]
    let first = form.firstListAxis
    try withScratch(Int64.self, count: index.shape.elementCount) { table throws(KernelFailure) in
      try form.fill(table, x: out, indices: operands[3...], in: context)
      if out.start != x.start || out.layout != x.layout { Copy.copy(x, to: out, in: context) }
      guard updates.shape.elementCount > 0 else { return }
      updates.withOffsets(of: first..<first + index.layout.rank, in: context) { listTable in
        var plan = form.plan(
          x: out, list: updates, indices: index, table: table, listTable: listTable,
          writesList: false)
        plan.mode = Int64(mode.rawValue)
        Scatter.run(plan, in: context)
      }
    }
  }

  /// Cuts the work so that no two chunks write one element: by the axes before the picked ones, or,
  /// if there are few, by a hash of where an update goes.
  private static func run(_ plan: tandem_move_plan, in context: ParallelContext) {
    let (before, count) = (Int(plan.before_count), Int(plan.count))
    let work = before * count * Int(plan.after_count)
    withUnsafePointer(to: plan) { plan in
      if before >= 8 {
        let size = max(1, (1 << 15) * before / work)
        forEachChunk(of: before, size: size, in: context) { _, range in
          let (begin, end) = (range.lowerBound * count, range.upperBound * count)
          tandem_move_run(plan, Int64(begin), Int64(end), 0, 1)
        }
      } else {
        // Each part looks at every index, which pays only where an update is more than that.
        let parts = plan.pointee.after_count >= 16 && work >= 1 << 16 ? 8 : 1
        forEachChunk(of: parts, size: 1, in: context) { part, _ in
          tandem_move_run(plan, 0, Int64(before * count), Int64(part), Int64(parts))
        }
      }
    }
  }
}

extension Scatter.Mode: Codable {
  /// A mode by its name.
  ///
  /// - Throws: `DecodingError` if there is none of this name.
  public init(from decoder: any Decoder) throws {
    let container = try decoder.singleValueContainer()
    let name = try container.decode(String.self)
    guard let mode = Self.allCases.first(where: { "\($0)" == name }) else {
      throw DecodingError.dataCorruptedError(
        in: container, debugDescription: "unknown mode \"\(name)\"")
    }
    self = mode
  }

  public func encode(to encoder: any Encoder) throws {
    var container = encoder.singleValueContainer()
    try container.encode("\(self)")
  }
}
