/// Makes a plan of a graph: lowers its operators, decides whose memory each value gets.
///
/// The work goes through three stages: ``Planner+Lowering`` turns nodes into steps over memories of
/// their own, ``Planner+Outputs`` gives results their memory, ``MemoryPlan`` lays the others out in
/// one arena.
struct Planner {
  let graph: Graph
  let context: PassContext
  let donations: [Int?]
  let parts: PlanParts

  /// A piece of memory before it is decided where it lies.
  struct Memory {
    enum Home: Hashable {
      case undecided
      case place(Plan.Place)
    }

    let byteCount: Int
    var home: Home
  }

  /// A value: a layout of a memory, or a number.
  enum Location {
    case array(memory: Int, layout: Layout)
    case number(Plan.Scalar)
  }

  /// An operator on its way to become an operation of the plan.
  struct Step {
    let program: KernelProgram
    /// The memory of each result; results fill it from its first byte.
    var results: [Int]
    /// The memory of each operand and where in it the operand starts; `nil` for numbers.
    let operands: [(memory: Int, byteOffset: Int)?]
    /// The memory of each temporary, or none.
    var temporaries: [Int] = []
    let scalars: [Plan.Scalar]
    let node: Int
    let elementCountMax: Int
  }

  var memories: [Memory] = []
  var constants: [Plan.Constant] = []
  var steps: [Step] = []
  var locations: [Graph.Value: Location] = [:]
  /// Numbers that some operator needs in memory.
  var numbersInMemory: [Graph.Value: Int] = [:]
  var outputs: [Plan.OutputSource] = []
  /// Bytes of what passes from one part to another.
  var passing: [Int] = []
  /// Results that could not take over the memory that they were offered.
  var refusedDonations: [Int] = []

  init(_ graph: Graph, _ context: PassContext) {
    (self.graph, self.context) = (graph, context)
    donations = context.donations
    parts = PlanParts(graph)
  }

  mutating func plan() throws(ShapeError) -> Plan {
    try lowerAll()
    try placeOutputs()
    placePassing()
    let memoryPlan = MemoryPlan(self)
    GraphDump.memory.write(memoryPlan, self)
    return Plan(
      arenaByteCount: memoryPlan.arenaByteCount, buffers: memoryPlan.buffers,
      constants: constants, passing: passing,
      operations: steps.indices.map { operation($0, memoryPlan) }, outputs: outputs)
  }

  private func operation(_ index: Int, _ memory: MemoryPlan) -> Plan.Operation {
    let step = steps[index]
    let node = graph.nodes[step.node]
    return Plan.Operation(
      program: step.program,
      results: step.results.map {
        Plan.Operand(place: memory.places[$0], byteOffset: memory.offset(of: $0, self))
      },
      operands: step.operands.map { operand in
        operand.map {
          Plan.Operand(
            place: memory.places[$0.memory],
            byteOffset: $0.byteOffset + memory.offset(of: $0.memory, self))
        }
      },
      temporaries: step.temporaries.map { Plan.Operand(place: memory.places[$0], byteOffset: 0) },
      scalars: step.scalars, site: node.site, path: node.path, clobbers: memory.clobbers[index],
      declaredBytes: step.program.outputs.reduce(0) {
        $0 + $1.layout.shape.elementCount * $1.dtype.byteCount
      },
      part: parts.part(of: step.node),
      elementCountMax: step.elementCountMax)
  }

  /// Gives what asynchronous operators use, and what several parts use, memory of its own.
  private mutating func placePassing() {
    guard !parts.isWhole else { return }
    for (memory, users) in users.enumerated() where memories[memory].home == .undecided {
      let own = Set(users.map { parts.memoryPart(of: steps[$0].node) })
      guard own.count > 1 || own.contains(nil) else { continue }
      memories[memory].home = .place(.passing(passing.count))
      passing.append(memories[memory].byteCount)
    }
  }

  /// The steps that use each memory.
  var users: [[Int]] {
    var users: [[Int]] = memories.map { _ in [] }
    for (index, step) in steps.enumerated() {
      for memory in Set(step.results + step.temporaries + step.operands.compactMap { $0?.memory }) {
        users[memory].append(index)
      }
    }
    return users
  }

  /// Bytes of temporaries from which on they lie in the arena.
  static let arenaTemporaryBytesMin = 32 << 10

  /// Memory in the arena for the temporaries of a program, unless they are small.
  mutating func addTemporaries(of program: KernelProgram) -> [Int] {
    guard program.temporaryBytes > Planner.arenaTemporaryBytesMin, !program.isAsynchronous else {
      return []
    }
    return program.temporaryByteCounts.map { addMemory($0) }
  }

  mutating func addMemory(_ byteCount: Int, _ home: Memory.Home = .undecided) -> Int {
    memories.append(Memory(byteCount: byteCount, home: home))
    return memories.count - 1
  }

  /// The memory of each input of the graph that has one.
  var inputMemories: [Int?] {
    graph.inputs.map { node in
      guard case .array(let memory, _) = locations[Graph.Value(node: node)] else { return nil }
      return memory
    }
  }
}
