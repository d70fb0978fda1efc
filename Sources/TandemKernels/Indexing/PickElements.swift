import CTandem
import TandemShapes
import TandemThreads

/// The case of a gather in which one array of indices picks single elements along one axis: indices
/// are checked, then elements move, with no table in between.
struct PickElements {
  private let plan: tandem_pick_plan
  private let count: Int
  private let axis: Int
  private static let chunk = 1 << 16

  /// `nil` unless the operands are of this kind and lie evenly in memory.
  init?(_ form: IndexForm, out: Operand, x: Operand, index: Operand) {
    switch form {
    case .rows(let axis) where x.layout.rank == 1: self.axis = axis
    case .along(let axis) where x.layout.rank == 1: self.axis = axis
    case .leading(1) where x.layout.rank == 1: axis = 0
    default: return nil
    }
    guard let outStride = out.uniformStride(of: 0..<out.layout.rank),
      let indexStride = index.uniformStride(of: 0..<index.layout.rank)
    else { return nil }
    count = index.shape.elementCount
    plan = tandem_pick_plan(
      out: out.start.assumingMemoryBound(to: CChar.self),
      table: UnsafePointer(x.start.assumingMemoryBound(to: CChar.self)),
      index: UnsafePointer(index.start.assumingMemoryBound(to: CChar.self)),
      out_stride: outStride, table_stride: x.byteStride(axis), index_stride: indexStride,
      length: Int64(x.shape[axis]), width: Int64(x.dtype.byteCount), wide: index.isWide)
  }

  /// - Throws: `KernelFailure` for the first index that is out of range; nothing is written then.
  func run(in context: ParallelContext) throws(KernelFailure) {
    let chunks = (count + PickElements.chunk - 1) / PickElements.chunk
    let bad: Int64? = withScratch(Int64.self, count: 2 * chunks) { found in
      forEachChunk(of: count, size: PickElements.chunk, in: context) { chunk, range in
        found[2 * chunk] = tandem_index_check(
          plan.index, plan.index_stride, plan.wide, plan.length, Int64(range.lowerBound),
          Int64(range.upperBound), found + 2 * chunk + 1)
      }
      return (0..<chunks).first { found[2 * $0] >= 0 }.map { found[2 * $0 + 1] }
    }
    if let bad {
      throw KernelFailure(
        "index \(bad) is out of range for axis \(axis) of length \(plan.length)")
    }
    forEachChunk(of: count, size: PickElements.chunk, in: context) { _, range in
      var plan = plan
      tandem_pick_run(&plan, Int64(range.lowerBound), Int64(range.upperBound))
    }
  }
}
