import Glibc
import TandemEngine
import TandemThreads

struct Nothing: OperationPayload {
  static let operationName: EngineLabel = "nothing"
  func run(_ context: borrowing OperationContext) {}
}

enum Pattern: String, CaseIterable {
  case independent, chain, rotating, random

  func push(_ engine: Engine, _ variables: [Variable], _ index: Int, _ random: inout UInt64) {
    let count = variables.count
    switch self {
    case .independent:
      engine.push(Nothing(), reading: .none, writing: .of(variables[index % count]))
    case .chain:
      engine.push(Nothing(), reading: .none, writing: .of(variables[0]))
    case .rotating:
      engine.push(
        Nothing(), reading: .of(variables[index % 64], variables[(index + 1) % 64]),
        writing: .of(variables[(index + 2) % 64]))
    case .random:
      random = random &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
      let (a, b, c) = (random >> 33, random >> 41, random >> 49)
      engine.push(
        Nothing(), reading: .of(variables[Int(a) % count], variables[Int(b) % count]),
        writing: .of(variables[Int(c) % count]))
    }
  }
}

/// What one producing thread is told.
final class Producer: Sendable {
  let engine: Engine
  let variables: [Variable]
  let pattern: Pattern
  let first: Int
  let count: Int

  init(_ engine: Engine, _ variables: [Variable], _ pattern: Pattern, _ first: Int, _ count: Int) {
    (self.engine, self.variables, self.pattern) = (engine, variables, pattern)
    (self.first, self.count) = (first, count)
  }

  func run() {
    var random = UInt64(first + 1)
    for index in first..<first + count { pattern.push(engine, variables, index, &random) }
  }
}

func now() -> Double {
  var time = timespec()
  clock_gettime(CLOCK_MONOTONIC, &time)
  return Double(time.tv_sec) * 1e9 + Double(time.tv_nsec)
}

func round(_ engine: Engine, _ variables: [Variable], _ pattern: Pattern, producers: Int) -> Double
{
  let total = 200_000
  let start = now()
  let threads = (0..<producers).map { index in
    let each = total / producers
    let producer = Producer(engine, variables, pattern, index * each, each)
    var thread = pthread_t()
    pthread_create(
      &thread, nil,
      { argument in
        Unmanaged<Producer>.fromOpaque(argument!).takeRetainedValue().run()
        return nil
      }, Unmanaged.passRetained(producer).toOpaque())
    return thread
  }
  for thread in threads { pthread_join(thread, nil) }
  try? engine.waitForAll()
  return (now() - start) / Double(total)
}

/// Times the bare engine: four patterns, 1, 2, 4 workers, 1, 2, 4 producers on the same variables.
func timeEngine(_ limits: EngineLimits) {
  for workers in [1, 2, 4] {
    let team = WorkerTeam(threads: workers)
    let engine = ThreadedEngine(team: team, limits: limits)
    let variables = (0..<256).map { _ in engine.makeVariable() }
    for pattern in Pattern.allCases {
      for producers in [1, 2, 4] {
        _ = round(engine, variables, pattern, producers: producers)
        let values = (0..<7).map { _ in
          round(engine, variables, pattern, producers: producers)
        }.sorted()
        print(
          #"{"workload":"engine_\#(pattern)","workers":\#(workers),"producers":\#(producers),"#
            + #""metric":"ns_per_op","value":\#(Int(values[3])),"min":\#(Int(values[0])),"n":7}"#)
      }
    }
    engine.shutdown()
    team.shutdown()
  }
}
