import TandemKernels
import TandemThreads

/// Runs a compiled graph once for each element.
///
/// | operand  | what                                                               |
/// | -------- | ------------------------------------------------------------------ |
/// | carries  | the last ones, row-major                                           |
/// | stacked  | what else each call gives, one after another                       |
/// | history  | the carries that each call was given, if they are kept             |
/// | arena    | bytes, as many as the graph needs                                  |
/// | spares   | as the carries; if the history is not kept                         |
/// | carries  | the first ones, row-major                                          |
/// | elements | with a first axis as long as there are calls, any layout           |
/// | captures | any layout                                                         |
/// | key      | words of it that are in memory                                     |
struct RunScan: BodyPrimitive {
  let program: BodyProgram
  let counts: BodyCounts
  let stackedCount: Int
  let length: Int
  let isReversed: Bool
  let keepsCarries: Bool
  let key: KeySource

  var bodies: [BodyProgram] { [program] }

  func run(_ operands: [Operand], scalars: [ScalarValue], in context: ParallelContext)
    throws(KernelFailure)
  {
    let (carries, last) = (counts.carries, operands.prefix(counts.carries))
    let stacked = operands.dropFirst(carries).prefix(stackedCount)
    let history = operands.dropFirst(carries + stackedCount).prefix(keepsCarries ? carries : 0)
    let arena = operands[carries + stackedCount + history.count]
    let spares = operands.dropFirst(carries + stackedCount + history.count + 1)
      .prefix(keepsCarries ? 0 : carries)
    let inputs = operands.dropFirst(
      carries + stackedCount + history.count + 1 + spares.count)
    let first = inputs.prefix(carries)
    let elements = Array(inputs.dropFirst(carries).prefix(counts.elements))
    let captures = inputs.dropFirst(carries + counts.elements).prefix(counts.captures)
    let loopKey = key.key(operands, scalars)

    /// Where the carries lie that the call with this number is given.
    func given(_ call: Int) -> [UnsafeMutableRawPointer] {
      if call == length { return last.map(\.start) }
      if keepsCarries { return history.map { $0.element(index(of: call)).start } }
      if call == 0 { return first.map(\.start) }
      return ((length - call).isMultiple(of: 2) ? last : spares).map(\.start)
    }
    if length == 0 || keepsCarries {
      for (source, target) in zip(first, given(0)) { RunScan.copy(source, to: target, context) }
    }
    var call = BodyProgram.Call(inputs: [], outputs: [], arena: arena.start)
    for number in 0..<length {
      let element = index(of: number)
      call.inputs = given(number)
      call.inputs += elements.map { $0.element(element).start }
      call.inputs += captures.map(\.start)
      call.outputs = given(number + 1)
      call.outputs += stacked.map { $0.element(element).start }
      call.key = loopKey.inside(iteration: element)
      do throws(KernelFailure) {
        try program.run(call, in: context)
      } catch {
        throw KernelFailure("iteration \(element): \(error.message)")
      }
    }
  }

  /// The element that the call with this number sees.
  private func index(of call: Int) -> Int { isReversed ? length - 1 - call : call }

  private static func copy(
    _ source: Operand, to target: UnsafeMutableRawPointer, _ context: ParallelContext
  ) {
    let type = TensorType(source.shape, source.dtype)
    target.copyMemory(from: source.start, byteCount: type.byteCount)
  }

  func floatingPointOperations(_ shapes: [Shape]) -> Int {
    program.floatingPointOperations.saturatingProduct(length)
  }
}

extension Operand {
  /// An element along the first axis.
  fileprivate func element(_ index: Int) -> Operand {
    Operand(start + index * layout.stride(0) * dtype.byteCount, layout.element, dtype)
  }
}
