import TandemThreads

/// A counter of jobs, threads that add to it and workers that take from it and park.
final class ParkingModel {
  private let forgetsToLookAgain: Bool
  private let parking: Parking.Pointer = .allocate(capacity: 1)
  private let producers: Int
  private let jobsEach: Int
  private var queued = 0
  private var done = 0

  /// - Parameter forgetsToLookAgain: a worker goes to sleep without a last look for work, which
  ///   loses a wake-up that comes between its last look and its sleep.
  init(producers: Int, jobsEach: Int, forgetsToLookAgain: Bool) {
    (self.producers, self.jobsEach) = (producers, jobsEach)
    self.forgetsToLookAgain = forgetsToLookAgain
    parking.initialize(to: Parking())
  }

  deinit {
    parking.deinitialize(count: 1)
    parking.deallocate()
  }

  private var total: Int { producers * jobsEach }

  func bodies(workers: Int) -> [() -> Void] {
    (0..<producers).map { _ in { self.produce() } } + (0..<workers).map { _ in { self.work() } }
  }

  func check() -> String? { done == total ? nil : "\(done) of \(total) jobs done" }

  private func produce() {
    for _ in 0..<jobsEach {
      Virtual.step()
      queued += 1
      Parking.notify(parking, Virtual.self)
    }
  }

  private var seesWork: Bool {
    Virtual.step()
    return queued > 0 || done == total
  }

  private func work() {
    while done < total {
      Virtual.step()
      if queued > 0 {
        queued -= 1
        Virtual.step()
        done += 1
        // As `WorkerTeam.shutdown` does, so that the other workers see the end.
        if done == total { Parking.wake(parking, Virtual.self, atMost: 8) }
      } else {
        park()
      }
    }
  }

  private func park() {
    guard forgetsToLookAgain else {
      return Parking.search(
        parking, Virtual.self, Spin(Virtual.self, pauses: 1, nanoseconds: 0)
      ) { seesWork }
    }
    Parking.beginSearch(parking, Virtual.self)
    if !seesWork {
      Parking.announceSleep(parking, Virtual.self)
      Parking.awaitToken(parking, Virtual.self)
    }
    Parking.endSearch(parking, Virtual.self) { seesWork }
  }
}
