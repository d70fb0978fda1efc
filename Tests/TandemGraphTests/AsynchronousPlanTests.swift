import Glibc
@testable import TandemGraph
import TandemKernels
import TandemOps
import TandemShapes
import TandemThreads
import TestSupport
import Testing

/// What plans promise of operators that are only started: nothing that does not depend on one waits
/// for it, in this call or the next. Faults that are planted in how plans are cut are found.
@Suite struct AsynchronousPlanTests {
  /// Gives back what it was given, later.
  private struct Later: NonDifferentiableOp {
    static let name = "test.later"
    static var inputCounts: ClosedRange<Int> { 1...1 }
    static var isAsynchronous: Bool { true }

    func outputTypes(for inputs: TensorTypes) throws(ShapeError) -> TensorTypes { inputs }

    func lower(_ inputs: TensorTypes, to lowering: inout Lowering) {
      lowering.emit(LaterPrimitive(), [lowering.output(0)], [lowering.input(0)])
    }
  }

  /// The same, for which plans are not cut: the fault of a planner that knows one part.
  private struct Unmarked: NonDifferentiableOp {
    static let name = "test.unmarked"
    static var inputCounts: ClosedRange<Int> { 1...1 }

    func outputTypes(for inputs: TensorTypes) throws(ShapeError) -> TensorTypes { inputs }

    func lower(_ inputs: TensorTypes, to lowering: inout Lowering) {
      lowering.emit(LaterPrimitive(), [lowering.output(0)], [lowering.input(0)])
    }
  }

  private struct LaterPrimitive: AsynchronousPrimitive {
    func start(
      _ operands: [TandemKernels.Operand], scalars: [ScalarValue], in context: ParallelContext,
      done: AsynchronousEnd
    ) throws(KernelFailure) {
      done(nil)
    }
  }

  /// A random program in which every fourth operator or so is only started.
  private func plan(seed: UInt64, isMarked: Bool = true) throws -> Plan {
    var random = SplitMix(seed: seed)
    let builder = GraphBuilder()
    var values = [builder.input(.float32([48, 32])), builder.input(.float32([48, 32]))]
    for _ in 0..<6 + random.below(24) {
      let (x, y) = (values[random.below(values.count)], values[random.below(values.count)])
      switch random.below(8) {
      case 0, 1:
        values.append(
          isMarked ? .apply(Later(), x, at: .unknown) : .apply(Unmarked(), x, at: .unknown))
      case 2: values.append(x.exp())
      case 3: values.append(x.sum(axes: [1], keepDims: true) + y)
      case 4: values.append(x.transposed().matmul(y).sum(axes: [0], keepDims: true) + x)
      default: values.append(x * y)
      }
    }
    let outputs = (0..<1 + random.below(3)).map { _ in values[random.below(values.count)] }
    let graph = builder.graph(outputs: outputs + values.suffix(1))
    let layouts = graph.inputs.map { _ in InputForm.array(Layout([48, 32])) }
    return try GraphCompiler(options: CompilerOptions()).compile(
      graph, inputs: layouts, donations: graph.outputs.map { _ in nil }
    ).plan
  }

  /// For each operation the operations that are only started and that it waits for.
  private func awaited(_ plan: Plan) -> [Set<Int>] {
    var writers: [Plan.Place: Int] = [:]
    var result: [Set<Int>] = []
    for (index, operation) in plan.operations.enumerated() {
      var set: Set<Int> = []
      for operand in operation.operands {
        guard let place = operand?.place, let writer = writers[place] else { continue }
        set.formUnion(result[writer])
        if plan.operations[writer].isAsynchronous { set.insert(writer) }
      }
      result.append(set)
      for place in operation.results + operation.temporaries { writers[place.place] = index }
    }
    return result
  }

  /// The first buffer that would make something wait for an operator that it does not depend on:
  /// one that operations touch which wait for different ones, or one that is only started.
  private func standsInTheWay(_ plan: Plan) -> Int? {
    let awaited = awaited(plan)
    var touching = plan.buffers.map { _ in Set<Int>() }
    for (index, operation) in plan.operations.enumerated() {
      let places = operation.results + operation.temporaries + operation.operands.compactMap { $0 }
      for case .buffer(let buffer) in places.map(\.place) { touching[buffer].insert(index) }
    }
    return plan.buffers.indices.first { one in
      let sharing = plan.buffers.indices.filter { other in
        let (a, b) = (plan.buffers[one], plan.buffers[other])
        return a.byteOffset < b.byteOffset + b.byteCount
          && b.byteOffset < a.byteOffset + a.byteCount
      }
      let operations = sharing.reduce(into: Set<Int>()) { $0.formUnion(touching[$1]) }
      return Set(operations.map { awaited[$0] }).count > 1
        || operations.contains { plan.operations[$0].isAsynchronous }
    }
  }

  private static let seeds = 0..<UInt64(getenv("TANDEM_DEEP") != nil ? 5000 : 300)

  @Test func nothingStandsInTheWay() throws {
    var cut = 0
    for seed in Self.seeds {
      let plan = try plan(seed: seed)
      #expect(standsInTheWay(plan) == nil, "seed \(seed)")
      if Set(awaited(plan)).count > 2 && !plan.buffers.isEmpty { cut += 1 }
    }
    // A third of them at least has something to get wrong.
    #expect(3 * cut > Self.seeds.count)
  }

  /// Whether a fault is seen in more than a tenth of the programs.
  private func isFound(_ fault: (Plan) -> Plan, isMarked: Bool = true) throws -> Bool {
    let found = try Self.seeds.count { seed in
      standsInTheWay(fault(try plan(seed: seed, isMarked: isMarked))) != nil
    }
    return 10 * found > Self.seeds.count
  }

  @Test func aPlannerThatKnowsOnePartIsFound() throws {
    #expect(try isFound({ $0 }, isMarked: false))
  }

  @Test func resultsOfStartedOperatorsInTheArenaAreFound() throws {
    #expect(
      try isFound { plan in
        var (buffers, end) = (plan.buffers, plan.arenaByteCount)
        let homes = plan.passing.map { byteCount in
          buffers.append(Plan.Buffer(byteOffset: end, byteCount: byteCount))
          end += (byteCount + 63) / 64 * 64
          return buffers.count - 1
        }
        func moved(_ operand: Plan.Operand) -> Plan.Operand {
          guard case .passing(let index) = operand.place else { return operand }
          return Plan.Operand(place: .buffer(homes[index]), byteOffset: operand.byteOffset)
        }
        let operations = plan.operations.map { operation in
          operation.replacing(
            results: operation.results.map(moved),
            operands: operation.operands.map { $0.map(moved) })
        }
        return plan.replacing(operations: operations, buffers: buffers)
      })
  }

  @Test func partsInTheSameBytesAreFound() throws {
    #expect(
      try isFound { plan in
        plan.replacing(
          buffers: plan.buffers.map { Plan.Buffer(byteOffset: 0, byteCount: $0.byteCount) })
      })
  }
}
