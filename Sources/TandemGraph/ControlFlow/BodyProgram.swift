import TandemKernels
import TandemThreads

/// The graph of a branch or loop, compiled, to be run inside of a kernel: once for each iteration,
/// over one arena.
final class BodyProgram: Sendable {
  private let plan: Plan
  private let steps: [Step]
  private let constants: PlanConstants
  private let deliveries: [Delivery]
  private let inputCount: Int
  private let outputTypes: [TensorType]
  /// Where in the arena a result lies that does not come in row-major order.
  private let scratchOffsets: [Int?]
  /// How many bytes a run needs beside inputs and outputs.
  let arenaByteCount: Int
  /// How many draws the graph makes.
  let drawCount: Int
  private let firstKey: Int

  /// An operation of the plan.
  private struct Step {
    let program: KernelProgram
    /// Results, then operands, then temporaries.
    let operands: [Plan.Operand]
    let scalars: [Plan.Scalar]
    let site: CallSite
  }

  /// How a result comes to where it shall be.
  private enum Delivery {
    /// It is written there.
    case direct
    /// It is copied from there.
    case copy(Plan.Place, Layout)
    case number(Plan.Scalar)
  }

  /// - Parameters:
  ///   - arrays: the layouts of the inputs before the key; where they start is said at each run.
  /// - Throws: `ShapeError` if the graph cannot be compiled.
  init(_ body: Subgraph, arrays: [Layout], _ options: CompilerOptions) throws(ShapeError) {
    let keys = body.graph.inputs.count - arrays.count
    let forms = arrays.map { InputForm.array($0.atStart) } + Array(repeating: .number, count: keys)
    plan = try GraphCompiler(options: options).compile(
      body.graph, inputs: forms, donations: body.graph.outputs.map { _ in nil }
    ).plan
    steps = plan.operations.map { operation in
      // Numbers have no memory, and nobody looks at their address.
      let operands = operation.operands.map {
        $0 ?? Plan.Operand(place: .buffer(-1), byteOffset: 0)
      }
      return Step(
        program: operation.program,
        operands: operation.results + operands + operation.temporaries,
        scalars: operation.scalars, site: operation.site)
    }
    (firstKey, drawCount) = (arrays.count, max(keys - 2, 0))
    inputCount = forms.count
    outputTypes = body.outputTypes
    var end = plan.arenaByteCount
    var (scratch, ways): ([Int?], [Delivery]) = ([], [])
    for (index, output) in plan.outputs.enumerated() {
      scratch.append(nil)
      switch output {
      case .fresh(_, let layout, _) where layout.isRowMajor: ways.append(.direct)
      case .fresh(let byteCount, let layout, _):
        end = (end + 63) & ~63
        scratch[index] = end
        end += byteCount
        ways.append(.copy(.output(index), layout))
      case .sameMemory(let other, let layout, _): ways.append(.copy(.output(other), layout))
      case .input(let input, let layout, _):
        ways.append(
          input < arrays.count ? .copy(.input(input), layout) : .number(.input(input)))
      case .donated(let input, let layout, _): ways.append(.copy(.input(input), layout))
      case .number(let number): ways.append(.number(.value(number)))
      }
    }
    (scratchOffsets, deliveries, arenaByteCount) = (scratch, ways, end)
    constants = PlanConstants(plan)
  }

  /// The loop programs of its steps, and of what these run.
  var loopPrograms: [LoopProgram] { plan.kernelRecords.map(\.program) }

  /// Floating-point operations of one run; a kernel counts as no less than starting it costs.
  var floatingPointOperations: Int {
    steps.reduce(0) { $0.saturatingSum(max($1.program.floatingPointOperations, 1000)) }
  }

  /// One run of the graph.
  struct Call {
    /// Where the inputs before the key lie.
    var inputs: [UnsafeMutableRawPointer]
    /// Where the results go, in row-major order; nothing else lies there.
    var outputs: [UnsafeMutableRawPointer]
    /// ``BodyProgram/arenaByteCount`` bytes.
    let arena: UnsafeMutableRawPointer
    /// The key of the first draw.
    var key = RandomKey(seed: 0)
  }

  /// Runs the graph.
  ///
  /// - Throws: what a kernel inside throws, with the place of its operator.
  func run(_ call: Call, in context: ParallelContext) throws(KernelFailure) {
    for step in steps {
      let scalars = step.scalars.map { number($0, call) }
      let failure: KernelFailure? = withUnsafeTemporaryAllocation(
        of: UnsafeMutableRawPointer.self, capacity: step.operands.count
      ) { bases in
        for (index, operand) in step.operands.enumerated() {
          bases.initializeElement(
            at: index, to: address(operand.place, call) + operand.byteOffset)
        }
        do throws(KernelFailure) {
          try step.program.run(
            bases: UnsafeBufferPointer(bases), scalars: scalars, in: context)
          return nil
        } catch { return error }
      }
      if let failure {
        throw KernelFailure("\(step.program.name) at \(step.site): \(failure.message)")
      }
    }
    deliver(call, in: context)
  }

  private func deliver(_ call: Call, in context: ParallelContext) {
    for (index, delivery) in deliveries.enumerated() {
      let type = outputTypes[index]
      switch delivery {
      case .direct: break
      case .copy(let place, let layout):
        Copy.copy(
          Operand(address(place, call), layout, type.dtype),
          to: Operand(call.outputs[index], Layout(type.shape), type.dtype), in: context)
      case .number(let scalar):
        let bytes = Literal(number(scalar, call)).bytes
        call.outputs[index].copyMemory(from: bytes, byteCount: bytes.count)
      }
    }
  }

  private func number(_ scalar: Plan.Scalar, _ call: Call) -> ScalarValue {
    switch scalar {
    case .value(let value): return value
    case .input(let input):
      let word: UInt64 =
        switch input - firstKey {
        case 0: call.key.seed
        case 1: call.key.stream
        default: call.key.tick &+ UInt64(input - firstKey - 2)
        }
      return ScalarValue(Int(truncatingIfNeeded: word), .uint64)
    }
  }

  private func address(_ place: Plan.Place, _ call: Call) -> UnsafeMutableRawPointer {
    switch place {
    case .input(let input): call.inputs[input]
    case .output(let output):
      scratchOffsets[output].map { call.arena + $0 } ?? call.outputs[output]
    case .buffer(-1): call.arena
    case .buffer(let buffer): call.arena + plan.buffers[buffer].byteOffset
    case .constant(let constant): constants.start(of: constant)
    case .passing: fail("control flow: broken invariant: an asynchronous operator", at: .unknown)
    }
  }
}

/// A primitive that runs compiled graphs.
protocol BodyPrimitive: FalliblePrimitive {
  /// The graphs.
  var bodies: [BodyProgram] { get }
}

extension BodyProgram: Hashable {
  /// A program is itself alone.
  static func == (lhs: BodyProgram, rhs: BodyProgram) -> Bool { lhs === rhs }

  func hash(into hasher: inout Hasher) { hasher.combine(ObjectIdentifier(self)) }
}

extension Layout {
  /// The same lengths and strides from offset zero.
  var atStart: Layout {
    var layout = self
    layout.offset = 0
    return layout
  }
}
