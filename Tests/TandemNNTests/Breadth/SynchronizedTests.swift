import Synchronization
import TandemArray
import Testing

@testable import TandemNN

/// Batch normalisation over the batches of several workers.
@Suite struct SynchronizedTests {
  /// Two workers that take turns on one thread: the first leaves what it gives, which the second
  /// adds; a second round of the first finds what the second left.
  private final class Shelf: StatisticsExchange {
    private let state = Mutex<(others: [NDArray], own: [NDArray])>(([], []))

    /// Begins a worker's turn: what was given in the turn before is what the other gives.
    func turn() {
      state.withLock { $0 = ($0.own, []) }
    }

    func sum(_ values: NDArray) -> NDArray {
      state.withLock { state in
        let index = state.own.count
        state.own.append(values)
        return index < state.others.count ? values + state.others[index] : values
      }
    }
  }

  /// What so many workers add up to that all have the same.
  private struct Copies: StatisticsExchange {
    let count: Double

    func sum(_ values: NDArray) -> NDArray { values * count }
  }

  @Test("the first sums of two workers are those of both batches")
  func workers() {
    let (a, b) = (NDArray.random.normal([4, 3], seed: 1), NDArray.random.normal([6, 3], seed: 2))
    let shelf = Shelf()
    let layer = BatchNorm(exchange: shelf)
    // Means are known after the first two turns, variances after the next two.
    for x in [a, b, a, b, a] {
      shelf.turn()
      _ = withTraining(true) { layer(x) }
    }
    shelf.turn()
    let y = withTraining(true) { layer(b) }
    let whole = withTraining(true) { BatchNorm()(NDArray.concatenated([a, b], axis: 0)) }
    #expect((y - whole[4..<10]).abs().max().item() < 1e-5)
  }

  @Test("copies of one batch on all workers give what one gives, gradients and statistics too")
  func copies() throws {
    let x = NDArray.random.normal([5, 3, 2], seed: 3)
    let c = NDArray.random.normal([5, 3, 2], seed: 4)
    let (own, all) = (BatchNorm(), BatchNorm(exchange: Copies(count: 3)))
    let slopes = [own, all].map { layer in
      gradient(of: { x in withTraining(true) { (layer(x) * c).sum() } })(x)
    }
    #expect((slopes[0] - slopes[1]).abs().max().item() < 1e-5)
    #expect((own.runningMean.value - all.runningMean.value).abs().max().item() < 1e-6)
    // The variance divides by one less than thirty elements, not ten.
    let difference = own.runningVariance.value - all.runningVariance.value
    let batch = (own.runningVariance.value - 0.9) * 10 * 0.9
    let expected = batch * (10.0 / 9 - 30.0 / 29) * 0.1
    #expect((difference - expected).abs().max().item() < 1e-6)
  }

  @Test("one worker with an exchange gives what it gives without, compiled too")
  func alone() {
    let x = NDArray.random.normal([5, 3, 2, 2], seed: 5)
    let layers = [BatchNorm(), BatchNorm(exchange: Copies(count: 1))]
    let results = layers.map { layer in withTraining(true) { layer(x) } }
    #expect((results[0] - results[1]).abs().max().item() < 1e-5)
    let compiled = BatchNorm(exchange: Copies(count: 1))
    let region = compile(mutating: compiled) { (x: NDArray) in withTraining(true) { compiled(x) } }
    #expect(region(x).scalars(as: Float.self) == results[1].scalars(as: Float.self))
    #expect(
      compiled.runningVariance.value.scalars(as: Float.self)
        == layers[1].runningVariance.value.scalars(as: Float.self))
  }
}
