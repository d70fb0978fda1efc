import CTandem
import TandemShapes
import TandemThreads

/// Sorting of all lines of an array along one axis: many lines side by side, or one long line whose
/// buckets of keys run side by side. A stable sort has one result, however it is cut.
struct SortLines {
  let x: Operand
  let axis: Int
  let descending: Bool

  private var length: Int { x.shape[axis] }
  /// Elements of a long line that are counted and moved at once.
  private static let chunk = 1 << 17
  /// Buckets of a long line that are sorted at once.
  private static let bucketsAtOnce = 8

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
    func line(_ number: Int) -> tandem_sort_line {
      tandem_sort_line(
        data: starts[number], stride: x.byteStride(axis), count: Int64(length),
        dtype: Int64(x.dtype.rawValue), descending: descending)
    }
    func target(_ number: Int) -> tandem_sort_output {
      tandem_sort_output(
        values: valueStarts?[number], value_stride: values?.byteStride(axis) ?? 0,
        indices: indexStarts?[number], index_stride: indices?.byteStride(axis) ?? 0,
        wide: indices?.isWide ?? false)
    }
    if length > SortLines.chunk && lines < 8 {
      for number in 0..<lines {
        LongLine(line: line(number), output: target(number), kept: kept).run(in: context)
      }
      return
    }
    let bytes = Int(tandem_sort_memory(Int64(length)))
    forEachChunk(of: lines, size: max(1, (1 << 14) / length), in: context) { _, range in
      withScratch(UInt64.self, count: bytes / 8) { memory in
        for number in range {
          var (line, output) = (line(number), target(number))
          tandem_sort_run(&line, Int64(kept), &output, memory)
        }
      }
    }
  }

  /// One line that many threads sort: its keys are counted, moved into buckets, and the buckets
  /// sorted and written.
  private struct LongLine {
    let line: tandem_sort_line
    let output: tandem_sort_output
    let kept: Int

    private var count: Int { Int(line.count) }

    func run(in context: ParallelContext) {
      var line = line
      let plan = tandem_sort_make(&line, range(in: context), output.indices != nil)
      let chunks = (count + SortLines.chunk - 1) / SortLines.chunk
      let buckets = Int(plan.buckets)
      withScratch(Int64.self, count: chunks * buckets) { places in
        forEachChunk(of: count, size: SortLines.chunk, in: context) { chunk, range in
          var plan = plan
          tandem_sort_count(
            &plan, Int64(range.lowerBound), Int64(range.upperBound), places + chunk * buckets)
        }
        let starts = starts(places, chunks: chunks, buckets: buckets)
        let moved = starts[starts.count - 1]
        withScratch(UInt8.self, count: moved * Int(plan.bytes)) { items in
          forEachChunk(of: count, size: SortLines.chunk, in: context) { chunk, range in
            var plan = plan
            tandem_sort_scatter(
              &plan, Int64(range.lowerBound), Int64(range.upperBound), Int64(starts.count - 1),
              places + chunk * buckets, items)
          }
          sort(items, starts, plan, in: context)
        }
      }
    }

    /// The smallest and the largest key.
    private func range(in context: ParallelContext) -> tandem_sort_range {
      let chunks = (count + SortLines.chunk - 1) / SortLines.chunk
      return withScratch(tandem_sort_range.self, count: chunks) { ranges in
        forEachChunk(of: count, size: SortLines.chunk, in: context) { chunk, range in
          var line = line
          ranges[chunk] = tandem_sort_scan(
            &line, Int64(range.lowerBound), Int64(range.upperBound))
        }
        return (1..<chunks).reduce(ranges[0]) { all, chunk in
          let here = ranges[chunk]
          return tandem_sort_range(
            least: min(all.least, here.least), most: max(all.most, here.most),
            is_plain: all.is_plain && here.is_plain)
        }
      }
    }

    /// Turns counts into the places where the chunks put their elements. Returns where each bucket
    /// starts, up to the one with which there are enough elements, and where that one ends.
    private func starts(
      _ places: UnsafeMutablePointer<Int64>, chunks: Int, buckets: Int
    ) -> [Int] {
      var starts = [0]
      var total: Int64 = 0
      for bucket in 0..<buckets where total < kept {
        for chunk in 0..<chunks {
          let here = places[chunk * buckets + bucket]
          places[chunk * buckets + bucket] = total
          total += here
        }
        starts.append(Int(total))
      }
      return starts
    }

    private func sort(
      _ items: UnsafeMutablePointer<UInt8>, _ starts: [Int], _ plan: tandem_sort_plan,
      in context: ParallelContext
    ) {
      let bytes = Int(plan.bytes)
      forEachChunk(of: starts.count - 1, size: SortLines.bucketsAtOnce, in: context) { _, range in
        let longest = range.reduce(0) { max($0, starts[$1 + 1] - starts[$1]) }
        withScratch(UInt64.self, count: longest * bytes / 8 + 1) { spare in
          for bucket in range {
            let (first, end) = (starts[bucket], starts[bucket + 1])
            var (plan, output) = (plan, output)
            tandem_sort_items(&plan, items + first * bytes, spare, Int64(end - first))
            tandem_sort_store(
              &plan, items + first * bytes, Int64(min(end, kept) - first), Int64(first), &output)
          }
        }
      }
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
