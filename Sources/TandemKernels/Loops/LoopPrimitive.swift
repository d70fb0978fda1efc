import TandemShapes
import TandemThreads

/// A loop program over arrays, with the axes that its reducing outputs gather.
///
/// | operand | shape |
/// | --- | --- |
/// | elementwise outputs | the iteration shape |
/// | reducing outputs | the iteration shape with length one on each reduced axis |
/// | inputs | the iteration shape; what broadcasts has stride zero |
///
/// Outputs come first, in the program's order. Any strides are allowed, except that an output
/// stores no element twice. An output may be exactly one of the inputs (same base, layout and
/// dtype); it overlaps none otherwise.
public struct LoopPrimitive: Primitive {
  /// The formula.
  public let program: LoopProgram
  /// Bit `i` is set if axis `i` is reduced.
  public let reducedAxes: UInt32

  /// A program, and the axes of the iteration shape (counted from the front) that are reduced.
  public init(_ program: LoopProgram, reducing axes: some Sequence<Int> = []) {
    self.program = program
    reducedAxes = axes.reduce(0) { $0 | 1 << UInt32($1) }
  }

  public func floatingPointOperations(_ shapes: [Shape]) -> Int {
    program.contents.instructions.count * (shapes.map(\.elementCount).max() ?? 0)
  }

  /// Not if another output is the input as it is: that may be looked at after this one is written.
  public func mayOverwrite(input: Int, by output: Int) -> Bool {
    let outputs = program.contents.outputs
    return outputs[output].reduction == nil
      && !outputs.indices.contains { $0 != output && outputs[$0].value == input }
  }

  public func run(_ operands: [Operand], scalars: [ScalarValue], in context: ParallelContext)
    throws(KernelFailure)
  {
    program.kernel.run(operands, scalars: scalars, reducedAxes: reducedAxes, in: context)
  }
}
