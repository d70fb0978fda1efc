import TandemKernels
import TandemThreads

/// Runs one of two compiled graphs.
///
/// | operand   | what                                    |
/// | --------- | --------------------------------------- |
/// | results   | of the chosen graph, row-major          |
/// | arena     | bytes, as many as the larger one needs  |
/// | predicate | one truth value                         |
/// | captures  | what both graphs take                   |
/// | key       | words of it that are in memory          |
struct RunConditional: BodyPrimitive {
  let onTrue: BodyProgram
  let onFalse: BodyProgram
  let resultCount: Int
  let key: KeySource

  var bodies: [BodyProgram] { [onTrue, onFalse] }

  func run(_ operands: [Operand], scalars: [ScalarValue], in context: ParallelContext)
    throws(KernelFailure)
  {
    let predicate = operands[resultCount + 1].start.load(as: UInt8.self)
    let call = BodyProgram.Call(
      inputs: operands.dropFirst(resultCount + 2).map(\.start),
      outputs: operands.prefix(resultCount).map(\.start),
      arena: operands[resultCount].start,
      key: key.key(operands, scalars).inside(iteration: 0))
    try (predicate != 0 ? onTrue : onFalse).run(call, in: context)
  }

  func floatingPointOperations(_ shapes: [Shape]) -> Int {
    max(onTrue.floatingPointOperations, onFalse.floatingPointOperations)
  }
}
