import Synchronization
import TandemShapes
import TandemThreads
import Testing

@testable import TandemEngine

/// An object whose end can be seen.
private final class Buffer: Sendable {
  private let count: Guarded<Int>
  init(_ count: Guarded<Int>) {
    self.count = count
    count.withLock { $0 += 1 }
  }
  deinit { count.withLock { $0 -= 1 } }
}

/// Hands its completion out and holds a buffer; `padding` makes it boxed.
private struct Receiving<Padding: Sendable>: OperationPayload {
  static var operationName: EngineLabel { "receive" }
  let buffer: Buffer
  let completions: Guarded<[Completion]>
  let padding: Padding

  func run(_ context: borrowing OperationContext) {
    let completion = context.completion
    completions.withLock { $0.append(completion) }
  }
}

/// Asynchronous operations whose time was over.
struct AbandonTests {
  @Test(arguments: [0, 1, 2]) func buffersAreKeptUntilTheCompletion(workers: Int) throws {
    if workers == 0 {
      try check(SerialEngine(), padding: 0)
      try check(SerialEngine(), padding: InlineArray<200, Int>(repeating: 1))
    } else {
      try withEngine(threads: workers) {
        try check($0, padding: 0)
        try check($0, padding: InlineArray<200, Int>(repeating: 1))
        #expect($0.abandonedCount == 0)
      }
    }
  }

  private func check<Padding: Sendable>(_ engine: Engine, padding: Padding) throws {
    let live = Guarded(0)
    let completions = Guarded<[Completion]>([])
    let (a, b) = (engine.makeVariable(), engine.makeVariable())
    engine.pushAsync(
      Receiving(buffer: Buffer(live), completions: completions, padding: padding),
      reading: .none, writing: .of(a), site: CallSite("pull.swift", 8))
    let ran = Cell()
    engine.push(name: "note", reading: [], writing: [b]) { _ in ran.value += 1 }
    while completions.withLock({ $0.isEmpty }) {}
    let completion = completions.withLock { $0[0] }
    #expect(engine.abandon(completion, failing: OperationFailure("no answer within 30 s")))
    #expect(!engine.abandon(completion, failing: OperationFailure("again")))
    // What depends on it goes on, poisoned.
    let text = message { () throws(EngineError) in try engine.wait(for: a) }
    #expect(text == "receive: no answer within 30 s, queued at pull.swift:8")
    try engine.wait(for: b)
    #expect(live.withLock { $0 } == 1, "somebody may still write into the buffer")
    #expect(!engine.complete(completion))
    #expect(live.withLock { $0 } == 0)
    #expect(!engine.complete(completion))
    #expect(!engine.abandon(completion, failing: OperationFailure("late")))
    _ = engine.takeErrors()
  }

  /// Whoever comes first wins, and the payload ends exactly once.
  @Test(arguments: [1, 2]) func givingUpRacesWithTheCompletion(workers: Int) {
    withEngine(threads: workers) { engine in
      let live = Guarded(0)
      for _ in 0..<2000 {
        let completions = Guarded<[Completion]>([])
        let a = engine.makeVariable()
        engine.pushAsync(
          Receiving(buffer: Buffer(live), completions: completions, padding: 0), reading: .none,
          writing: .of(a))
        while completions.withLock({ $0.isEmpty }) {}
        let completion = completions.withLock { $0[0] }
        let won = Atomic<Int>(0)
        onThreads([
          { if engine.complete(completion) { won.wrappingAdd(1, ordering: .relaxed) } },
          {
            if engine.abandon(completion, failing: OperationFailure("late")) {
              won.wrappingAdd(1, ordering: .relaxed)
            }
          },
        ])
        #expect(won.load(ordering: .relaxed) == 1)
        try? engine.wait(for: a)
        engine.release(a)
      }
      try? engine.waitForAll()
      _ = engine.takeErrors()
      #expect(live.withLock { $0 } == 0)
      #expect(engine.abandonedCount == 0)
    }
  }
}
