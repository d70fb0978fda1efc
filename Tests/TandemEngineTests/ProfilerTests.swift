import Foundation
import Glibc
import TandemShapes
import TandemThreads
import Testing

@testable import TandemEngine

/// Declares what it moves and computes, and takes memory.
private struct Moving: OperationPayload {
  static let operationName: EngineLabel = "move"
  var declaredWork: OperationWork { OperationWork(bytes: 1000, floatingPointOperations: 250) }

  func run(_ context: borrowing OperationContext) {
    let buffer = BufferPool.shared.allocate(byteCount: 4096)
    BufferPool.shared.deallocate(buffer, byteCount: 4096)
  }
}

private struct Trace: Decodable {
  struct Event: Decodable {
    struct Arguments: Decodable {
      let name: String?
      let site: String?
      let module: String?
      let bytes: Int?
      let flop: Int?
      let allocated: Int?
      let failed: Bool?
    }
    let name: String
    let ph: String
    let tid: Int
    let cat: String?
    let ts: Double?
    let dur: Double?
    let args: Arguments?

    var end: Double { ts! + dur! }
  }
  let traceEvents: [Event]
}

/// One profile at a time: the profiler belongs to the process, so other suites' operations may
/// appear in these; the tests look for their own names.
@Suite(.serialized)
struct ProfilerTests {
  private func parse(_ text: String) throws -> Trace {
    try JSONDecoder().decode(Trace.self, from: Data(text.utf8))
  }

  @Test(arguments: [1, 3]) func theTraceHoldsWhatRanAndWhere(threads: Int) throws {
    try withEngine(threads: threads) { engine in
      let a = engine.makeVariable()
      Profiler.start()
      try Profiler.scope("outer \"scope\"") {
        try Profiler.scope("inner") {
          for line: UInt in 1...10 {
            engine.push(
              Moving(), reading: .none, writing: .of(a), site: CallSite("model.swift", line),
              options: OperationOptions(modulePath: "blocks.3"))
          }
          Profiler.marker("half")
          engine.push(Moving(), reading: .none, writing: .of(a), options: .tiny)
          try engine.wait(for: a)
        }
      }
      let profile = Profiler.stop()
      let trace = try parse(profile.chromeTrace).traceEvents
      try check(trace, threads: threads)
      let row = try #require(profile.operators.first { $0.name == "move" })
      #expect(row.count == 11)
      #expect(row.bytes == 11_000)
      #expect(row.floatingPointOperations == 2750)
      let rate = try #require(row.gigabytesPerSecond)
      #expect(abs(rate - 11_000 / Double(row.totalNanoseconds)) < 1e-12)
      let memory = profile.memoryBySite.filter { $0.site.description.hasPrefix("model.swift:") }
      #expect(memory.count == 10)
      #expect(memory.allSatisfy { $0.allocatedBytes == 4096 && $0.count == 1 })
      #expect(profile.description.contains("move"))
    }
  }

  private func check(_ trace: [Trace.Event], threads: Int) throws {
    let moves = trace.filter { $0.name == "move" }
    #expect(moves.count == 11)
    let named = moves.filter { $0.args?.module == "blocks.3" }
    #expect(named.count == 10)
    // The variable makes them a chain.
    for (one, next) in zip(named, named.dropFirst()).map({ ($0, $1) }) where one.tid == next.tid {
      #expect(one.end <= next.ts! + 0.0011)
    }
    let byTime = named.sorted { $0.ts! < $1.ts! }
    #expect(byTime.map { $0.args?.site } == (1...10).map { "model.swift:\($0)" })
    #expect(byTime.allSatisfy { $0.args?.bytes == 1000 && $0.args?.flop == 250 })
    let outer = try #require(trace.first { $0.name == "outer \"scope\"" })
    let inner = try #require(trace.first { $0.name == "inner" })
    #expect(outer.tid == inner.tid && outer.ts! <= inner.ts! && outer.end >= inner.end - 0.0011)
    // The outer one is written first.
    let order = trace.map(\.name)
    #expect(order.firstIndex(of: outer.name)! < order.firstIndex(of: "inner")!)
    let marker = try #require(trace.first { $0.name == "half" })
    #expect(marker.ph == "i" && marker.ts! >= inner.ts! && marker.ts! <= inner.end)
    let rows = trace.filter { $0.ph == "M" }
    #expect(Set(rows.map(\.tid)).count == rows.count)
    let names = Dictionary(uniqueKeysWithValues: rows.map { ($0.tid, $0.args?.name ?? "") })
    #expect(named.allSatisfy { names[$0.tid]!.hasPrefix("worker ") })
  }

  @Test func failuresAreMarked() throws {
    let engine = SerialEngine()
    let a = engine.makeVariable()
    Profiler.start()
    engine.push(name: "fails here", writing: [a]) { _ throws(OperationFailure) in
      throw OperationFailure("no")
    }
    let trace = try parse(Profiler.stop().chromeTrace).traceEvents
    #expect(trace.first { $0.name == "fails here" }?.args?.failed == true)
    _ = engine.takeErrors()
  }

  @Test func nothingIsNotedWhenOff() throws {
    let engine = SerialEngine()
    let a = engine.makeVariable()
    Profiler.start()
    _ = Profiler.stop()
    engine.push(name: "unseen", writing: [a]) { _ in }
    Profiler.scope("unseen scope") {}
    Profiler.marker("unseen marker")
    Profiler.start()
    let names = Profiler.stop().threads.flatMap(\.events).map(\.label.description)
    #expect(!names.contains { $0.hasPrefix("unseen") })
  }

  @Test func anUnwritablePathIsNamed() {
    Profiler.start()
    let profile = Profiler.stop()
    #expect {
      try profile.writeTrace(to: "/no/such/folder/trace.json")
    } throws: { error in
      (error as? ProfileError)?.message
        == "profiler: cannot write the trace: '/no/such/folder/trace.json': "
        + "No such file or directory"
    }
  }

  @Test func theEnvironmentAsksForATrace() async throws {
    let result = await #expect(processExitsWith: .success, observing: [\.standardOutputContent]) {
      let path = FileManager.default.temporaryDirectory.path + "/tandem-trace-\(getpid()).json"
      setenv("TANDEM_PROFILE", path, 1)
      print("path \(path)")
      fflush(nil)
      let engine = Engine.shared
      let a = engine.makeVariable()
      engine.push(
        name: "saved operation", writing: [a], options: OperationOptions(finishesBeforeExit: true)
      ) { _ in }
      exit(0)
    }
    let output = String(decoding: result?.standardOutputContent ?? [], as: UTF8.self)
    let line = try #require(output.split(separator: "\n").first { $0.hasPrefix("path ") })
    let path = String(line.dropFirst(5))
    let trace = try parse(String(contentsOfFile: path, encoding: .utf8)).traceEvents
    unlink(path)
    #expect(trace.contains { $0.name == "saved operation" && $0.ph == "X" })
  }
}
