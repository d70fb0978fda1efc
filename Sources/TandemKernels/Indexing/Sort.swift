import CTandem
import TandemShapes
import TandemThreads

/// Sorts along one axis, stably: equal elements keep their order, NaN comes last in both
/// directions, and `-0.0` equals `0.0`.
///
/// | operand | shape | dtype                             |
/// | ------- | ----- | --------------------------------- |
/// | out     | any   | x's                               |
/// | x       | same  | bool, integers, floating point    |
///
/// - Complexity: O(n) per line and per 11 bits in which its elements differ.
public struct Sort: Primitive {
  /// The axis along which elements are put in order.
  public let axis: Int
  /// Whether the largest comes first.
  public let descending: Bool

  /// The primitive with these attributes.
  public init(axis: Int, descending: Bool = false) {
    (self.axis, self.descending) = (axis, descending)
  }

  /// Computes the outputs; see the table of operands.
  public func run(_ operands: [Operand], scalars: [ScalarValue], in context: ParallelContext)
    throws(KernelFailure)
  {
    SortLines(x: operands[1], axis: axis, descending: descending).run(
      values: operands[0], indices: nil, in: context)
  }
}

/// The indices that sort along one axis; order and dtypes as in ``Sort``.
///
/// Operands are out (`int64` or `int32`, x's shape) and x.
public struct ArgSort: Primitive {
  /// The axis along which elements are put in order.
  public let axis: Int
  /// Whether the largest comes first.
  public let descending: Bool

  /// The primitive with these attributes.
  public init(axis: Int, descending: Bool = false) {
    (self.axis, self.descending) = (axis, descending)
  }

  /// Computes the outputs; see the table of operands.
  public func run(_ operands: [Operand], scalars: [ScalarValue], in context: ParallelContext)
    throws(KernelFailure)
  {
    SortLines(x: operands[1], axis: axis, descending: descending).run(
      values: nil, indices: operands[0], in: context)
  }
}

/// The k largest (or smallest) elements along one axis, in order, and where they are.
///
/// | operand | shape                  | dtype                          |
/// | ------- | ---------------------- | ------------------------------ |
/// | values  | x's with k at the axis | x's                            |
/// | indices | same as values         | `int64` or `int32`             |
/// | x       | any                    | bool, integers, floating point |
///
/// k is the length of the outputs' axis, at most x's. Of equal elements the first come first; NaN
/// is chosen last in both directions.
///
/// - Complexity: O(n) per line, and sorting of k elements and those in the bucket of the last one.
public struct TopK: Primitive {
  /// The axis along which elements are chosen.
  public let axis: Int
  /// Whether the largest are chosen.
  public let largest: Bool

  /// The primitive with these attributes.
  public init(axis: Int, largest: Bool = true) { (self.axis, self.largest) = (axis, largest) }

  /// Computes the outputs; see the table of operands.
  public func run(_ operands: [Operand], scalars: [ScalarValue], in context: ParallelContext)
    throws(KernelFailure)
  {
    SortLines(x: operands[2], axis: axis, descending: largest).run(
      values: operands[0], indices: operands[1], in: context)
  }
}

/// Where values would go into a sorted array: NumPy's `searchsorted`.
///
/// | operand | shape  | dtype                          |
/// | ------- | ------ | ------------------------------ |
/// | out     | any    | `int64` or `int32`             |
/// | sorted  | `[n]`  | bool, integers, floating point |
/// | values  | out's  | same as sorted                 |
///
/// NaN counts as larger than all numbers.
///
/// - Complexity: O(n + values · log n).
public struct SearchSorted: Primitive {
  /// Whether a value goes after the elements that equal it.
  public let right: Bool

  /// The primitive with these attributes.
  public init(right: Bool = false) { self.right = right }

  /// Computes the outputs; see the table of operands.
  public func run(_ operands: [Operand], scalars: [ScalarValue], in context: ParallelContext)
    throws(KernelFailure)
  {
    let (out, sorted, values) = (operands[0], operands[1], operands[2])
    let count = sorted.shape[0]
    let dtype = Int64(sorted.dtype.rawValue)
    let (outView, valuesView) = (out.view, values.view)
    var line = tandem_sort_line(
      data: sorted.start.assumingMemoryBound(to: CChar.self), stride: sorted.byteStride(0),
      count: Int64(count), dtype: dtype, descending: false)
    withScratch(UInt64.self, count: count) { keys in
      tandem_sort_keys(&line, 0, Int64(count), keys)
      forEachChunk(of: values.shape.elementCount, size: 1 << 13, in: context) { _, range in
        var (outView, valuesView) = (outView, valuesView)
        tandem_search_run(
          keys, Int64(count), right, &valuesView, dtype, &outView, out.isWide,
          Int64(range.lowerBound), Int64(range.upperBound))
      }
    }
  }
}
