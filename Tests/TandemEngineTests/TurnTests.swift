import Synchronization
import TandemThreads
import Testing

@testable import TandemEngine

/// Whose turn it is among operations that are ready, and how far producers may run ahead.
struct TurnTests {
  @Test func urgentOperationsOvertake() throws {
    try withEngine(threads: 1) { engine in
      let gate = Gate()
      let order = Guarded<[Priority]>([])
      engine.push(name: "hold") { _ in gate.pass() }
      for priority in [Priority.low, .normal, .high, .urgent] {
        engine.push(name: "one", options: OperationOptions(priority: priority)) { _ in
          order.withLock { $0.append(priority) }
        }
      }
      gate.open()
      try engine.waitForAll()
      #expect(order.withLock { $0 } == [.urgent, .high, .normal, .low])
    }
  }

  /// A worker goes along a chain of operations, but not past what is more urgent, and not for ever
  /// past what is as urgent.
  @Test func aChainLetsOthersHaveTheirTurn() throws {
    try withEngine(threads: 1) { engine in
      let a = engine.makeVariable()
      let gate = Gate()
      let (links, atUrgent, atNormal) = (Cell(), Cell(), Cell())
      engine.push(name: "hold", writing: [a]) { _ in gate.pass() }
      for _ in 0..<1_000 { engine.push(name: "link", writing: [a]) { _ in links.value += 1 } }
      engine.push(name: "normal") { _ in atNormal.value = links.value }
      engine.push(name: "urgent", options: OperationOptions(priority: .urgent)) { _ in
        atUrgent.value = links.value
      }
      gate.open()
      try engine.waitForAll()
      #expect(links.value == 1_000)
      #expect(atUrgent.value == 0)
      #expect(atNormal.value <= EngineCore.chainLinksMax)
    }
  }

  /// The first operation stands at a gate that is opened after the last push.
  @Test func aThreadThatNeverBlocksPushesPastTheLimit() throws {
    let thread = EngineThread.current
    defer { thread.pointee.neverBlocks = false }
    Engine.neverBlockCurrentThread()
    try withEngine(threads: 1, limits: EngineLimits(operationsInFlightMax: 100)) { engine in
      let gate = Gate()
      let cell = Cell()
      let a = engine.makeVariable()
      engine.push(name: "hold", writing: [a]) { _ in gate.pass() }
      for _ in 0..<1_000 { engine.push(Adding(cell: cell), reading: .none, writing: .of(a)) }
      #expect(engine.operationsInFlight == 1_001)
      gate.open()
      try engine.waitForAll()
      #expect(cell.value == 1_000)
    }
  }

  /// A variable that is read for ever and never written keeps no list of its readers.
  @Test func readersThatAreDoneAreForgotten() throws {
    try withEngine(threads: 2) { engine in
      let weight = engine.makeVariable()
      for index in 0..<10_000 {
        engine.push(name: "read", reading: [weight]) { _ in }
        if index % 64 == 63 { try engine.waitForAll() }
      }
      let state = TaggedVariable.pointer(weight.word)
      // No more than 64 at one time: 3, 12, 48, 192.
      #expect(state.pointee.readerCapacity <= 192)
      #expect(state.pointee.readerCount <= 192)
      engine.release(weight)
    }
  }

  @Test func aProducerThatIsFarAheadWaits() throws {
    let limits = EngineLimits(operationsInFlightMax: 500)
    try withEngine(threads: 2, limits: limits) { engine in
      let a = engine.makeVariable()
      let cell = Cell()
      var most = 0
      for _ in 0..<20_000 {
        engine.push(Adding(cell: cell), reading: .none, writing: .of(a))
        most = max(most, engine.operationsInFlight)
      }
      try engine.waitForAll()
      #expect(cell.value == 20_000)
      #expect(most <= 500 + 64)
    }
  }

  /// The first operation stands at a gate that the report of a waiting push opens.
  @Test func aProducerThatDeclaredManyBytesWaits() throws {
    let gate = Gate()
    let reports = Atomic<Int>(0)
    let seconds = Atomic<Int64>(0)
    let waits = WaitReporting(
      firstReportNanoseconds: 10_000_000_000,
      now: { seconds.wrappingAdd(11, ordering: .relaxed).newValue * 1_000_000_000 },
      write: { _ in
        reports.wrappingAdd(1, ordering: .relaxed)
        gate.open()
      })
    let megabytesMax = 20
    let limits = EngineLimits(declaredBytesInFlightMax: megabytesMax << 20)
    try withEngine(threads: 2, limits: limits, waits: waits) { engine in
      let a = engine.makeVariable()
      let cell = Cell()
      engine.push(name: "hold", writing: [a]) { _ in gate.pass() }
      var most = 0
      for _ in 0..<50 {
        engine.push(
          Adding(cell: cell), reading: .none, writing: .of(a),
          options: OperationOptions(declaredBytes: 1 << 20))
        most = max(most, engine.core.inFlight.kilobytes)
      }
      #expect(reports.load(ordering: .relaxed) > 0)
      gate.open()
      try engine.wait(for: a)
      #expect(cell.value == 50)
      #expect(most == (megabytesMax + 1) << 10)
      try engine.waitForAll()
      #expect(engine.core.inFlight.kilobytes == 0)
    }
  }
}
