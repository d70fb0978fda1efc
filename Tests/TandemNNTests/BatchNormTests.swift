import Foundation
import Synchronization
import TandemArray
import TandemThreads
import Testing

@testable import TandemNN

/// The state of batch normalisation: between threads, and where it lies.
@Suite struct BatchNormTests {
  /// All batches are one, so the order of the updates does not matter: after n of them the mean is
  /// `(1 − 0.9ⁿ) · mean of the batch`.
  @Test("threads that train one layer lose no update, and nobody sees half of one")
  func threads() {
    let x = NDArray([[1, 10], [3, 30]])
    let layer = BatchNorm()
    let (threads, steps) = (4, 40)
    let strange = Mutex<[Shape]>([])
    DispatchQueue.concurrentPerform(iterations: threads + 2) { thread in
      for _ in 0..<steps {
        if thread < threads {
          _ = withTraining(true) { layer(x) }
        } else {
          let shape = layer.runningMean.value.shape
          if shape.rank > 1 || (shape.rank == 1 && shape != [2]) {
            strange.withLock { $0.append(shape) }
          }
          #expect(layer(x).shape == [2, 2])
        }
      }
    }
    #expect(strange.withLock { $0 }.isEmpty)
    let share = 1 - pow(0.9, Double(threads * steps))
    for (found, mean) in zip(layer.runningMean.value.scalars(as: Double.self), [2.0, 20]) {
      #expect(abs(found - share * mean) < 1e-4 * mean)
    }
    // Of two elements the variance is twice the batch's; the running one starts at one.
    for (found, variance) in zip(layer.runningVariance.value.scalars(as: Double.self), [2.0, 200]) {
      #expect(abs(found - (1 - share) - share * variance) < 1e-4 * variance)
    }
  }

  @Test("statistics that a region reads before the first call has given them their length")
  func readBeforeTheirLength() {
    @Sendable func step(_ norm: BatchNorm, _ x: NDArray) -> [NDArray] {
      let (mean, variance) = (norm.runningMean.value, norm.runningVariance.value)
      let y = withTraining(true) { norm(x) }
      return [y, norm.runningMean.value - mean, norm.runningVariance.value - variance]
    }
    let (eager, compiled) = (BatchNorm(), BatchNorm())
    let region = compile(mutating: compiled) { (x: NDArray) in step(compiled, x) }
    for seed in 0..<3 as Range<UInt64> {
      let x = NDArray.random.normal([4, 3], seed: seed)
      for (a, b) in zip(step(eager, x), region(x)) {
        #expect(a.scalars(as: Float.self) == b.scalars(as: Float.self))
      }
    }
    #expect(region.statistics.traces == 1)
  }

  @Test("what layers make of themselves lies where their operands do")
  func devices() async {
    await #expect(processExitsWith: .success) {
      ThreadBudget.configure(threads: 2)
      Device.configure(threads: [1, 1])
      let x = NDArray.random.normal([5, 2, 3], seed: 1)
      let (norm, lstm) = (BatchNorm(axis: -1), LSTM(4))
      let here = (lstm(x).scalars(as: Float.self), withTraining(true) { norm(x) })
      let moved = (BatchNorm(axis: -1), LSTM(4))
      for (own, other) in zip(
        norm.parameters + lstm.parameters, moved.0.parameters + moved.1.parameters)
      {
        other.parameter.value = own.parameter.value.to(.cpu(1))
      }
      let there = x.to(.cpu(1))
      let outputs = moved.1(there)
      #expect(outputs.device == .cpu(1) && outputs.scalars(as: Float.self) == here.0)
      let normal = withTraining(true) { moved.0(there) }
      #expect(normal.device == .cpu(1))
      #expect(normal.scalars(as: Float.self) == here.1.scalars(as: Float.self))
      #expect(moved.0.runningMean.value.device == .cpu(1))
      try waitForAll()
    }
  }
}
