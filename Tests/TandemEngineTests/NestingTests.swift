import Synchronization
import TandemShapes
import TandemThreads
import Testing

@testable import TandemEngine

/// One compute thread, everything nested, blocked tasks: must finish.
struct NestingTests {
  @Test(.timeLimit(.minutes(2)))
  func oneThreadEverythingNestedFourBlockedTasks() async throws {
    let team = WorkerTeam(threads: 1)
    let engine = ThreadedEngine(team: team, limits: EngineLimits(operationsInFlightMax: 64))
    let counter = Counter()
    let variables = (0..<4).map { _ in engine.makeVariable() }
    try await withThrowingTaskGroup(of: Void.self) { group in
      for variable in variables {
        group.addTask {
          for _ in 0..<50 {
            NestingTests.pushNested(engine, variable, counter)
            try engine.wait(for: variable)
          }
        }
      }
      try await group.waitForAll()
    }
    try engine.waitForAll()
    // Each round: two loops of eight chunks in the outer operation, one in the inner, one caller.
    #expect(counter.count == 4 * 50 * (8 * 8 + 8 + 1))
    engine.shutdown()
    team.shutdown()
  }

  /// An operation that runs a loop in a loop and pushes an operation that does so too, and an
  /// asynchronous one that is completed by yet another operation.
  private static func pushNested(
    _ engine: ThreadedEngine, _ variable: Variable, _ counter: Counter
  ) {
    engine.push(name: "outer", writing: [variable]) { context in
      let parallel = context.parallel
      parallel.parallelFor(8) { _ in
        parallel.parallelFor(8) { _ in counter.add(1) }
      }
    }
    engine.push(name: "pusher", reading: [variable]) { _ in
      let inner = engine.makeVariable()
      engine.push(name: "inner", writing: [inner]) { context in
        context.parallel.parallelFor(8) { _ in counter.add(1) }
      }
      engine.release(inner)
    }
    engine.pushAsync(name: "async", writing: [variable]) { context in
      let completion = context.completion
      engine.push(name: "completer") { _ in
        counter.add(1)
        engine.complete(completion)
      }
    }
  }
}

/// An atomic that closures share.
private final class Counter: Sendable {
  private let value = Atomic<Int>(0)
  func add(_ amount: Int) { value.wrappingAdd(amount, ordering: .relaxed) }
  var count: Int { value.load(ordering: .relaxed) }
}
