import Foundation
import Synchronization
import TandemArray
import TandemThreads
import Testing

/// One region and many callers, and many calls.
@Suite struct CompileThreadTests {
  @Test("several threads call one region, each with its own arguments and shapes")
  func manyThreads() {
    let weight = Parameter(.random.normal([16, 16], seed: 1))
    let region = compile { (x: NDArray) in (x.matmul(weight.value).tanh() + x).sum(axis: 1) }
    let eager: @Sendable (NDArray) -> NDArray = { x in
      (x.matmul(weight.value).tanh() + x).sum(axis: 1)
    }
    let failures = Mutex<[String]>([])
    DispatchQueue.concurrentPerform(iterations: 8) { thread in
      for call in 0..<60 {
        let x = NDArray.random.normal(
          [1 + (thread + call) % 3, 16], seed: UInt64(100 * thread + call))
        let (a, b) = (region(x).scalars(as: Float.self), eager(x).scalars(as: Float.self))
        if a != b { failures.withLock { $0.append("thread \(thread), call \(call)") } }
      }
    }
    #expect(failures.withLock { $0 } == [])
    #expect(region.statistics.hits + region.statistics.traces == 8 * 60)
    #expect(region.statistics.programs == 3)
  }

  @Test("steps of several threads on one parameter all count")
  func manyThreadsThatUpdate() {
    let weight = Parameter(.zeros([64]))
    let step = compile(mutating: weight) { (x: NDArray) in weight.value = weight.value + x }
    step(.zeros([64]))
    DispatchQueue.concurrentPerform(iterations: 4) { _ in
      for _ in 0..<200 { step(.ones([64])) }
    }
    #expect(weight.value.scalars(as: Float.self) == Array(repeating: 800, count: 64))
  }

  /// What a thread of its own does before this returns.
  private func elsewhere(_ body: @escaping @Sendable () -> Void) {
    let group = DispatchGroup()
    DispatchQueue.global().async(group: group, execute: body)
    group.wait()
  }

  @Test("first calls of a step that adds up gradients, by several threads at once")
  func firstCallsThatAccumulate() {
    for _ in 0..<20 {
      let weight = Parameter(.ones([64]))
      weight.accumulatesGradient = true
      let step = compile(mutating: weight) { (x: NDArray) in
        record { (weight.value * x).sum() }.backward()
      }
      DispatchQueue.concurrentPerform(iterations: 8) { _ in step(.ones([64])) }
      #expect(weight.gradient?.scalars(as: Float.self) == Array(repeating: 8, count: 64))
    }
  }

  @Test("another thread's call comes between the trace of a step and its run")
  func changedWhileTraced() {
    let weight = Parameter(NDArray([1, 1]))
    weight.accumulatesGradient = true
    let calls = Atomic<Int>(0)
    let step = Mutex<Compiled<NDArray, NDArray>?>(nil)
    let made = compile(mutating: weight) { (x: NDArray) in
      let loss = record { (weight.value * x).sum() }
      loss.backward()
      if calls.wrappingAdd(1, ordering: .relaxed).newValue == 1 {
        elsewhere { _ = step.withLock { $0 }?(NDArray([1, 1])) }
      }
      return loss + NDArray.random.uniform([])
    }
    step.withLock { $0 = made }
    let found = withSeed(3) {
      [made(NDArray([1, 1])), NDArray.random.uniform([])].map { $0.item() }
    }
    #expect(weight.gradient?.scalars(as: Float.self) == [2, 2])
    #expect(made.statistics.traces == 3)
    // The trace that did not run has drawn nothing.
    let expected = withSeed(3) {
      [NDArray.random.uniform([]) + 2, NDArray.random.uniform([])].map { $0.item() }
    }
    #expect(found == expected)
    step.withLock { $0 = nil }
  }

  @Test("a gradient that goes, and a cell that gets another shape, during a trace")
  func otherShapesWhileTraced() {
    let weight = Parameter(NDArray([1, 1]))
    weight.accumulatesGradient = true
    weight.gradient = NDArray([1, 1])
    let cell = StateCell("cell", NDArray([1, 1]))
    let calls = Atomic<Int>(0)
    let step = compile(mutating: weight, cell) { (x: NDArray) in
      let loss = record { (weight.value * x).sum() }
      loss.backward()
      cell.value = cell.value + 1
      if calls.wrappingAdd(1, ordering: .relaxed).newValue == 1 {
        elsewhere {
          weight.gradient = nil
          cell.value = NDArray([5, 5, 5])
        }
      }
      return loss
    }
    #expect(step(NDArray([1, 1])).item() == 2)
    #expect(weight.gradient?.scalars(as: Float.self) == [1, 1])
    #expect(cell.value.scalars(as: Float.self) == [6, 6, 6])
    #expect(step.statistics.traces == 2)
  }

  @Test("a state that changes in every trace ends the call with a message")
  func changedInEveryTrace() {
    let text = failureText {
      let flags = (0..<9).map { _ in Parameter(NDArray([1, 1])) }
      let region = compile { (x: NDArray) in
        let count = flags.count { $0.isTrainable }
        elsewhere { flags[count - 1].isTrainable = false }
        return x * Float(count)
      }
      _ = region(NDArray([1, 1]))
    }
    #expect(
      text.contains(
        "compile: the closure was traced 8 times, and each time the closure or another thread had "
          + "changed what it depends on: parameter unbound: isTrainable"), "\(text)")
  }

  @Test("thousands of calls take no more memory than a hundred")
  func flatMemory() throws {
    let weight = Parameter(.random.normal([128, 128], seed: 1))
    let step = compile(mutating: weight) { (x: NDArray) in
      let y = x.matmul(weight.value).tanh()
      weight.value = weight.value - y * 0.001
      return y.mean()
    }
    let x = NDArray.random.normal([128, 128], seed: 2)
    func round(_ count: Int) throws -> Int {
      for index in 0..<count {
        let loss = step(x)
        if index % 50 == 0 { _ = loss.item() }
      }
      try waitForAll()
      return BufferPool.shared.counters.systemBytes
    }
    let first = try round(200)
    let last = try round(3000)
    // An array of each call would be 196 MB; other tests run beside this one.
    #expect(last <= first + (96 << 20), "\(first) bytes, then \(last)")
  }
}
