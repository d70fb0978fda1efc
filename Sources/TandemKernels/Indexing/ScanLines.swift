import CTandem
import TandemShapes
import TandemThreads

/// One call of a scan: its lines in groups that run side by side, each whole or in blocks.
///
/// A group is up to 64 neighbours along the innermost of the other axes.
struct ScanLines {
  private let kind: Scan.Kind
  private let dtype: DType
  private let out: Side
  private let x: Side
  /// Elements of a line.
  private let length: Int
  /// Lines along the innermost of the other axes, and the groups into which they are cut.
  private let columns: Int
  private let strips: Int
  private let groups: Int

  private static let strip = 64
  /// Elements of a piece of work.
  private static let pieceSize = 1 << 15
  /// Up to so many groups are cut into blocks.
  private static let fewGroups = 8

  init(_ scan: Scan, out: Operand, _ x: Operand) {
    (kind, dtype, length) = (scan.kind, x.dtype, x.shape[scan.axis])
    let last = x.layout.rank - 1
    let columnAxis = scan.axis == last ? last - 1 : last
    columns = columnAxis >= 0 ? x.shape[columnAxis] : 1
    strips = (columns + ScanLines.strip - 1) / ScanLines.strip
    groups = x.shape.elementCount / (length * columns) * strips
    self.out = Side(out, scan, columnAxis: columnAxis)
    self.x = Side(x, scan, columnAxis: columnAxis)
  }

  /// Positions in a block.
  private var blockLength: Int { ScanLines.pieceSize / min(columns, ScanLines.strip) }

  var isInBlocks: Bool { groups <= ScanLines.fewGroups && length >= 4 * blockLength }

  func runWhole(in context: ParallelContext) {
    let size = max(1, ScanLines.pieceSize / (length * min(columns, ScanLines.strip)))
    forEachChunk(of: groups, size: size, in: context) { _, range in
      withUnsafeTemporaryAllocation(of: Double.self, capacity: ScanLines.strip) { running in
        for group in range {
          scan(0..<length, of: group, from: running.baseAddress!, startsHere: true, writes: true)
        }
      }
    }
  }

  func runInBlocks(in context: ParallelContext) {
    let blocks = (length + blockLength - 1) / blockLength
    let width = min(columns, ScanLines.strip) * dtype.ofRunningValues.byteCount
    withScratch(UInt8.self, count: groups * blocks * width) { values in
      // Row b + 1 of a group's values is what its block b comes to, then what lies before block b.
      func value(_ group: Int, _ block: Int) -> UnsafeMutableRawPointer {
        UnsafeMutableRawPointer(values + (group * blocks + block) * width)
      }
      func positions(_ block: Int) -> Range<Int> {
        block * blockLength..<min(length, (block + 1) * blockLength)
      }
      context.parallelFor(groups * (blocks - 1)) { piece in
        let (group, block) = (piece / (blocks - 1), piece % (blocks - 1))
        scan(
          positions(block), of: group, from: value(group, block + 1), startsHere: true,
          writes: false)
      }
      for group in 0..<groups { accumulate(value(group, 1), rows: blocks - 1, width: width) }
      context.parallelFor(groups * blocks) { piece in
        let (group, block) = (piece / blocks, piece % blocks)
        scan(
          positions(block), of: group, from: value(group, block), startsHere: block == 0,
          writes: true)
      }
    }
  }

  /// Scans rows of running values in place.
  private func accumulate(_ rows: UnsafeMutableRawPointer, rows count: Int, width: Int) {
    let dtype = dtype.ofRunningValues
    withUnsafeTemporaryAllocation(of: Double.self, capacity: ScanLines.strip) { running in
      let start = rows.assumingMemoryBound(to: CChar.self)
      tandem_scan_run(
        Int64(kind.rawValue), Int64(dtype.rawValue), start, Int64(width), Int64(dtype.byteCount),
        start, Int64(width), Int64(dtype.byteCount), Int64(count),
        Int64(width / dtype.byteCount), running.baseAddress, true)
    }
  }

  /// Scans positions of a group's lines from running values, which end as the last ones.
  private func scan(
    _ positions: Range<Int>, of group: Int, from running: UnsafeMutableRawPointer,
    startsHere: Bool, writes: Bool
  ) {
    let (line, first) = (group / strips, group % strips * ScanLines.strip)
    tandem_scan_run(
      Int64(kind.rawValue), Int64(dtype.rawValue),
      writes ? out.element(positions.lowerBound, line: line, column: first) : nil, out.step,
      out.columnStep, x.element(positions.lowerBound, line: line, column: first), x.step,
      x.columnStep, Int64(positions.count), Int64(min(ScanLines.strip, columns - first)), running,
      startsHere)
  }
}

extension ScanLines {
  /// Where the elements of an operand lie, in the direction of the scan.
  private struct Side {
    private let starts: LineStarts
    /// Bytes from a line's beginning, which is its end in a reversed scan.
    private let origin: Int
    /// Bytes from an element to the next of its line, and of the next column.
    let step: Int64
    let columnStep: Int64

    init(_ operand: Operand, _ scan: Scan, columnAxis: Int) {
      let stride = operand.byteStride(scan.axis)
      step = scan.reversed ? -stride : stride
      origin = scan.reversed ? (operand.shape[scan.axis] - 1) * Int(stride) : 0
      guard columnAxis >= 0 else {
        (starts, columnStep) = (LineStarts(operand, axis: scan.axis), 0)
        return
      }
      columnStep = operand.byteStride(columnAxis)
      starts = LineStarts(
        operand.removing(axis: columnAxis),
        axis: columnAxis < scan.axis ? scan.axis - 1 : scan.axis)
    }

    func element(_ position: Int, line: Int, column: Int) -> UnsafeMutablePointer<CChar> {
      starts[line] + origin + position * Int(step) + column * Int(columnStep)
    }
  }
}

extension DType {
  /// The dtype in which a scan keeps what it has come to.
  fileprivate var ofRunningValues: DType {
    switch self {
    case .float32: .float64
    case .float16, .bfloat16: .float32
    default: self
    }
  }
}
