import CTandem
import TandemShapes
import TandemThreads

/// Several loop programs, one after another, over a few rows at a time: what a stage makes of the
/// rows is in the cache when the next one reads it, and need not go to memory at all.
///
/// All operands have the row axes first. A row is never cut, and no stage looks at another row, so
/// the bits are those of the stages run one by one over all rows.
///
/// | operand | shape |
/// | --- | --- |
/// | results, in the order of ``resultCount`` | the row axes, then the axes of the stage |
/// | arrays | the same; what repeats has stride zero |
///
/// An array that several stages read under different axes is given several times, and so is a
/// result that a later stage reads. A reducing output has length one on each axis that its stage
/// reduces.
///
/// - Complexity: one pass over memory, as far as blocks of rows fit into the cache.
public struct RowBlocks: Primitive {
  /// What a stage reads or writes.
  public enum Reference: Hashable, Sendable {
    /// An operand of the primitive.
    case operand(Int)
    /// Memory that lives for a block of rows, and its stride along each axis of the stage, in
    /// elements.
    case scratch(Int, strides: [Int])
  }

  /// One loop program over the rows of a block.
  public struct Stage: Hashable, Sendable {
    /// The formula.
    public let program: LoopProgram
    /// The lengths of the axes behind the row axes.
    public let shape: Shape
    /// Which of these are reduced: bit `i` for axis `i`.
    public let reducedAxes: UInt32
    /// The outputs of the program, then its inputs.
    public let references: [Reference]
    /// Which of the primitive's scalars the program takes.
    public let scalars: [Int]

    /// A stage; see the properties.
    public init(
      _ program: LoopProgram, shape: Shape, reducedAxes: UInt32, references: [Reference],
      scalars: [Int]
    ) {
      (self.program, self.shape, self.reducedAxes) = (program, shape, reducedAxes)
      (self.references, self.scalars) = (references, scalars)
    }
  }

  /// Memory that lives for a block of rows.
  public struct Scratch: Hashable, Sendable {
    /// The element type.
    public let dtype: DType
    /// Elements for each row.
    public let elementCount: Int

    /// Scratch memory; see the properties.
    public init(_ dtype: DType, elementCount: Int) {
      (self.dtype, self.elementCount) = (dtype, elementCount)
    }
  }

  /// The lengths of the row axes.
  public let rows: Shape
  /// What runs, in order.
  public let stages: [Stage]
  /// What stages hand to each other.
  public let scratch: [Scratch]
  /// How many of the operands, from the first on, are results.
  public let resultCount: Int

  /// Elements of one array that a block has about. Three or four arrays of them fit into the second
  /// level of the cache; a smaller block pays more for starting its stages.
  static let blockElements = 16_384

  /// The primitive with these attributes.
  public init(rows: Shape, stages: [Stage], scratch: [Scratch], resultCount: Int) {
    (self.rows, self.stages) = (rows, stages)
    (self.scratch, self.resultCount) = (scratch, resultCount)
  }

  /// Where the scratch memory of one row lies, and how many bytes all of it takes.
  var rowOffsets: (offsets: [Int], bytes: Int) {
    var bytes = 0
    let offsets = scratch.map { scratch -> Int in
      defer { bytes += (scratch.elementCount * scratch.dtype.byteCount + 63) / 64 * 64 }
      return bytes
    }
    return (offsets, bytes)
  }

  public func floatingPointOperations(_ shapes: [Shape]) -> Int {
    stages.reduce(0) {
      $0 + $1.program.contents.instructions.count * $1.shape.elementCount * rows.elementCount
    }
  }

  /// Not while a later stage reads the input, nor where one loop could not.
  public func mayOverwrite(input: Int, by output: Int) -> Bool {
    guard let writer = stages.lastIndex(where: { $0.references.contains(.operand(output)) }) else {
      return false
    }
    let operand = Reference.operand(resultCount + input)
    return stages.indices.allSatisfy { index in
      guard let place = stages[index].references.firstIndex(of: operand) else { return true }
      guard index == writer else { return index < writer }
      let outputs = stages[index].program.contents.outputs
      let written = stages[index].references.firstIndex(of: .operand(output))!
      return written < outputs.count && outputs[written].reduction == nil
        && !outputs.indices.contains {
          $0 != written && outputs[$0].value == place - outputs.count
        }
    }
  }

  public func run(_ operands: [Operand], scalars: [ScalarValue], in context: ParallelContext)
    throws(KernelFailure)
  {
    guard rows.elementCount > 0 else { return }
    let run = RowBlockRun(
      self, operands, scalars, kernels: NativeRowKernels.of(self))
    context.parallelFor(run.chunkCount) { run.runChunk($0) }
  }
}
