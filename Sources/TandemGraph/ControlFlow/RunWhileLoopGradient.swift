import TandemKernels
import TandemThreads

/// Runs a loop again and then backwards.
///
/// | operand    | what                                                 |
/// | ---------- | ---------------------------------------------------- |
/// | gradients  | of the first carries, then of captures, row-major    |
/// | arena      | bytes, as many as the larger graph needs             |
/// | spares     | as the gradients                                     |
/// | carries    | the first ones, row-major                            |
/// | captures   | any layout                                           |
/// | count      | how many calls there were                            |
/// | cotangents | of the last carries, row-major                       |
/// | key        | words of it that are in memory                       |
struct RunWhileLoopGradient: BodyPrimitive {
  let body: BodyProgram
  let step: BodyProgram
  let carryByteCounts: [Int]
  let captureCount: Int
  /// How many of the carries have gradients.
  let slopeCount: Int
  let resultByteCounts: [Int]
  let conditionDraws: Int
  let byteCountMax: Int
  let key: KeySource

  var bodies: [BodyProgram] { [body, step] }

  func run(_ operands: [Operand], scalars: [ScalarValue], in context: ParallelContext)
    throws(KernelFailure)
  {
    let resultCount = resultByteCounts.count
    let places = operands.map(\.start)
    let results = Array(places[..<resultCount])
    let inputs = Array(places[(2 * resultCount + 1)...])
    let slopes = inputs[(carryByteCounts.count + captureCount + 1)...]
    for (index, byteCount) in resultByteCounts.enumerated() {
      if index < slopeCount {
        results[index].copyMemory(
          from: slopes[slopes.startIndex + index], byteCount: byteCount)
      } else {
        results[index].initializeMemory(as: UInt8.self, repeating: 0, count: byteCount)
      }
    }
    let count = inputs[carryByteCounts.count + captureCount].load(as: Int64.self)
    let run = Run(
      loop: self, context: context, key: key.key(operands, scalars), arena: places[resultCount],
      captures: Array(inputs[carryByteCounts.count...].prefix(captureCount)), results: results,
      spares: Array(places[(resultCount + 1)...].prefix(resultCount)))
    try run.goBack(from: Array(inputs[..<carryByteCounts.count]), first: 0, count: Int(count))
  }

  /// How often it runs is not known: counted as a thousand times.
  func floatingPointOperations(_ shapes: [Shape]) -> Int {
    body.floatingPointOperations.saturatingSum(step.floatingPointOperations).saturatingProduct(1000)
  }

  /// One run.
  private struct Run {
    let loop: RunWhileLoopGradient
    let context: ParallelContext
    let key: RandomKey
    let arena: UnsafeMutableRawPointer
    let captures: [UnsafeMutableRawPointer]
    /// The gradients so far.
    let results: [UnsafeMutableRawPointer]
    let spares: [UnsafeMutableRawPointer]

    /// Goes back through some calls, the first of which was given `carries`: forward through them,
    /// keeping the carries at which parts begin, then through the parts from the last on.
    func goBack(
      from carries: [UnsafeMutableRawPointer], first: Int, count: Int
    ) throws(KernelFailure) {
      guard count > 0 else { return }
      let part = LoopCheckpoints.partLength(
        count: count, bytes: loop.carryByteCounts.reduce(0, +), byteCountMax: loop.byteCountMax)
      let last = (count - 1) / part
      let kept = LoopCheckpoints(loop.carryByteCounts, count: last)
      let between = LoopCheckpoints(loop.carryByteCounts, count: part > 1 ? 2 : 0)
      defer {
        kept.deallocate()
        between.deallocate()
      }
      var given = carries
      for call in 0..<last * part {
        let isStart = (call + 1).isMultiple(of: part)
        let next = isStart ? kept.carries(call / part) : between.carries(call % 2)
        try forward(first + call, from: given, to: next)
        given = next
      }
      for index in (0...last).reversed() {
        let start = index == 0 ? carries : kept.carries(index - 1)
        let begin = index * part
        if part == 1 {
          try backward(first + begin, given: start)
        } else {
          try goBack(from: start, first: first + begin, count: min(part, count - begin))
        }
      }
    }

    private func forward(
      _ iteration: Int, from carries: [UnsafeMutableRawPointer],
      to next: [UnsafeMutableRawPointer]
    ) throws(KernelFailure) {
      try loop.body.run(
        BodyProgram.Call(
          inputs: carries + captures, outputs: next, arena: arena, key: bodyKey(iteration)),
        in: context)
    }

    private func backward(
      _ iteration: Int, given carries: [UnsafeMutableRawPointer]
    ) throws(KernelFailure) {
      try loop.step.run(
        BodyProgram.Call(
          inputs: results + carries + captures, outputs: spares, arena: arena,
          key: bodyKey(iteration)), in: context)
      for (index, byteCount) in loop.resultByteCounts.enumerated() {
        results[index].copyMemory(from: spares[index], byteCount: byteCount)
      }
    }

    private func bodyKey(_ iteration: Int) -> RandomKey {
      var key = key.inside(iteration: iteration)
      key.tick += UInt64(loop.conditionDraws)
      return key
    }
  }
}
