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
    #expect(region.statistics.programs <= 24)
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
