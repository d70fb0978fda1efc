import Glibc
import TandemEngine
import TandemThreads
import Testing

/// Random programs: the threaded engine leaves the bytes and the poison that the serial twin
/// leaves.
@Suite(.serialized)
struct SerialTwinTests {
  static let isDeep = getenv("TANDEM_DEEP") != nil
  static let variables = 100

  struct Outcome: Equatable {
    let bytes: [UInt64]
    /// For each variable the message of its poison.
    let poison: [String?]
  }

  /// Runs one program on an engine, pushed by one thread in order.
  static func outcome(_ operations: [RandomOperation], on engine: Engine) -> Outcome {
    outcome([operations], variables: variables, on: engine)
  }

  /// Runs programs over disjoint variables, each pushed by a thread of its own.
  static func outcome(
    _ programs: [[RandomOperation]], variables: Int, on engine: Engine
  ) -> Outcome {
    let world = World(variables: variables, operations: programs.reduce(0) { $0 + $1.count })
    let completer = Completer()
    let handles = (0..<variables).map { _ in engine.makeVariable() }
    if engine is SerialEngine || programs.count == 1 {
      for operation in programs.joined() { engine.push(operation, handles, world, completer) }
    } else {
      onThreads(
        programs.map { program in
          { for operation in program { engine.push(operation, handles, world, completer) } }
        })
    }
    let poison = handles.map { handle -> String? in
      do throws(EngineError) {
        try engine.wait(for: handle)
        return nil
      } catch { return error.message }
    }
    try? engine.waitForAll()
    _ = engine.takeErrors()
    handles.forEach(engine.release)
    completer.end()
    return Outcome(bytes: world.contents, poison: poison)
  }

  static func check(seed: UInt64, count: Int, workers: Int) {
    let program = RandomProgram(
      seed: seed, count: count, variables: 0..<variables, failures: seed % 2 == 1)
    let expected = outcome(program.operations, on: SerialEngine())
    let team = WorkerTeam(threads: workers)
    let engine = ThreadedEngine(team: team)
    let got = outcome(program.operations, on: engine)
    engine.shutdown()
    team.shutdown()
    let isEqual = got == expected
    #expect(isEqual, "seed \(seed), \(count) operations, \(workers) workers")
  }

  @Test(arguments: [1, 2, 3, 4, 5, 6] as [UInt64], [1, 2, 4])
  func tenThousandOperations(seed: UInt64, workers: Int) {
    Self.check(seed: seed, count: 10_000, workers: workers)
  }

  @Test func twoHundredSeeds() {
    for seed in 100..<300 as Range<UInt64> {
      Self.check(seed: seed, count: Self.isDeep ? 10_000 : 300, workers: 1 + Int(seed % 4))
    }
  }

  /// Several producers, each with variables of its own, failures included.
  @Test(arguments: [2, 4], [11, 12, 13] as [UInt64])
  func producersWithVariablesOfTheirOwn(producers: Int, seed: UInt64) {
    let count = Self.isDeep ? 10_000 : 2_500
    let each = Self.variables / producers
    let programs = (0..<producers).map { producer in
      RandomProgram(
        seed: seed &* 1000 &+ UInt64(producer), count: count,
        variables: producer * each..<(producer + 1) * each, firstID: producer * count,
        failures: true
      ).operations
    }
    let expected = Self.outcome(programs, variables: Self.variables, on: SerialEngine())
    let team = WorkerTeam(threads: 2)
    let engine = ThreadedEngine(team: team)
    let got = Self.outcome(programs, variables: Self.variables, on: engine)
    engine.shutdown()
    team.shutdown()
    let isEqual = got == expected
    #expect(isEqual, "seed \(seed), \(producers) producers")
  }

  /// Several producers on the same variables. Each operation notes the versions that it saw; there
  /// must be one serial order that explains them and respects each producer's order, and running
  /// the serial twin in that order must give the same bytes.
  @Test(arguments: [2, 4], [21, 22, 23, 24] as [UInt64])
  func producersOnTheSameVariables(producers: Int, seed: UInt64) throws {
    let count = (Self.isDeep ? 40_000 : 10_000) / producers
    let programs = (0..<producers).map { producer in
      RandomProgram(
        seed: seed &* 77 &+ UInt64(producer), count: count, variables: 0..<Self.variables,
        firstID: producer * count, failures: false
      ).operations
    }
    let world = World(variables: Self.variables, operations: producers * count)
    let completer = Completer()
    let team = WorkerTeam(threads: 3)
    let engine = ThreadedEngine(team: team)
    let handles = (0..<Self.variables).map { _ in engine.makeVariable() }
    onThreads(
      programs.map { program in
        { for operation in program { engine.push(operation, handles, world, completer) } }
      })
    try engine.waitForAll()
    completer.end()
    engine.shutdown()
    team.shutdown()

    let order = try #require(
      SerialOrder(world, programs: programs).order, "seed \(seed): no serial order explains the run"
    )
    let all = Array(programs.joined())
    let expected = Self.outcome(order.map { all[$0] }, on: SerialEngine())
    let isEqual = world.contents == expected.bytes
    #expect(isEqual, "seed \(seed), \(producers) producers")
  }
}

/// A serial order of the operations of a run, from what they noted down; nil if there is none.
struct SerialOrder {
  let order: [Int]?

  init(_ world: World, programs: [[RandomOperation]]) {
    let count = world.operationCount
    var after = [[Int]](repeating: [], count: count)
    var before = [Int](repeating: 0, count: count)
    func add(_ first: Int, _ second: Int) {
      guard first != second else { return }
      after[first].append(second)
      before[second] += 1
    }
    for program in programs {
      for (one, next) in zip(program, program.dropFirst()) { add(one.id, next.id) }
    }
    for variable in 0..<world.count {
      let writers = world.writers[variable]
      for (one, next) in zip(writers, writers.dropFirst()) { add(one, next) }
    }
    for operation in 0..<count {
      for (variable, version) in world.versions[operation] {
        let writers = world.writers[variable]
        if version > 0 { add(writers[version - 1], operation) }
        if version < writers.count { add(operation, writers[version]) }
      }
    }
    var free = (0..<count).filter { before[$0] == 0 }
    var found: [Int] = []
    while let operation = free.popLast() {
      found.append(operation)
      for next in after[operation] {
        before[next] -= 1
        if before[next] == 0 { free.append(next) }
      }
    }
    order = found.count == count ? found : nil
  }
}
