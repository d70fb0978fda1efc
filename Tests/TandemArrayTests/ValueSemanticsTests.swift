import Foundation
import Synchronization
import TandemThreads
import Testing

@testable import TandemArray

/// Arrays are values: nothing that is done to one shows in another, and what nobody else looks at
/// is changed in place.
@Suite struct ValueSemanticsTests {
  /// Where the first element lies.
  private func place(_ array: NDArray) -> UInt {
    guard let storage = array.storage else { return 0 }
    return (try? array.wait()) == nil
      ? 0 : UInt(bitPattern: storage.materialized()) + UInt(array.handle.layout.offset)
  }

  private func numbers(_ array: NDArray) -> [Float] { array.scalars() }

  // MARK: In place

  @Test func soleOwnersAreChangedInPlace() {
    var x = NDArray([1, 2, 3])
    let before = place(x)
    x += 1
    x *= NDArray([1, 2, 3])
    x -= 2
    x /= 2
    x[1...] = NDArray([7, 8])
    x[0] = 5
    #expect(place(x) == before)
    #expect(numbers(x) == [5, 7, 8])
  }

  @Test func viewsThatAreLeftAloneAreChangedInPlace() {
    var x = NDArray.arange(6, dtype: .float32).reshaped([2, 3])
    x = x[1]
    let before = place(x)
    x += 1
    #expect(place(x) == before)
    #expect(numbers(x) == [4, 5, 6])
  }

  @Test func otherMemoryOrdersAreChangedInPlace() {
    var x = NDArray([[1, 2], [3, 4]]).transposed() + 0
    let before = place(x)
    x += NDArray([[1, 2], [3, 4]]).transposed() + 0
    x += 1
    #expect(place(x) == before)
    #expect(numbers(x) == [3, 7, 5, 9])
  }

  @Test func parametersAreChangedInPlace() {
    let parameter = Parameter(NDArray([1, 2]) + 0)
    let before = place(parameter.value)
    parameter.update { $0 += 1 }
    #expect(place(parameter.value) == before)
    #expect(numbers(parameter.value) == [2, 3])
  }

  // MARK: Not in place

  @Test func copiesKeepTheirElements() {
    var x = NDArray([1, 2, 3])
    let copy = x
    x += 1
    x[0] = 9
    #expect(numbers(copy) == [1, 2, 3])
    #expect(numbers(x) == [9, 3, 4])
  }

  @Test func viewsKeepTheirElements() {
    var x = NDArray([[1, 2], [3, 4]])
    let (row, transposed, flat) = (x[1], x.transposed(), x.reshaped([4]))
    x += 1
    x[0, 0] = 9
    #expect(numbers(row) == [3, 4])
    #expect(numbers(transposed) == [1, 3, 2, 4])
    #expect(numbers(flat) == [1, 2, 3, 4])
    #expect(numbers(x) == [9, 3, 4, 5])
  }

  @Test func changedViewsLeaveTheWholeAlone() {
    let x = NDArray([[1, 2], [3, 4]])
    var row = x[1]
    row += 1
    var broadcast = NDArray([1, 2]).broadcast(to: [2, 2])
    broadcast[0] = 5
    broadcast += 1
    #expect(numbers(x) == [1, 2, 3, 4])
    #expect(numbers(row) == [4, 5])
    #expect(numbers(broadcast) == [6, 6, 2, 3])
  }

  @Test func tapeEntriesKeepTheirElements() {
    let parameter = Parameter(NDArray([2, 3]) + 0)
    var x = NDArray([5, 7]) + 0
    let before = place(x)
    let loss = record { (parameter.value * x).sum() }
    x += 100
    #expect(place(x) != before)
    loss.backward()
    #expect(parameter.gradient.map(numbers) == [5, 7])
  }

  @Test func anUpdateAfterRecordingKeepsWhatTheTapeRead() {
    let parameter = Parameter(NDArray([2, 3]) + 0)
    let loss = record { parameter.value.squared().sum() }
    parameter.update { $0 += 100 }
    loss.backward()
    #expect(parameter.gradient.map(numbers) == [4, 6])
    #expect(numbers(parameter.value) == [102, 103])
  }

  @Test func capturesKeepTheirElements() {
    var x = NDArray([1, 2])
    let later = { [x] in x + 10 }
    x += 1
    #expect(numbers(later()) == [11, 12])
    let (graph, captures) = Graph.trace(inputs: [.float32([2])]) { [x] in [$0[0] + x] }
    x += 1
    #expect((try? graph([NDArray([0, 0])] + captures)).map { numbers($0[0]) } == [2, 3])
  }

  @Test func exportsKeepTheirElements() throws {
    var x = NDArray([1, 2])
    let seen = try x.withUnsafeBytes { bytes in
      x += 1
      try x.wait()
      return Array(bytes.bindMemory(to: Float.self))
    }
    #expect(seen == [1, 2])
    #expect(numbers(x) == [2, 3])
  }

  @Test func borrowedMemoryIsNeverWritten() throws {
    let memory = UnsafeMutablePointer<Float>.allocate(capacity: 2)
    memory.initialize(repeating: 1, count: 2)
    defer { memory.deallocate() }
    let released = Flag()
    do {
      var x = NDArray(borrowing: memory, shape: [2], dtype: .float32) {
        released.set()
      }
      let before = place(x)
      x += 1
      #expect(place(x) != before)
      x[0] = 7
      var y = NDArray(borrowing: memory, shape: [2], dtype: .float32) {}
      y[0] = 5
      try x.wait()
      try y.wait()
      #expect(memory[0] == 1 && memory[1] == 1)
      #expect(numbers(x) == [7, 2])
    }
    #expect(released.isSet)
  }

  @Test func containersHoldValues() {
    var rows = [NDArray([1, 2]), NDArray([3, 4])]
    let copy = rows
    rows[0] += 1
    rows[1][0] = 9
    #expect(rows.map(numbers) == [[2, 3], [9, 4]])
    #expect(copy.map(numbers) == [[1, 2], [3, 4]])
  }

  // MARK: Ahead of the engine

  /// Queued readers do not stand in the way: the engine orders the change after them.
  @Test func queuedReadersDoNotForceCopies() {
    var x = NDArray.full([512, 512], 1)
    let before = place(x)
    var products: [NDArray] = []
    for _ in 0..<8 {
      products.append(x.matmul(x)[0, 0])
      x += 1
    }
    #expect(place(x) == before)
    #expect(products.map { $0.item() } == (1...8).map { 512 * Double($0 * $0) })
  }

  // MARK: Aliased operands

  @Test func operandsMayAlias() {
    var x = NDArray([[1, 2], [3, 4]])
    x += x
    #expect(numbers(x) == [2, 4, 6, 8])
    x += x.transposed()
    #expect(numbers(x) == [4, 10, 10, 16])
    x -= x[0]
    #expect(numbers(x) == [0, 0, 6, 6])
    x = NDArray.arange(5, dtype: .float32)
    x[0...] = x[.stride(by: -1)]
    #expect(numbers(x) == [4, 3, 2, 1, 0])
    x[1...] = x[..<4]
    #expect(numbers(x) == [4, 4, 3, 2, 1])
    x[2...] += x[..<3]
    #expect(numbers(x) == [4, 4, 7, 6, 4])
    x[NDArray([0, 4], dtype: .int64)] = x[NDArray([4, 2], dtype: .int64)]
    #expect(numbers(x) == [4, 4, 7, 6, 7])
  }

  /// As in NumPy, where `x[::9223372036854775807]` is `x[:1]`.
  @Test func stepsBeyondTheAxisTakeOneElement() {
    var x = NDArray.arange(5, dtype: .float32)
    for step in [5, 6, 7, Int.max] {
      #expect(numbers(x[.stride(by: step)]) == [0])
      #expect(numbers(x[.stride(from: 2, by: step)]) == [2])
      #expect(numbers(x[.stride(from: 5, by: step)]) == [])
    }
    for step in [-5, -6, -7, Int.min] {
      #expect(numbers(x[.stride(by: step)]) == [4])
      #expect(numbers(x[.stride(from: 2, by: step)]) == [2])
    }
    x[.stride(by: .max)] = NDArray([7])
    x[.stride(by: .min)] += 1
    #expect(numbers(x) == [7, 1, 2, 3, 5])
    #expect(x[..<0][.stride(by: .max)].shape == [0] && x[..<0][.stride(by: .min)].shape == [0])
  }

  /// `x += y` means `x = x + y`, also where that has another type.
  @Test func updatesMayWiden() {
    var x = NDArray([1, 2], dtype: .int32)
    let copy = x
    x += 0.5
    #expect(x.type == .float32([2]))
    x += NDArray([[1], [2]])
    #expect(x.type == .float32([2, 2]))
    #expect(numbers(x) == [2.5, 3.5, 3.5, 4.5])
    #expect(copy.scalars(as: Int.self) == [1, 2])
    var number = NDArray(2)
    number += 1
    number *= NDArray([1, 2])
    #expect(numbers(number) == [3, 6])
  }

  // MARK: Memory

  /// In a process of its own, as the counters belong to the process.
  @Test func aMillionUpdatesAllocateNothing() async {
    await #expect(processExitsWith: .success) {
      var x = NDArray.zeros([4])
      for _ in 0..<20_000 { x += 1 }
      try waitForAll()
      let before = (BufferPool.shared.counters, residentBytes())
      for _ in 0..<1_000_000 { x += 1 }
      try waitForAll()
      let after = (BufferPool.shared.counters, residentBytes())
      #expect(after.0.allocations == before.0.allocations)
      #expect(after.0.systemAllocations == before.0.systemAllocations)
      // The address sanitizer keeps what was freed for a while.
      let isSanitized = getenv("TANDEM_SANITIZED") != nil
      #expect(
        isSanitized || after.1 - before.1 < 1 << 20,
        "the heap grew by \(after.1 - before.1) bytes")
      #expect(after.0.liveBuffers == before.0.liveBuffers)
      #expect(x.scalars(as: Int.self) == Array(repeating: 1_020_000, count: 4))
    }
  }

  /// A reshape that was forgotten: 400 terabytes.
  @Test func memoryThatNobodyHasNamesTheOperatorAndTheLine() async {
    let result = await #expect(
      processExitsWith: .failure, observing: [\.standardErrorContent]
    ) {
      try multiplyColumnByRow()
    }
    let text = String(decoding: result?.standardErrorContent ?? [], as: UTF8.self)
    #expect(
      text.contains("multiply: out of memory: 400000000000000 bytes asked for, "), "\(text)")
    #expect(text.contains("(ValueSemanticsTests.swift:"), "\(text)")
  }

  @Test func liveStorageReturnsToZero() async {
    await #expect(processExitsWith: .success) {
      func program() throws {
        let weight = Parameter(shape: [nil, 4], initializer: .heNormal)
        var x = NDArray.random.normal([8, 3], seed: 1)
        let view = x[1..<3]
        x += view.sum()
        for _ in 0..<3 {
          let loss = record { x.matmul(weight.value(for: 3)).tanh().sum() }
          loss.backward()
          let slope = weight.gradient ?? 0
          weight.update { $0 -= 0.1 * slope }
        }
        // Recorded and traced, but never used.
        _ = record { x.matmul(weight.value) }
        _ = gradient(of: gradient(of: { ($0 * $0 * $0).sum() }))(NDArray(2))
        let (graph, captures) = Graph.trace(inputs: [.float32([3])]) { [$0[0] + x[0]] }
        _ = try graph([NDArray([1, 2, 3])] + captures)
        _ = Linalg.cholesky(NDArray([[1, 2], [2, 1]]))
        x[x .> 0] = 0
        x[NDArray([0, 1], dtype: .int64)] += 1
        _ = "\(x)"
      }
      try program()
      _ = try? waitForAll()
      #expect(BufferPool.shared.counters.liveBuffers == 0)
    }
  }
}

private func multiplyColumnByRow() throws {
  try (NDArray.ones([10_000_000, 1]) * NDArray.ones([1, 10_000_000])).wait()
}

/// The memory of this process that is in use.
private func residentBytes() -> Int {
  let text = (try? String(contentsOfFile: "/proc/self/statm", encoding: .utf8)) ?? ""
  return text.split(separator: " ").dropFirst().first.flatMap { Int($0) }.map { $0 * 4096 } ?? 0
}

/// Something that happened.
private final class Flag: Sendable {
  private let state = Mutex(false)
  var isSet: Bool { state.withLock { $0 } }
  func set() { state.withLock { $0 = true } }
}
