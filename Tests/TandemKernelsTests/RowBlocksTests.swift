import TandemKernels
import TandemShapes
import TandemThreads
import Testing

/// Rows in blocks give the bits of the stages run one by one over all rows, on any number of
/// threads and for any memory order of the rows.
@Suite struct RowBlocksTests {
  private let summed: LoopProgram
  private let divided: LoopProgram

  init() {
    let first = LoopBuilder()
    let x = first.input(.float32)
    first.output(x.exp(), as: .float32)
    first.output(x.exp(), as: .float32, reducing: .sum)
    summed = first.build()
    let second = LoopBuilder()
    let (e, s) = (second.input(.float32), second.input(.float32))
    second.output(e / s, as: .float32)
    divided = second.build()
  }

  /// `exp(x) / sum(exp(x))` along the last axis of `shape`; all axes before it are rows.
  private func rowBlocks(_ shape: Shape) -> RowBlocks {
    let length = shape[-1]
    return RowBlocks(
      rows: shape.dropLast(),
      stages: [
        RowBlocks.Stage(
          summed, shape: [length], reducedAxes: 1,
          references: [.scratch(0, strides: [1]), .scratch(1, strides: [0]), .operand(1)],
          scalars: []),
        RowBlocks.Stage(
          divided, shape: [length], reducedAxes: 0,
          references: [.operand(0), .scratch(0, strides: [1]), .scratch(1, strides: [0])],
          scalars: []),
      ],
      scratch: [
        RowBlocks.Scratch(.float32, elementCount: length),
        RowBlocks.Scratch(.float32, elementCount: 1),
      ], resultCount: 1)
  }

  @Test(
    arguments: [
      [40, 700], [3, 5, 1100], [1, 70_000], [300, 1], [7, 33, 20], [70, 3000],
    ] as [Shape])
  func blocksAreStagesOneByOne(shape: Shape) throws {
    var random = PhiloxGenerator(RandomKey(seed: 3))
    let values = (0..<shape.elementCount).map { _ in
      Double(random.next() >> 11) * 0x1p-52 - 1
    }
    let x = SampleArray(values, shape, .float32)
    let (e, y) = (SampleArray(shape, .float32), SampleArray(shape, .float32))
    var kept = shape
    kept[-1] = 1
    let s = SampleArray(kept, .float32)
    let last = shape.rank - 1
    try run(LoopPrimitive(summed, reducing: [last]), [e, s, x], scalars: [], in: .serial)
    LoopPrimitive(divided).program.kernel.run(
      [y.operand, e.operand, repeated(s, shape)], scalars: [], in: .serial)
    for threads in [1, 2, 4] {
      let team = WorkerTeam(threads: threads)
      defer { team.shutdown() }
      let found = SampleArray(shape, .float32)
      try run(rowBlocks(shape), [found, x], scalars: [], in: team.context)
      #expect(found.bytes == y.bytes, "\(shape) on \(threads) threads")
    }
  }

  private func repeated(_ array: SampleArray, _ shape: Shape) -> Operand {
    var operand = array.operand
    operand.layout = operand.layout.broadcast(to: shape)
    return operand
  }

  @Test func anInputIsOverwrittenOnlyWhenNoStageReadsItLater() {
    let blocks = rowBlocks([4, 8])
    // The input is read by the first stage, the result written by the second.
    #expect(blocks.mayOverwrite(input: 0, by: 0))
    let swapped = RowBlocks(
      rows: [4], stages: blocks.stages.reversed(), scratch: blocks.scratch, resultCount: 1)
    #expect(!swapped.mayOverwrite(input: 0, by: 0))
  }
}
