import TandemGraph
import TandemThreads
import TestSupport

/// Runs a plan as an engine would: in some order that its declared reads and writes allow, over an
/// arena full of NaN.
struct PlanRun {
  private let plan: Plan
  private let inputs: [OneByOne.Argument]
  private var memories: [Plan.Place: HostArray] = [:]

  /// The bytes of each result in row-major order.
  ///
  /// - Parameter arguments: donated arrays are overwritten.
  static func run(
    _ plan: Plan, _ arguments: [OneByOne.Argument], order random: inout SplitMix
  ) throws -> [[UInt8]] {
    let run = PlanRun(plan, arguments)
    for index in run.order(&random) { try run.run(plan.operations[index]) }
    return try run.results()
  }

  private init(_ plan: Plan, _ arguments: [OneByOne.Argument]) {
    (self.plan, inputs) = (plan, arguments)
    let flat = Layout([max(plan.arenaByteCount, 1)])
    let arena = HostArray(flat, .uint8)
    for index in plan.buffers.indices { memories[.buffer(index)] = arena }
    for (index, argument) in arguments.enumerated() {
      if case .array(let array) = argument { memories[.input(index)] = array }
    }
    for (index, byteCount) in plan.passing.enumerated() {
      memories[.passing(index)] = HostArray(
        byteCount: byteCount, layout: Layout([max(byteCount, 1)]), dtype: .uint8)
    }
    for (index, constant) in plan.constants.enumerated() {
      let array = HostArray(Layout(constant.type.shape), constant.type.dtype)
      constant.bytes.withUnsafeBytes {
        guard let bytes = $0.baseAddress else { return }
        array.memory.copyMemory(from: bytes, byteCount: $0.count)
      }
      memories[.constant(index)] = array
    }
    for (index, output) in plan.outputs.enumerated() {
      if case .fresh(let byteCount, let layout, let dtype) = output {
        memories[.output(index)] = HostArray(byteCount: byteCount, layout: layout, dtype: dtype)
      }
    }
  }

  /// A random order that keeps each operation behind those that it conflicts with.
  private func order(_ random: inout SplitMix) -> [Int] {
    let touched = plan.operations.map { operation in
      (
        reads: Set(operation.operands.compactMap { $0?.place }),
        writes: Set(
          (operation.results + operation.temporaries).map(\.place)
            + operation.clobbers.map { .buffer($0) })
      )
    }
    var waits = touched.indices.map { later in
      touched.indices.filter { earlier in
        earlier < later
          && !(touched[earlier].writes.isDisjoint(with: touched[later].reads)
            && touched[earlier].writes.isDisjoint(with: touched[later].writes)
            && touched[earlier].reads.isDisjoint(with: touched[later].writes))
      }
    }
    var result: [Int] = []
    var left = Set(waits.indices)
    while !left.isEmpty {
      let ready = left.filter { waits[$0].allSatisfy { !left.contains($0) } }.sorted()
      let next = ready[random.below(ready.count)]
      result.append(next)
      left.remove(next)
      waits[next] = []
    }
    return result
  }

  private func run(_ operation: Plan.Operation) throws {
    let nowhere = UnsafeMutableRawPointer(bitPattern: 64)!
    let bases =
      operation.results.map(address) + operation.operands.map { $0.map(address) ?? nowhere }
      + operation.temporaries.map(address)
    let scalars = operation.scalars.map { scalar -> ScalarValue in
      switch scalar {
      case .value(let value): return value
      case .input(let index):
        guard case .number(let number) = inputs[index] else {
          fail("plan run: input \(index) is no number", at: .unknown)
        }
        return number
      }
    }
    try operation.program.run(bases: bases, scalars: scalars, in: .serial)
  }

  private func address(_ operand: Plan.Operand) -> UnsafeMutableRawPointer {
    let start = memories[operand.place]!.memory + operand.byteOffset
    guard case .buffer(let index) = operand.place else { return start }
    return start + plan.buffers[index].byteOffset
  }

  private func results() throws -> [[UInt8]] {
    try plan.outputs.indices.map { index in
      switch plan.outputs[index] {
      case .fresh(_, let layout, _): return memories[.output(index)]!.bytes(under: layout)
      case .donated(let input, let layout, _), .input(let input, let layout, _):
        if case .number(let number) = inputs[input] { return try bytes(of: number) }
        return memories[.input(input)]!.bytes(under: layout)
      case .sameMemory(let output, let layout, _):
        let home: Plan.Place =
          if case .donated(let input, _, _) = plan.outputs[output] { .input(input) } else {
            .output(output)
          }
        return memories[home]!.bytes(under: layout)
      case .number(let number): return try bytes(of: number)
      }
    }
  }

  private func bytes(of number: ScalarValue) throws -> [UInt8] {
    let builder = GraphBuilder()
    let graph = builder.graph(outputs: [builder.constant(number)])
    return try OneByOne.run(graph, [])[0]
  }
}
