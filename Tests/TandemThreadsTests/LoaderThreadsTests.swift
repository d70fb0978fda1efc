import CTandem
import Synchronization
import Testing

@testable import TandemThreads

struct LoaderThreadsTests {
  @Test func everyClosureRunsOnceOnAThreadThatIsNoWorker() {
    let loader = LoaderThreads(threads: 1)
    let order = Guarded<[Int]>([])
    let workers = Atomic<Int>(0)
    for index in 0..<2000 {
      loader.run {
        if tandem_thread().pointee.team != nil { workers.wrappingAdd(1, ordering: .relaxed) }
        order.withLock { $0.append(index) }
      }
    }
    loader.shutdown()
    #expect(order.withLock { $0 } == Array(0..<2000))
    #expect(workers.load(ordering: .relaxed) == 0)
  }

  @Test func closuresMayAddClosures() {
    let loader = LoaderThreads(threads: ThreadBudget.count)
    let count = Atomic<Int>(0)
    let done = Atomic<Bool>(false)
    loader.run {
      for _ in 0..<100 {
        loader.run {
          if count.wrappingAdd(1, ordering: .relaxed).newValue == 100 {
            done.store(true, ordering: .releasing)
          }
        }
      }
    }
    while !done.load(ordering: .acquiring) { tandem_yield() }
    loader.shutdown()
    #expect(count.load(ordering: .relaxed) == 100)
  }

  @Test func devicesHaveThreadsOfTheirOwn() {
    guard ThreadBudget.count >= 2 else { return }
    let teams = WorkerTeam.disjoint(threads: [1, ThreadBudget.count - 1])
    #expect(teams.map(\.width).reduce(0, +) == ThreadBudget.count)
    for team in teams { team.shutdown() }
    let numbers = teams.flatMap { team in
      (0..<team.width).map { team.threadNumbers[$0].load(ordering: .acquiring) }
    }
    #expect(Set(numbers).count == numbers.count)
  }

  @Test func moreThanTheBudgetFails() async {
    await #expect(processExitsWith: .failure) {
      _ = WorkerTeam.disjoint(threads: [ThreadBudget.count, 1])
    }
    await #expect(processExitsWith: .failure) {
      _ = LoaderThreads(threads: ThreadBudget.count + 1)
    }
  }
}
