import TandemKernels
import TandemThreads

/// Runs a compiled graph as long as another one gives true.
///
/// | operand  | what                                            |
/// | -------- | ----------------------------------------------- |
/// | carries  | the last ones, row-major                        |
/// | count    | how many calls there were                       |
/// | arena    | bytes, as many as the larger graph needs        |
/// | truth    | one truth value                                 |
/// | spares   | as the carries, twice                           |
/// | carries  | the first ones, row-major                       |
/// | captures | any layout                                      |
/// | key      | words of it that are in memory                  |
struct RunWhileLoop: BodyPrimitive {
  let condition: BodyProgram
  let body: BodyProgram
  let carryCount: Int
  let key: KeySource

  var bodies: [BodyProgram] { [condition, body] }

  func run(_ operands: [Operand], scalars: [ScalarValue], in context: ParallelContext)
    throws(KernelFailure)
  {
    let count = carryCount
    let arena = operands[count + 1].start
    let truth = operands[count + 2].start
    let spares = operands.dropFirst(count + 3).prefix(2 * count).map(\.start)
    let inputs = operands.dropFirst(3 * count + 3).map(\.start)
    let captures = inputs.dropFirst(count)
    let loopKey = key.key(operands, scalars)
    var carries = Array(inputs.prefix(count))
    var iteration = 0
    while true {
      var call = BodyProgram.Call(
        inputs: carries + captures, outputs: [truth], arena: arena,
        key: loopKey.inside(iteration: iteration))
      do throws(KernelFailure) {
        try condition.run(call, in: context)
        guard truth.load(as: UInt8.self) != 0 else { break }
        call.key.tick += UInt64(condition.drawCount)
        call.outputs = Array(iteration.isMultiple(of: 2) ? spares[..<count] : spares[count...])
        try body.run(call, in: context)
      } catch {
        throw KernelFailure("iteration \(iteration): \(error.message)")
      }
      carries = call.outputs
      iteration += 1
    }
    for (source, target) in zip(carries, operands) {
      target.start.copyMemory(
        from: source, byteCount: TensorType(target.shape, target.dtype).byteCount)
    }
    operands[count].start.storeBytes(of: Int64(iteration), as: Int64.self)
  }

  /// How often it runs is not known: counted as a thousand times.
  func floatingPointOperations(_ shapes: [Shape]) -> Int {
    condition.floatingPointOperations.saturatingSum(body.floatingPointOperations)
      .saturatingProduct(1000)
  }
}
