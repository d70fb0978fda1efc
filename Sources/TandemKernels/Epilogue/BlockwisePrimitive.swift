import CTandem
import TandemShapes
import TandemThreads

/// A primitive that makes its first result in blocks, each of which can be handed to a loop program
/// while it is in the cache instead of being written.
public protocol BlockwisePrimitive: Primitive {
  /// The shape under which blocks see the first result, `[outer, rows, columns]`, a grouping of its
  /// axes in row-major order; `nil` if these operands are computed in another way.
  ///
  /// - Parameter operands: as for `run`; only layouts and dtypes are looked at, and the first
  ///   result's is row-major.
  func blockShape(_ operands: [Operand]) -> Shape?

  /// How many results there are beside the first.
  var furtherResultCount: Int { get }

  /// `run`, but for the first result, which goes to `finish`, each element once.
  ///
  /// - Parameter operands: those of which `blockShape` gave a shape; the first result has no
  ///   memory.
  func run(_ operands: [Operand], finish: BlockFinish, in context: ParallelContext)
    throws(KernelFailure)
}

extension BlockwisePrimitive {
  /// None.
  public var furtherResultCount: Int { 0 }
}

/// What is done with the blocks of a result: a loop program without reductions, whose first input
/// is the block; the bits are those of the program run over the whole result.
public final class BlockFinish: Sendable {
  private let program: LoopProgram
  /// Outputs, then the inputs behind the first, `[outer, rows, columns]`.
  private let operands: [Operand]
  private let scalars: [ScalarValue]

  init(_ program: LoopProgram, _ operands: [Operand], scalars: [ScalarValue]) {
    (self.program, self.operands, self.scalars) = (program, operands, scalars)
  }

  /// A part of the result.
  struct Box {
    var outer = 0..<1
    let rows: Range<Int>
    let columns: Range<Int>
  }

  /// Computes what the program makes of a box of the result.
  ///
  /// - Parameters:
  ///   - block: where the box's first element lies.
  ///   - rowStride, outerStride: elements from row to row of the block, and from one `outer` to the
  ///     next; its columns lie one after another.
  func apply(
    _ box: Box, of block: UnsafeMutableRawPointer, rowStride: Int, outerStride: Int = 0
  ) {
    let shape: Shape = [box.outer.count, box.rows.count, box.columns.count]
    let first = [box.outer.lowerBound, box.rows.lowerBound, box.columns.lowerBound]
    var parts: [Operand] = []
    parts.reserveCapacity(operands.count + 1)
    let contents = program.contents
    for (index, operand) in operands.enumerated() {
      if index == contents.outputs.count {
        parts.append(blockOperand(block, shape, [outerStride, rowStride, 1]))
      }
      var layout = Layout(shape, strides: (0..<3).map { operand.layout.stride($0) })
      layout.offset =
        operand.layout.offset + (0..<3).reduce(0) { $0 + first[$1] * operand.layout.stride($1) }
      parts.append(Operand(operand.base, layout, operand.dtype))
    }
    if operands.count == contents.outputs.count {
      parts.append(blockOperand(block, shape, [outerStride, rowStride, 1]))
    }
    program.kernel.run(parts, scalars: scalars, in: .serial)
  }

  /// Lets `work`, which computes a box, bring to the cache meanwhile what the loop will write and
  /// read there: two arrays, as the places for what comes next from the second on are free.
  func fetch(_ box: Box, with work: inout tandem_gemm_block) {
    var place = 1
    for operand in operands where operand.layout.stride(2) == 1 && place < 3 {
      let layout = operand.layout
      let first =
        layout.offset + box.outer.lowerBound * layout.stride(0)
        + box.rows.lowerBound * layout.stride(1) + box.columns.lowerBound
      let start = UnsafeRawPointer(operand.base + first * operand.dtype.byteCount)
      let bytes = Int64(box.columns.count * operand.dtype.byteCount)
      let pitch = Int64(layout.stride(1) * operand.dtype.byteCount)
      let isRun = pitch == bytes
      let piece = isRun ? bytes * Int64(box.rows.count) : bytes
      let count = isRun ? 0 : Int64(box.rows.count)
      if place == 1 {
        (work.next.1, work.nextBytes.1) = (start, piece)
        (work.nextPieces.1, work.nextPitch.1) = (count, pitch)
      } else {
        (work.next.2, work.nextBytes.2) = (start, piece)
        (work.nextPieces.2, work.nextPitch.2) = (count, pitch)
      }
      place += 1
    }
  }

  private func blockOperand(
    _ block: UnsafeMutableRawPointer, _ shape: Shape, _ strides: [Int]
  ) -> Operand {
    Operand(block, Layout(shape, strides: strides), program.contents.inputs[0])
  }
}

/// A blockwise primitive with a loop over its first result, which is never in memory as a whole.
///
/// | operand | shape |
/// | --- | --- |
/// | results of the program | `[outer, rows, columns]` |
/// | the producer's results behind the first | as the producer says |
/// | the producer's inputs | as the producer says |
/// | inputs of the program behind the first | `[outer, rows, columns]` |
///
/// A result of the program may lie where one of its inputs does, under one layout and dtype.
public struct Finished<Producer: BlockwisePrimitive>: Primitive, FinishedPrimitive {
  /// What makes the blocks.
  public let producer: Producer
  /// What is done with them.
  public let program: LoopProgram
  /// The layout and dtype under which the producer sees its first result.
  public let result: Layout
  /// The dtype of the producer's first result.
  public let dtype: DType
  /// Results and inputs of the producer, the first result not counted.
  public let producerOperandCount: Int

  /// The primitive with these attributes.
  public init(
    _ producer: Producer, _ program: LoopProgram, result: Layout, dtype: DType,
    producerOperandCount: Int
  ) {
    (self.producer, self.program, self.result) = (producer, program, result)
    (self.dtype, self.producerOperandCount) = (dtype, producerOperandCount)
  }

  public func floatingPointOperations(_ shapes: [Shape]) -> Int {
    let count = program.contents.outputs.count
    return producer.floatingPointOperations(
      [result.shape] + shapes[count..<count + producerOperandCount])
      + program.contents.instructions.count * result.shape.elementCount
  }

  public func workspaceBytes(_ operands: [(layout: Layout, dtype: DType)]) -> Int {
    let count = program.contents.outputs.count
    let own = [(result, dtype)] + operands[count..<count + producerOperandCount]
    if let product = producer as? MatrixProduct {
      return product.workspaceBytes(own, finish: BlockFinish(program, [], scalars: []))
    }
    return producer.workspaceBytes(own)
  }

  /// As loops do it; the producer's inputs are read until the end.
  public func mayOverwrite(input: Int, by output: Int) -> Bool {
    let outputs = program.contents.outputs
    let firstArray = producerOperandCount - producer.furtherResultCount
    guard output < outputs.count, input >= firstArray else { return false }
    let array = input - firstArray + 1
    return !outputs.indices.contains { $0 != output && outputs[$0].value == array }
  }

  public func run(_ operands: [Operand], scalars: [ScalarValue], in context: ParallelContext)
    throws(KernelFailure)
  {
    let count = program.contents.outputs.count
    let nowhere = UnsafeMutableRawPointer(bitPattern: 1 << 20).unsafelyUnwrapped
    let behind = count + producerOperandCount
    let finish = BlockFinish(
      program, Array(operands[..<count] + operands[behind...]), scalars: scalars)
    try producer.run(
      [Operand(nowhere, result, dtype)] + operands[count..<behind], finish: finish, in: context)
  }
}

/// Any ``Finished``.
package protocol FinishedPrimitive {
  /// The loop that sees the blocks.
  var program: LoopProgram { get }
}
