import CTandem
import TandemShapes
import TandemThreads

/// How integer arrays pick elements of an array.
///
/// Indices are `int64` or `int32`; negative ones count from the end of their axis. Below, `x` is
/// the array that is indexed, and the *list* is the array of what is picked.
public enum IndexForm: Hashable, Sendable, Codable {
  /// One array of any rank picks along one axis: the list has x's shape with that axis replaced by
  /// the shape of the indices.
  case rows(axis: Int)
  /// `count` arrays of one shape pick along the first `count` axes, NumPy's `x[i, j]`: the list has
  /// the shape of the indices, then x's other axes.
  case leading(count: Int)
  /// One array as large as the list, with x's rank, picks along one axis, NumPy's
  /// `take_along_axis`: the list's element at `[…, j, …]` is x's at `[…, indices[…, j, …], …]`.
  /// Axes other than that one have x's lengths.
  case along(axis: Int)

  /// How many index arrays there are.
  public var indexCount: Int {
    if case .leading(let count) = self { count } else { 1 }
  }

  /// The shape of the list for an array and indices of these shapes.
  public func listShape(of x: Shape, indices: Shape) -> Shape {
    switch self {
    case .rows(let axis): Shape(x.array[..<axis] + indices.array + x.array[(axis + 1)...])
    case .leading(let count): Shape(indices.array + x.array[count...])
    case .along: indices
    }
  }

  /// Axes of x before and after the ones that are picked from.
  private func split(rank: Int) -> (before: Range<Int>, after: Range<Int>) {
    switch self {
    case .rows(let axis): (0..<axis, axis + 1..<rank)
    case .leading(let count): (0..<0, count..<rank)
    case .along: (0..<0, rank..<rank)
    }
  }

  /// The axes of x that the index arrays pick from.
  private var pickedAxes: Range<Int> {
    switch self {
    case .rows(let axis), .along(let axis): axis..<axis + 1
    case .leading(let count): 0..<count
    }
  }

  /// Writes the byte offset within x of every index position to `table`.
  ///
  /// - Throws: `KernelFailure` for the first index that is out of range.
  func fill(
    _ table: UnsafeMutablePointer<Int64>, x: Operand, indices: ArraySlice<Operand>,
    in context: ParallelContext
  ) throws(KernelFailure) {
    let count = indices[indices.startIndex].shape.elementCount
    var adds = false
    if case .along(let axis) = self {
      var view = tandem_view_scalar(nil)
      for other in 0..<x.layout.rank {
        let length = indices[indices.startIndex].shape[other]
        tandem_view_append(&view, Int64(length), other == axis ? 0 : x.byteStride(other))
      }
      let others = view
      forEachChunk(of: count, size: 1 << 16, in: context) { _, range in
        withUnsafePointer(to: others) {
          tandem_layout_offsets(
            $0, Int64(range.lowerBound), Int64(range.upperBound), false, table + range.lowerBound)
        }
      }
      adds = true
    }
    for (axis, index) in zip(pickedAxes, indices) {
      try add(index, along: axis, of: x, to: table, adds: adds, in: context)
      adds = true
    }
  }

  /// Adds the byte offsets of one index array to the table, or writes them.
  private func add(
    _ index: Operand, along axis: Int, of x: Operand, to table: UnsafeMutablePointer<Int64>,
    adds: Bool, in context: ParallelContext
  ) throws(KernelFailure) {
    let count = index.shape.elementCount
    let size = 1 << 16
    let chunks = (count + size - 1) / size
    let view = index.view
    let length = x.shape[axis]
    let bad: Int64? = withScratch(Int64.self, count: 2 * chunks) { found in
      forEachChunk(of: count, size: size, in: context) { chunk, range in
        withUnsafePointer(to: view) {
          found[2 * chunk] = tandem_index_offsets(
            $0, index.isWide, Int64(length), x.byteStride(axis), Int64(range.lowerBound),
            Int64(range.upperBound), adds, table + range.lowerBound, found + 2 * chunk + 1)
        }
      }
      return (0..<chunks).first { found[2 * $0] >= 0 }.map { found[2 * $0 + 1] }
    }
    if let bad {
      throw KernelFailure("index \(bad) is out of range for axis \(axis) of length \(length)")
    }
  }

  /// The plan of a move between x and the list, of which one is the output.
  func plan(
    x: Operand, list: Operand, indices: Operand, table: UnsafePointer<Int64>,
    listTable: UnsafePointer<Int64>?, writesList: Bool
  ) -> tandem_move_plan {
    var plan = tandem_move_plan()
    let (before, after) = split(rank: x.layout.rank)
    let (out, input) = writesList ? (list, x) : (x, list)
    (plan.out, plan.in) = (
      out.start.assumingMemoryBound(to: CChar.self),
      UnsafePointer(input.start.assumingMemoryBound(to: CChar.self))
    )
    func strides(_ axis: Int, _ listAxis: Int) -> (out: Int64, in: Int64) {
      let (a, b) = (x.byteStride(axis), list.byteStride(listAxis))
      return writesList ? (b, a) : (a, b)
    }
    let indexRank = indices.layout.rank
    plan.count = Int64(indices.shape.elementCount)
    plan.before_count = 1
    plan.after_count = 1
    for axis in before {
      let (o, i) = strides(axis, axis)
      tandem_move_before(&plan, Int64(x.shape[axis]), o, i)
      plan.before_count *= Int64(x.shape[axis])
    }
    for (place, axis) in after.enumerated() {
      let (o, i) = strides(axis, before.count + indexRank + place)
      tandem_move_after(&plan, Int64(x.shape[axis]), o, i)
      plan.after_count *= Int64(x.shape[axis])
    }
    let listStride = list.uniformStride(of: before.count..<before.count + indexRank) ?? 0
    (plan.out_offsets, plan.in_offsets) = writesList ? (listTable, table) : (table, listTable)
    (plan.out_stride, plan.in_stride) = writesList ? (listStride, 0) : (0, listStride)
    plan.dtype = Int64(x.dtype.rawValue)
    plan.width = Int64(x.dtype.byteCount)
    return plan
  }
}

extension Operand {
  /// The byte stride at which the elements of some neighbouring axes follow one another in
  /// row-major order; `nil` if there is none.
  func uniformStride(of axes: Range<Int>) -> Int64? {
    var stride: Int64?
    var expected: Int64 = 0
    for axis in axes.reversed() where shape[axis] != 1 {
      if stride == nil {
        stride = byteStride(axis)
      } else if byteStride(axis) != expected {
        return nil
      }
      expected = byteStride(axis) * Int64(shape[axis])
    }
    return stride ?? 0
  }

  /// Calls `body` with a table of byte offsets for some axes, or with `nil` if these have a uniform
  /// stride.
  func withOffsets<Result, Failure: Error>(
    of axes: Range<Int>, in context: ParallelContext,
    _ body: (UnsafePointer<Int64>?) throws(Failure) -> Result
  ) throws(Failure) -> Result {
    if uniformStride(of: axes) != nil { return try body(nil) }
    var view = tandem_view_scalar(nil)
    var count = 1
    for axis in axes {
      tandem_view_append(&view, Int64(shape[axis]), byteStride(axis))
      count *= shape[axis]
    }
    let fixed = view
    return try withScratch(Int64.self, count: count) { table throws(Failure) in
      forEachChunk(of: count, size: 1 << 16, in: context) { _, range in
        withUnsafePointer(to: fixed) {
          tandem_layout_offsets(
            $0, Int64(range.lowerBound), Int64(range.upperBound), false, table + range.lowerBound)
        }
      }
      return try body(UnsafePointer(table))
    }
  }
}
