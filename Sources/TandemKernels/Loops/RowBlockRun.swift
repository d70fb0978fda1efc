import CTandem
import TandemShapes
import TandemThreads

/// One run of ``RowBlocks``: the row axes merged as far as all operands allow, cut into blocks, and
/// a plan of each stage for a whole block and for the last one of a line of rows.
///
/// Plans are written in `init`; a chunk runs copies of them, on rows of its own only.
final class RowBlockRun {
  let blocks: RowBlocks
  let operands: [Operand]
  private let scalars: [[ScalarValue]]
  /// Row axes after merging, the last one cut into blocks.
  let lengths: [Int]
  /// Bytes from row to row, for each operand and merged row axis.
  let strides: [[Int]]
  private let rowsPerBlock: Int
  private let blocksPerLine: Int
  private let blockCount: Int
  private let blocksPerChunk: Int
  private let scratchOffsets: [Int]
  private let scratchBytes: Int
  private let whole: UnsafeMutablePointer<TandemLoopPlan>
  private let tail: UnsafeMutablePointer<TandemLoopPlan>
  /// The scalars of all stages where the plans point at them.
  private let scalarMemory: UnsafeMutablePointer<TandemScalar>
  /// The kernel that does whole rows instead of the plans, if there is one; its code lives as long
  /// as `kernels`.
  private var kernel: TandemNativeRowsRun?
  private let kernels: NativeRowKernels?
  /// Whether stages may have kernels of their own.
  private var mayCompileStages = true
  /// The scalars of all stages as bits of their classes: for the kernel.
  private(set) var nativeScalars: [UInt64] = []

  var chunkCount: Int { (blockCount + blocksPerChunk - 1) / blocksPerChunk }

  /// Whether a kernel does whole rows.
  var isNative: Bool { kernel != nil }

  /// - Parameter kernels: where to look for a kernel that does whole rows.
  init(
    _ blocks: RowBlocks, _ operands: [Operand], _ scalars: [ScalarValue],
    kernels: NativeRowKernels?
  ) {
    (self.blocks, self.operands, self.kernels) = (blocks, operands, kernels)
    self.scalars = blocks.stages.map { stage in stage.scalars.map { scalars[$0] } }
    (lengths, strides) = RowBlockRun.merged(blocks.rows, operands)
    let largest = max(1, blocks.stages.map(\.shape.elementCount).max() ?? 1)
    let line = lengths[lengths.count - 1]
    rowsPerBlock = min(line, max(1, RowBlocks.blockElements / largest))
    blocksPerLine = (line + rowsPerBlock - 1) / rowsPerBlock
    blockCount = lengths.dropLast().reduce(1, *) * blocksPerLine
    blocksPerChunk = max(1, RowBlocks.blockElements * 4 / (rowsPerBlock * largest))
    var offset = 0
    var offsets: [Int] = []
    for scratch in blocks.scratch {
      offsets.append(offset)
      offset += (scratch.elementCount * scratch.dtype.byteCount * rowsPerBlock + 63) / 64 * 64
    }
    (scratchOffsets, scratchBytes) = (offsets, offset)
    let count = blocks.stages.count
    (whole, tail) = (.allocate(capacity: count), .allocate(capacity: count))
    scalarMemory = .allocate(capacity: max(1, self.scalars.reduce(0) { $0 + $1.count }))
    if let kernels, findKernel(kernels) { return }
    plan(whole, rows: rowsPerBlock)
    plan(tail, rows: line - (blocksPerLine - 1) * rowsPerBlock)
  }

  deinit {
    whole.deallocate()
    tail.deallocate()
    scalarMemory.deallocate()
  }

  /// Looks for a kernel that does whole rows; returns whether there is one.
  private func findKernel(_ kernels: NativeRowKernels) -> Bool {
    guard let form = nativeForm() else { return false }
    switch kernels.kernel(form) {
    case .never: return false
    case .soon:
      mayCompileStages = false
      return false
    case .kernel(let run): kernel = run
    }
    for (stage, values) in zip(blocks.stages, scalars) {
      for (declared, scalar) in zip(stage.program.contents.scalars, values) {
        nativeScalars.append(
          tandem_native_scalar(
            TandemScalar(dtype: scalar.dtype.rawValue, bits: scalar.bits), declared.rawValue))
      }
    }
    return true
  }

  /// The row axes of all operands, those merged that lie as one in every operand.
  private static func merged(
    _ rows: Shape, _ operands: [Operand]
  ) -> (lengths: [Int], strides: [[Int]]) {
    var lengths: [Int] = []
    var strides = operands.map { _ in [Int]() }
    for axis in 0..<rows.rank where rows[axis] != 1 {
      let steps = operands.map { Int($0.byteStride(axis)) }
      let merges =
        !lengths.isEmpty
        && operands.indices.allSatisfy { strides[$0].last == steps[$0] * rows[axis] }
      if merges { lengths[lengths.count - 1] *= rows[axis] } else { lengths.append(rows[axis]) }
      for index in operands.indices {
        if merges { strides[index].removeLast() }
        strides[index].append(steps[index])
      }
    }
    if lengths.isEmpty { return ([1], operands.map { _ in [0] }) }
    return (lengths, strides)
  }

  /// Plans every stage for blocks of some rows. Bases are set when a block runs.
  private func plan(_ plans: UnsafeMutablePointer<TandemLoopPlan>, rows: Int) {
    var nextScalar = scalarMemory
    for (index, stage) in blocks.stages.enumerated() {
      let rank = stage.shape.rank + 1
      let lengths = [Int64(rows)] + stage.shape.array.map(Int64.init)
      let contents = stage.program.contents
      var steps: [Int64] = []
      var bases: [UnsafeMutableRawPointer?] = []
      for (position, reference) in stage.references.enumerated() {
        let isReduced =
          position < contents.outputs.count && contents.outputs[position].reduction != nil
        let (row, inner, base) = place(reference)
        steps.append(Int64(row))
        for axis in 0..<stage.shape.rank {
          let repeats = isReduced && stage.reducedAxes >> UInt32(axis) & 1 == 1
          steps.append(repeats ? 0 : Int64(inner[axis]))
        }
        bases.append(base)
      }
      for (place, scalar) in scalars[index].enumerated() {
        nextScalar[place] = TandemScalar(dtype: scalar.dtype.rawValue, bits: scalar.bits)
      }
      tandem_loop_plan(
        plans + index, stage.program.kernel.program, nextScalar, Int32(rank), lengths,
        stage.reducedAxes << 1, bases, steps)
      if mayCompileStages {
        tandem_native_attach(plans + index, Int64(blockCount), streams(stage))
      }
      nextScalar += scalars[index].count
    }
  }

  /// The outputs of a stage that no later stage reads.
  func streams(_ stage: RowBlocks.Stage) -> UInt64 {
    var result: UInt64 = 0
    for (position, reference) in stage.references.enumerated() {
      guard case .operand(let operand) = reference, operand < blocks.resultCount,
        startsAreAligned(operand), position < stage.program.contents.outputs.count
      else { continue }
      let uses = blocks.stages.reduce(0) {
        $0 + $1.references.count { $0 == reference }
      }
      if uses == 1 { result |= 1 << UInt64(position) }
    }
    return result
  }

  /// Whether all blocks of an operand begin at multiples of 64 bytes if the first one does.
  private func startsAreAligned(_ operand: Int) -> Bool {
    blockCount == 1
      || strides[operand].enumerated().allSatisfy { axis, bytes in
        (axis == lengths.count - 1 ? bytes * rowsPerBlock : bytes) % 64 == 0
      }
  }

  /// Bytes from row to row and along the axes of the stage; and an address that tells memories
  /// apart while planning.
  func place(
    _ reference: RowBlocks.Reference
  ) -> (row: Int, inner: [Int], base: UnsafeMutableRawPointer?) {
    switch reference {
    case .operand(let index):
      let operand = operands[index]
      let inner = (blocks.rows.rank..<operand.layout.rank).map { Int(operand.byteStride($0)) }
      return (strides[index][lengths.count - 1], inner, operand.start)
    case .scratch(let index, let steps):
      let scratch = blocks.scratch[index]
      let bytes = scratch.dtype.byteCount
      return (
        scratch.elementCount * bytes, steps.map { $0 * bytes },
        UnsafeMutableRawPointer(bitPattern: 64 * (index + 1))
      )
    }
  }

  /// Runs some blocks on the calling thread.
  func runChunk(_ chunk: Int) {
    let memory = BufferPool.shared.allocate(byteCount: max(scratchBytes, 64))
    defer { BufferPool.shared.deallocate(memory, byteCount: max(scratchBytes, 64)) }
    var offsets = [Int](repeating: 0, count: operands.count)
    let first = chunk * blocksPerChunk
    for block in first..<min(blockCount, first + blocksPerChunk) {
      let place = block % blocksPerLine
      locate(line: block / blocksPerLine, row: place * rowsPerBlock, &offsets)
      let isTail = place == blocksPerLine - 1
      if let kernel {
        let rows = isTail ? lengths[lengths.count - 1] - place * rowsPerBlock : rowsPerBlock
        run(kernel, rows: rows, at: offsets, memory)
      } else {
        run(isTail ? tail : whole, offsets, memory)
      }
    }
  }

  /// How many bytes from its start each operand's row lies.
  private func locate(line: Int, row: Int, _ offsets: inout [Int]) {
    var line = line
    let last = lengths.count - 1
    for index in offsets.indices { offsets[index] = row * strides[index][last] }
    for axis in (0..<last).reversed() {
      let position = line % lengths[axis]
      line /= lengths[axis]
      for index in offsets.indices { offsets[index] += position * strides[index][axis] }
    }
  }

  private func run(
    _ plans: UnsafeMutablePointer<TandemLoopPlan>, _ offsets: [Int],
    _ memory: UnsafeMutableRawPointer
  ) {
    withUnsafeTemporaryAllocation(
      of: UnsafeMutableRawPointer?.self, capacity: LoopProgram.operandCountMax
    ) { bases in
      for (index, stage) in blocks.stages.enumerated() {
        for (position, reference) in stage.references.enumerated() {
          let base =
            switch reference {
            case .operand(let index): operands[index].start + offsets[index]
            case .scratch(let index, _): memory + scratchOffsets[index]
            }
          bases.initializeElement(at: position, to: base)
        }
        let bytes = Int(plans[index].partialBytes)
        let partials = bytes > 0 ? BufferPool.shared.allocate(byteCount: bytes) : nil
        tandem_loop_run_at(plans + index, bases.baseAddress!, partials)
        if let partials { BufferPool.shared.deallocate(partials, byteCount: bytes) }
      }
    }
  }
}
