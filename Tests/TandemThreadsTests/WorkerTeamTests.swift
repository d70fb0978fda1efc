import Glibc
import Synchronization
import Testing

@testable import TandemThreads

struct WorkerTeamTests {
  @Test(arguments: [1, 2, 4, 7]) func eachChunkRunsOnce(threads: Int) {
    let team = WorkerTeam(threads: threads)
    let context = team.context
    #expect(context.width == threads)
    for count in [0, 1, 2, 3, 64, 1000] {
      let runs = (0..<count).map { _ in Box() }
      context.parallelFor(count) { runs[$0].count.wrappingAdd(1, ordering: .relaxed) }
      #expect(runs.allSatisfy { $0.count.load(ordering: .relaxed) == 1 })
    }
    team.shutdown()
  }

  final class Box: Sendable { let count = Atomic<Int>(0) }

  @Test func whatChunksWroteIsVisibleAfterwards() {
    let team = WorkerTeam(threads: 4)
    let context = team.context
    let numbers = UnsafeMutablePointer<Int>.allocate(capacity: 100)
    numbers.initialize(repeating: 0, count: 100)
    for round in 1...2_000 {
      context.parallelFor(100) { numbers[$0] += $0 }
      #expect(numbers[99] == 99 * round)
    }
    #expect((0..<100).allSatisfy { numbers[$0] == $0 * 2_000 })
    numbers.deallocate()
    team.shutdown()
  }

  /// While the last chunk runs there is nothing for a worker to take, hence nothing to spin for.
  @Test func theLastChunkRunsOffTheBoard() {
    let team = WorkerTeam(threads: 2)
    let isOpen = Atomic<Bool>(true)
    team.context.parallelFor(5) { chunk in
      if chunk == 4 { isOpen.store(team.hasOpenLoops, ordering: .relaxed) }
    }
    #expect(isOpen.load(ordering: .relaxed) == false)
    team.shutdown()
  }

  @Test func nestedLoopsRunInline() {
    let team = WorkerTeam(threads: 3)
    let context = team.context
    let sum = Atomic<Int>(0)
    context.parallelFor(20) { _ in
      let outer = pthread_self()
      context.parallelFor(20) { _ in
        #expect(pthread_equal(outer, pthread_self()) != 0)
        sum.wrappingAdd(1, ordering: .relaxed)
      }
    }
    #expect(sum.load(ordering: .relaxed) == 400)
    team.shutdown()
  }

  /// More callers than there are slots: those without one run their loop alone.
  @Test func manyCallersAtOnce() {
    let team = WorkerTeam(threads: 2)
    let sum = Atomic<Int>(0)
    withUnsafePointer(to: team) { team in
      let threads = (0..<80).map { _ in
        var thread = pthread_t()
        let start = Unmanaged.passRetained(Caller(team.pointee.context)).toOpaque()
        pthread_create(
          &thread, nil,
          { argument in
            let caller = Unmanaged<Caller>.fromOpaque(argument!).takeRetainedValue()
            for _ in 0..<50 {
              caller.context.parallelFor(10) { _ in caller.sum.wrappingAdd(1, ordering: .relaxed) }
            }
            Caller.total.wrappingAdd(caller.sum.load(ordering: .relaxed), ordering: .relaxed)
            return nil
          }, start)
        return thread
      }
      for thread in threads { pthread_join(thread, nil) }
    }
    sum.store(Caller.total.load(ordering: .relaxed), ordering: .relaxed)
    #expect(sum.load(ordering: .relaxed) == 80 * 50 * 10)
    team.shutdown()
  }

  final class Caller: Sendable {
    static let total = Atomic<Int>(0)
    let context: ParallelContext
    let sum = Atomic<Int>(0)
    init(_ context: ParallelContext) { self.context = context }
  }

  @Test func teamsEndWhileTheirWorkersSleepOrSpin() {
    for _ in 0..<200 {
      let team = WorkerTeam(threads: 3)
      team.context.parallelFor(5) { _ in }
      team.shutdown()
    }
  }
}
