import Synchronization
import Testing

@testable import TandemGraph

/// What loops and branches refuse, and what compiling them costs.
@Suite struct ControlFlowRuleTests {
  private static let key = TensorType(Shape(), .uint64)

  private func complaint(_ op: some Op, _ types: [TensorType]) -> String? {
    do throws(ShapeError) {
      _ = try op.checkedOutputTypes(for: TensorTypes(types))
      return nil
    } catch {
      return error.message
    }
  }

  /// A graph that hands on what it is given, and takes these types as words of a key.
  private func body(_ carry: TensorType, key: [TensorType] = []) -> Subgraph {
    let builder = GraphBuilder()
    let x = builder.input(carry)
    let words = key.map(builder.input)
    return Subgraph(builder.graph(inputs: [x] + words, outputs: [x] + words.suffix(1)))
  }

  @Test("words of a key are eight bytes each", arguments: [DType.uint8, .float64, .uint32])
  func keysOfBodies(dtype: DType) {
    let carry = TensorType.float32([2])
    func scan(_ words: [TensorType]) -> Scan {
      Scan(
        body: body(carry, key: words), counts: BodyCounts(carries: 1, captures: 0), length: 3,
        hasKey: true)
    }
    let types = [carry, Self.key, Self.key, Self.key]
    let (key, wrong) = (Self.key, TensorType(Shape(), dtype))
    #expect(complaint(scan([key, key, key]), types) == nil)
    #expect(
      complaint(scan([key, key, wrong]), types)
        == "scan: the body takes \(wrong) as a word of its key")
    #expect(
      complaint(scan([key, TensorType([1], .uint64), key]), types)
        == "scan: the body takes uint64[1] as a word of its key")
  }

  @Test("what is stacked has room for one more axis")
  func stacking() {
    let carry = TensorType.float32([1, 1, 1, 1, 1, 1, 1, 2])
    let scan = { (keepsCarries: Bool, body: Subgraph) in
      Scan(
        body: body, counts: BodyCounts(carries: 1, captures: 0), length: 3,
        keepsCarries: keepsCarries)
    }
    #expect(complaint(scan(false, body(carry)), [carry]) == nil)
    let words = "scan: float32[1, 1, 1, 1, 1, 1, 1, 2] has too many axes to be stacked: "
    #expect(complaint(scan(true, body(carry)), [carry]) == words + carry.description)
    let builder = GraphBuilder()
    let x = builder.input(carry)
    let giving = Subgraph(builder.graph(inputs: [x], outputs: [x, x]))
    #expect(complaint(scan(false, giving), [carry]) == words + carry.description)
  }

  /// Graphs inside of one another.
  private func nested(_ depth: Int, _ around: (Subgraph) -> any Op, _ inmost: some Op) throws
    -> Graph
  {
    var builder = GraphBuilder()
    let type = TensorType.float32([2])
    var x = builder.input(type)
    var graph = builder.graph(outputs: [try builder.add(inmost, [x])[0]])
    func add(_ op: some Op) throws -> Graph {
      builder.graph(outputs: [try builder.add(op, [x])[0]])
    }
    for _ in 0..<depth {
      let op = around(Subgraph(graph))
      builder = GraphBuilder()
      x = builder.input(type)
      graph = try add(op)
    }
    return graph
  }

  private func compile(_ graph: Graph) throws -> Compilation {
    try GraphCompiler().compile(graph, inputs: [Layout([2])], donations: [nil])
  }

  private func scan(_ body: Subgraph, length: Int) -> Scan {
    Scan(body: body, counts: BodyCounts(carries: 1, captures: 0), length: length)
  }

  @Test("estimates of loops inside of loops end at the largest number")
  func estimates() throws {
    let scans = try nested(3, { scan($0, length: 1 << 30) }, Sin())
    #expect(try compile(scans).plan.operations[0].program.floatingPointOperations == .max)
    let builder = GraphBuilder()
    let x = builder.input(.float32([2]))
    let condition = Subgraph(builder.graph(outputs: [(x .> 0).all()]))
    let loops = try nested(
      8,
      { WhileLoop(condition: condition, body: $0, carryCount: 1, captureCount: 0, hasKey: false) },
      Sin())
    // The count of the calls is no carry: each loop hands on the first result of the one inside.
    #expect(try compile(loops).plan.operations[0].program.floatingPointOperations == .max)
  }

  /// An operator that counts how often it is lowered.
  private struct Counted: NonDifferentiableOp {
    static let name = "test.counted"
    static let count = Mutex(0)

    func outputTypes(for inputs: TensorTypes) throws(ShapeError) -> TensorTypes { inputs }

    func lower(_ inputs: TensorTypes, to lowering: inout Lowering) {
      Counted.count.withLock { $0 += 1 }
      lowering.map([lowering.output(0)], [lowering.input(0)]) { [$0[0]] }
    }
  }

  @Test("a body is compiled once, however deep it lies")
  func compilations() throws {
    func lowerings(_ depth: Int) throws -> Int {
      Counted.count.withLock { $0 = 0 }
      _ = try compile(try nested(depth, { scan($0, length: 2) }, Counted()))
      return Counted.count.withLock { $0 }
    }
    let once = try lowerings(1)
    #expect(once > 0)
    #expect(try lowerings(6) == once)
  }
}
