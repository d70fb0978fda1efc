import CTandem
import TandemShapes
import TandemThreads

/// Sorting of all lines of an array along one axis: many short lines side by side, or one long line
/// in blocks that are then merged. A stable sort has one result, however it is cut.
struct SortLines {
  let x: Operand
  let axis: Int
  let descending: Bool

  private var length: Int { x.shape[axis] }
  private var dtype: Int64 { Int64(x.dtype.rawValue) }
  private static let block = 1 << 17

  /// Writes the values, the indices or both. An output may be shorter than x along the axis: then
  /// only the first elements of the order are found.
  func run(values: Operand?, indices: Operand?, in context: ParallelContext) {
    let output = values ?? indices
    let kept = output?.shape[axis] ?? 0
    let lines = x.shape.removing(axis: axis).elementCount
    guard kept > 0, lines > 0 else { return }
    let starts = LineStarts(x, axis: axis)
    let valueStarts = values.map { LineStarts($0, axis: axis) }
    let indexStarts = indices.map { LineStarts($0, axis: axis) }
    func write(_ line: Int, _ items: UnsafePointer<tandem_sort_item>) {
      if let values, let valueStarts {
        tandem_sort_write_values(
          items, Int64(kept), starts[line], x.byteStride(axis), valueStarts[line],
          values.byteStride(axis), Int64(x.dtype.byteCount))
      }
      if let indices, let indexStarts {
        tandem_sort_write_indices(
          items, Int64(kept), indexStarts[line], indices.byteStride(axis), indices.isWide)
      }
    }
    let selects = kept < length / 8
    if length > 2 * SortLines.block && lines < 8 && !selects {
      for line in 0..<lines { sortLong(starts[line], in: context) { write(line, $0) } }
      return
    }
    let size = max(1, (1 << 14) / length)
    forEachChunk(of: lines, size: size, in: context) { _, range in
      withScratch(tandem_sort_item.self, count: 2 * length + kept) { items in
        for line in range {
          if selects {
            tandem_sort_select(
              starts[line], x.byteStride(axis), dtype, descending, Int64(length), items,
              items + kept, Int64(kept))
          } else {
            sort(starts[line], 0..<length, items, items + length)
          }
          write(line, items)
        }
      }
    }
  }

  private func sort(
    _ line: UnsafePointer<CChar>, _ range: Range<Int>,
    _ items: UnsafeMutablePointer<tandem_sort_item>, _ spare: UnsafeMutablePointer<tandem_sort_item>
  ) {
    tandem_sort_keys(
      line, x.byteStride(axis), dtype, descending, Int64(range.lowerBound),
      Int64(range.upperBound), items)
    tandem_sort_items(
      items + range.lowerBound, spare + range.lowerBound, Int64(range.count))
  }

  /// Sorts one line in blocks, then merges neighbours until one is left.
  private func sortLong(
    _ line: UnsafePointer<CChar>, in context: ParallelContext,
    _ body: (UnsafePointer<tandem_sort_item>) -> Void
  ) {
    withScratch(tandem_sort_item.self, count: 2 * length) { memory in
      var (from, to) = (memory, memory + length)
      let (first, second) = (from, to)
      forEachChunk(of: length, size: SortLines.block, in: context) { _, range in
        sort(line, range, first, second)
      }
      var width = SortLines.block
      while width < length {
        let (source, target) = (from, to)
        forEachChunk(of: length, size: 2 * width, in: context) { _, range in
          let middle = min(range.lowerBound + width, range.upperBound)
          tandem_sort_merge(
            source, target, Int64(range.lowerBound), Int64(middle), Int64(range.upperBound))
        }
        (from, to) = (to, from)
        width *= 2
      }
      body(from)
    }
  }
}

/// Where each line along an axis starts; lines are numbered in row-major order of the other axes.
struct LineStarts {
  private let first: UnsafeMutablePointer<CChar>
  private var lengths: [Int] = []
  private var strides: [Int] = []

  init(_ operand: Operand, axis: Int) {
    first = operand.start.assumingMemoryBound(to: CChar.self)
    for other in 0..<operand.layout.rank where other != axis {
      lengths.append(operand.shape[other])
      strides.append(Int(operand.byteStride(other)))
    }
  }

  subscript(line: Int) -> UnsafeMutablePointer<CChar> {
    var (rest, offset) = (line, 0)
    for axis in lengths.indices.reversed() {
      offset += rest % lengths[axis] * strides[axis]
      rest /= lengths[axis]
    }
    return first + offset
  }
}
