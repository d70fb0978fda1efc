import Synchronization
import TandemEngine
import Testing

@testable import TandemArray

/// Reading: item, scalars, bytes, waiting, and what went wrong while computing.
@Suite struct ReadingTests {
  private var failed: NDArray { Linalg.cholesky(NDArray([[1, 2], [2, 1]])) }

  @Test func items() {
    #expect(NDArray([[2.5]]).item() == 2.5)
    #expect(NDArray.arange(5)[3].item(as: Int.self) == 3)
    #expect(NDArray([Int.max])[0].item(as: Int.self) == .max)
    #expect(NDArray([UInt64.max])[0].item(as: UInt64.self) == .max)
    #expect(NDArray([-2.75]).item(as: Int.self) == -2)
    #expect(NDArray([2]).item(as: Bool.self))
    #expect(NDArray(7).item(as: Float.self) == 7)
  }

  /// Far more is queued than a user's thread may: no thread of the concurrency pool waits for room,
  /// for those that would make it could be among the tasks.
  @Test(.timeLimit(.minutes(5))) func awaitingBlocksNoThreadOfTheConcurrencyPool() async {
    await #expect(processExitsWith: .success) { try await ReadingTests.awaitMuch() }
  }

  /// Opened when all tasks have pushed what resumes them.
  private static let gate = Atomic<Bool>(false)

  private static func awaitMuch() async throws {
    let engine = try #require(Engine.shared as? ThreadedEngine)
    let x = NDArray.arange(5)
    let variable = try #require(x.storage).variable
    let (queued, tasks) = (3_000, 600)
    engine.withoutWaiting {
      engine.push(name: "hold", writing: [variable]) { _ in
        while !gate.load(ordering: .acquiring) {}
      }
      for _ in 0..<queued { engine.push(name: "read", reading: [variable]) { _ in } }
    }
    try await withThrowingTaskGroup(of: Void.self) { group in
      for _ in 0..<tasks { group.addTask { _ = try await x.value() } }
      group.addTask {
        while engine.operationsInFlight < 1 + queued + tasks { await Task.yield() }
        gate.store(true, ordering: .releasing)
      }
      try await group.waitForAll()
    }
  }

  /// Every dtype to every Swift number, against Swift's own conversions.
  @Test func scalars() {
    for dtype in DType.allCases where dtype.kind != .complex {
      let x = NDArray([[0, 1], [100, 5]], dtype: dtype).transposed()
      let expected: [Double] = dtype == .bool ? [0, 1, 1, 1] : [0, 100, 1, 5]
      #expect(x.scalars(as: Double.self) == expected, "\(dtype)")
      #expect(x.scalars(as: Float.self) == expected.map { Float($0) }, "\(dtype)")
      #expect(x.scalars(as: Int.self) == expected.map { Int($0) }, "\(dtype)")
      #expect(x.scalars(as: UInt8.self) == expected.map { UInt8($0) }, "\(dtype)")
      #expect(x.scalars(as: Bool.self) == expected.map { $0 != 0 }, "\(dtype)")
    }
    #expect(
      NDArray([1e20, -1e20, .nan], dtype: .float64).scalars(as: Int.self) == [.max, .min, 0])
    #expect(NDArray([300, -1], dtype: .int64).scalars(as: UInt8.self) == [44, 255])
  }

  @Test func bytes() throws {
    let x = NDArray([[1, 2], [3, 4]], dtype: .int16).transposed()
    let bytes = try x.withUnsafeBytes { Array($0.bindMemory(to: Int16.self)) }
    #expect(bytes == [1, 3, 2, 4])
    #expect(try NDArray(2.0).withUnsafeBytes { $0.load(as: Float.self) } == 2)
    #expect(try NDArray.zeros([0]).withUnsafeBytes { $0.count } == 0)
    struct Stop: Error {}
    #expect(throws: Stop.self) { try x.withUnsafeBytes { _ in throw Stop() } }
  }

  @Test func failuresSurfaceAtEveryRead() async {
    func check(_ body: () throws -> Void) {
      let error = #expect(throws: EngineError.self) { try body() }
      #expect(error?.code == .operationFailed)
      #expect(error?.operation == "cholesky")
      #expect(error?.message == "leading minor 2 is not positive: float32[2, 2]")
      #expect(error.map { "\($0)" }?.hasSuffix(", queued at ReadingTests.swift:9") == true)
    }
    let later = (failed + 1).transposed()[0]
    check { try failed.wait() }
    check { _ = try failed.checkedScalars(as: Float.self) }
    check { try failed.withUnsafeBytes { _ in } }
    check { try later.wait() }
    check { _ = try later.checkedScalars(as: Float.self) }
    let error = await #expect(throws: EngineError.self) { try await later.value() }
    #expect(error?.operation == "cholesky")
  }

  @Test func aSymbolThatHasLeftItsRegionHasNoValue() async throws {
    let result = await #expect(
      processExitsWith: .failure, observing: [\.standardErrorContent]
    ) {
      var leak = NDArray(0)
      _ = Graph.trace(inputs: [.float32([])]) {
        leak = $0[0]
        return $0
      }
      _ = try await leak.value(file: "user.swift", line: 3)
    }
    let text = String(decoding: try #require(result).standardErrorContent, as: UTF8.self)
    #expect(
      text.contains(
        "value: an array has left the traced region that it belongs to; return it from the region: "
          + "float32[] (user.swift:3)"), "\(text)")
  }

  @Test func aVariableMayBeSetAfterAFailure() throws {
    var x = failed + 0
    #expect(throws: EngineError.self) { try x.wait() }
    x = .zeros([2, 2])
    try x.wait()
    #expect(x.sum().item() == 0)
  }

  @Test func values() async throws {
    let x = NDArray.ones([64, 64])
    let product = x.matmul(x).matmul(x)
    #expect(try await product.value()[0, 0].item() == 4096)
    #expect(try await NDArray(2).value().item() == 2)
    try await withThrowingTaskGroup(of: Double.self) { group in
      for number in 0..<50 {
        group.addTask { try await (x * number).sum().value().item() }
      }
      let sum = try await group.reduce(0, +)
      #expect(sum == 4096 * 49 * 25)
    }
  }

  @Test func timeouts() throws {
    try NDArray.ones([3]).wait(timeout: .seconds(60))
    try NDArray(1).wait(timeout: .zero)
    let gate = Gate()
    let storage = Storage(byteCount: 4, device: .cpu())
    let x = NDArray(ArrayHandle(storage, Layout([1]), .float32))
    Engine.shared.pushAsync(gate, reading: .none, writing: .of(storage.variable))
    let error = #expect(throws: EngineError.self) { try (x + 1).wait(timeout: .milliseconds(5)) }
    #expect(error?.code == .timedOut)
    _ = storage.materialized()
    gate.open()
    try x.wait()
  }
}

/// An operation that is done when somebody says so.
private struct Gate: OperationPayload {
  static let operationName: EngineLabel = "gate"
  private let state = State()

  private final class State: Sendable {
    let completion = Mutex<Completion?>(nil)
  }

  func run(_ context: borrowing OperationContext) throws(OperationFailure) {
    let completion = context.completion
    state.completion.withLock { $0 = completion }
  }

  func open() {
    var known: Completion?
    while known == nil { known = state.completion.withLock { $0 } }
    if let known { Engine.shared.complete(known) }
  }
}
