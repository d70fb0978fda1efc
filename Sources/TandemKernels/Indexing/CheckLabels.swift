import TandemShapes
import TandemThreads

/// Makes sure that every label names a class; writes nothing.
///
/// | operand | shape | dtype |
/// | ------- | ----- | ----- |
/// | labels  | any   | `int64` or `int32` |
///
/// - Throws: `label 12 at [3] is not one of 10 classes` for the first one that does not.
/// - Complexity: O(labels).
public struct CheckLabels: FalliblePrimitive {
  /// How many classes there are; labels start at zero.
  public let classes: Int

  public init(classes: Int) { self.classes = classes }

  public func run(_ operands: [Operand], scalars: [ScalarValue], in context: ParallelContext)
    throws(KernelFailure)
  {
    let labels = operands[0]
    let bad =
      labels.dtype == .int32
      ? firstBad(labels, as: Int32.self) : firstBad(labels, as: Int64.self)
    if let bad {
      throw KernelFailure("label \(bad.label) at \(bad.place) is not one of \(classes) classes")
    }
  }

  private func firstBad<Label: FixedWidthInteger>(
    _ labels: Operand, as type: Label.Type
  ) -> (label: Int, place: [Int])? {
    let start = labels.start.assumingMemoryBound(to: Label.self)
    if labels.layout.isRowMajor {
      // The common case, without the coordinates.
      let end = Label(clamping: classes)
      let all = UnsafeBufferPointer(start: start, count: labels.shape.elementCount)
      if all.allSatisfy({ $0 >= 0 && $0 < end }) { return nil }
    }
    var place = [Int](repeating: 0, count: labels.layout.rank)
    for _ in 0..<labels.shape.elementCount {
      let offset = place.indices.reduce(0) { $0 + place[$1] * labels.layout.stride($1) }
      let label = Int(start[offset])
      if label < 0 || label >= classes { return (label, place) }
      for axis in place.indices.reversed() {
        place[axis] += 1
        if place[axis] < labels.shape[axis] { break }
        place[axis] = 0
      }
    }
    return nil
  }
}
