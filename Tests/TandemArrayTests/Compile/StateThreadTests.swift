import Foundation
import Synchronization
import TandemArray
import Testing

/// Parameters that one thread changes by a region while others read them.
@Suite struct StateThreadTests {
  private static let rounds = 300

  /// Two parameters that a step of training counts up together, in place.
  private struct Pair: Sendable {
    let a = Parameter(.zeros([48, 48]))
    let b = Parameter(.zeros([48, 48]))

    func training() -> @Sendable () -> Void {
      let step = compile(mutating: [a, b]) { [self] (one: NDArray) in
        a.value = a.value + one
        b.value = b.value + one
      }
      return { step(NDArray([1])) }
    }
  }

  /// Runs the training beside `read`, which says what it saw; returns what differs.
  private func differences(
    _ train: @Sendable () -> Void, _ read: @Sendable () -> [Float]
  ) -> [[Float]] {
    let found = Mutex<[[Float]]>([])
    let isOver = Atomic<Bool>(false)
    DispatchQueue.concurrentPerform(iterations: 2) { thread in
      if thread == 0 {
        while !isOver.load(ordering: .relaxed) { train() }
        return
      }
      for _ in 0..<Self.rounds {
        let seen = read()
        if Set(seen).count != 1 { found.withLock { $0.append(seen) } }
      }
      isOver.store(true, ordering: .relaxed)
    }
    return found.withLock { $0 }
  }

  @Test("a region that reads sees the parameters of one step")
  func regionBesideRegion() {
    let pair = Pair()
    // Many operations, so that a step could come between them.
    let read = compile { (zero: NDArray) in
      var seen: [NDArray] = []
      for _ in 0..<12 {
        for parameter in [pair.a, pair.b] {
          seen.append((parameter.value.matmul(zero) + parameter.value).cumulativeSum(axis: 0).min())
        }
      }
      return NDArray.stacked(seen, axis: 0)
    }
    let zero = NDArray.zeros([48, 48])
    let found = differences(pair.training()) { read(zero).scalars(as: Float.self) }
    #expect(found == [])
  }

  @Test("an array that was read stays what it was")
  func arrayBesideRegion() {
    let pair = Pair()
    let found = differences(pair.training()) {
      let value = pair.a.value
      return (0..<12).map { _ in (value + 0).cumulativeSum(axis: 0).min().item(as: Float.self) }
    }
    #expect(found == [])
  }

  @Test("regions that change the same parameters in other orders lose no step")
  func regionsBesideEachOther() {
    let pair = Pair()
    let forth = compile(mutating: [pair.a, pair.b]) { (one: NDArray) in
      pair.a.value = pair.a.value + one
      pair.b.value = pair.b.value + one
    }
    let back = compile(mutating: [pair.b, pair.a]) { (one: NDArray) in
      pair.b.value = pair.b.value + one * 2
      pair.a.value = pair.a.value + one * 2
    }
    DispatchQueue.concurrentPerform(iterations: 4) { thread in
      for _ in 0..<Self.rounds { thread % 2 == 0 ? forth(NDArray([1])) : back(NDArray([1])) }
    }
    let total = Float(6 * Self.rounds)
    for parameter in [pair.a, pair.b] {
      #expect(Set(parameter.value.scalars(as: Float.self)) == [total])
    }
  }
}
