import CTandem
import TandemShapes
import TandemThreads

/// Picks elements of an array by integer arrays.
///
/// | operand    | shape                                     |
/// | ---------- | ----------------------------------------- |
/// | out        | `form.listShape(of: x, indices: indices)` |
/// | x          | any                                       |
/// | indices... | one array or more, as the form says       |
///
/// Any layouts; `out` has x's dtype, any dtype. Index arrays of one form have one shape (a
/// broadcast one has strides of zero).
///
/// - Throws: `index 12 is out of range for axis 0 of length 10`, before anything is written.
/// - Complexity: O(elements of out), plus O(indices) words of scratch space.
public struct Gather: FalliblePrimitive {
  /// How the indices pick.
  public let form: IndexForm

  /// The primitive with these attributes.
  public init(_ form: IndexForm) { self.form = form }

  /// Computes the outputs; see the table of operands.
  public func run(_ operands: [Operand], scalars: [ScalarValue], in context: ParallelContext)
    throws(KernelFailure)
  {
    let (out, x, indices) = (operands[0], operands[1], operands[2...])
    if let pick = PickElements(form, out: out, x: x, index: operands[2]) {
      return try pick.run(in: context)
    }
    let count = operands[2].shape.elementCount
    let indexRank = operands[2].layout.rank
    let first = form.firstListAxis
    try withScratch(Int64.self, count: count) { table throws(KernelFailure) in
      try form.fill(table, x: x, indices: indices, in: context)
      guard out.shape.elementCount > 0 else { return }
      out.withOffsets(of: first..<first + indexRank, in: context) { listTable in
        let plan = form.plan(
          x: x, list: out, indices: operands[2], table: table, listTable: listTable,
          writesList: true)
        let pairs = Int(plan.before_count) * count
        let size = max(1, (1 << 17) / Int(plan.after_count * plan.width))
        withUnsafePointer(to: plan) { plan in
          forEachChunk(of: pairs, size: size, in: context) { _, range in
            tandem_move_run(plan, Int64(range.lowerBound), Int64(range.upperBound), 0, 1)
          }
        }
      }
    }
  }
}

/// Takes rows along one axis: `Gather(.rows(axis: axis))` under the name that users know.
///
/// Operands are out, x and the indices, of any rank; see ``Gather``.
public struct GatherRows: FalliblePrimitive {
  /// The axis of x that the indices number.
  public let axis: Int

  /// The primitive with these attributes.
  public init(axis: Int) { self.axis = axis }

  /// Computes the outputs; see the table of operands.
  public func run(_ operands: [Operand], scalars: [ScalarValue], in context: ParallelContext)
    throws(KernelFailure)
  {
    try Gather(.rows(axis: axis)).run(operands, scalars: scalars, in: context)
  }
}

/// Picks one element of x for each element of out along one axis; see ``IndexForm/along(axis:)``.
///
/// Operands are out, x and the indices, which have out's shape and x's rank.
public struct TakeAlongAxis: FalliblePrimitive {
  /// The axis of x that the indices number.
  public let axis: Int

  /// The primitive with these attributes.
  public init(axis: Int) { self.axis = axis }

  /// Computes the outputs; see the table of operands.
  public func run(_ operands: [Operand], scalars: [ScalarValue], in context: ParallelContext)
    throws(KernelFailure)
  {
    try Gather(.along(axis: axis)).run(operands, scalars: scalars, in: context)
  }
}

extension IndexForm {
  /// The first axis of the list that comes from the indices.
  var firstListAxis: Int {
    if case .rows(let axis) = self { axis } else { 0 }
  }
}
