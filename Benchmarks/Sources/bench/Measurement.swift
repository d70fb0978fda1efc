import Foundation
import Tandem

/// The samples of one workload, taken as the peers take theirs.
struct Measurement {
  private(set) var seconds: [Double] = []
  /// The loss of the first and of the last unit, for training.
  private(set) var losses: (first: Double, last: Double)?
  private(set) var totalSeconds = 0.0
  private(set) var otherCores = 0.0

  /// After so many seconds of samples no further one is started.
  static let budgetSeconds = 25.0

  init(of workload: Workload, mode: String, samples: Int) throws {
    let (start, busy) = (now(), Processors.secondsOfOthers())
    let compiled = mode == "compiled" ? workload.prepareCompiled : nil
    let unit = try (compiled ?? workload.prepare)()
    for index in 0..<workload.warmUps {
      let loss = try finish(unit(), workload)
      if index == 0, let loss { losses = (loss, loss) }
    }
    if compiled != nil { waitForNativeKernels() }
    let first = now()
    for _ in 0..<samples {
      let begin = now()
      for _ in 1..<workload.inner { _ = try unit() }
      let loss = try finish(unit(), workload)
      seconds.append((now() - begin) / Double(workload.inner))
      if let loss { losses?.last = loss }
      if now() - first > Measurement.budgetSeconds { break }
    }
    totalSeconds = now() - start
    otherCores = (Processors.secondsOfOthers() - busy) / totalSeconds
  }

  /// Waits for everything that was queued; training reads its loss.
  private func finish(_ result: NDArray, _ workload: Workload) throws -> Double? {
    let loss = workload.isTraining ? result.item() : nil
    try waitForAll()
    return loss
  }
}

/// Seconds of a clock that only goes forward.
func now() -> Double {
  var time = timespec()
  clock_gettime(CLOCK_MONOTONIC, &time)
  return Double(time.tv_sec) + 1e-9 * Double(time.tv_nsec)
}

func median(_ values: [Double]) -> Double {
  let sorted = values.sorted()
  let middle = sorted.count / 2
  return sorted.count % 2 == 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2
}
