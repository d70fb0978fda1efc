import Foundation
import TandemOptim
import Testing

/// Schedules against PyTorch's, step by step: `Tests/Fixtures/schedules.json`.
@Suite struct ScheduleFixtureTests {
  private static let fixture: [String: [Double]] = {
    let path = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
      .appendingPathComponent("../Fixtures/schedules.json")
    return (try? Data(contentsOf: path)).flatMap {
      try? JSONDecoder().decode([String: [Double]].self, from: $0)
    } ?? [:]
  }()

  private static let schedules: [String: Schedule] = [
    "step": .step(from: 0.5, factor: 0.3, interval: 7),
    "multiStep": .multiStep(from: 0.5, factor: 0.3, at: [4, 9, 20]),
    "exponential": .exponential(from: 0.5, factor: 0.9, interval: 1),
    "cosine": .cosine(from: 0.5, to: 0.1, steps: 20),
    "warmRestarts": .warmRestarts(from: 0.5, to: 0.1, steps: 7, growth: 2),
    "restarts": .warmRestarts(from: 0.5, to: 0.1, steps: 7, growth: 1),
    "linear": .linear(from: 0.125, to: 0.5, steps: 12),
    "polynomial": .polynomial(from: 0.5, to: 0, steps: 20, power: 2),
    "oneCycle": .oneCycle(.init(peak: 0.5, steps: 40, rising: 0.3)),
    "oneCycleLinear": .oneCycle(.init(peak: 0.5, steps: 40, rising: 0.25, isLinear: true)),
    "cyclic": .cyclic(.init(low: 0.1, high: 0.5, rising: 5, falling: 8)),
    "cyclicHalving": .cyclic(.init(low: 0.1, high: 0.5, rising: 6, cycleFactor: 0.5)),
    "cyclicShrinking": .cyclic(.init(low: 0.1, high: 0.5, rising: 6, stepFactor: 0.97)),
    "constant": .piecewise([0.125, 0.5], until: [6]),
    "sequence": .sequence(
      [
        .constant(0.05), .exponential(from: 0.5, factor: 0.9, interval: 1),
        .step(from: 0.5, factor: 0.5, interval: 3),
      ], at: [5, 14]),
    "product": .product(
      .piecewise([0.1, 1], until: [4]), .exponential(from: 0.5, factor: 0.9, interval: 1)),
  ]

  @Test(
    "numbers as PyTorch's, and the same after they were saved", arguments: schedules.keys.sorted())
  func values(_ name: String) throws {
    let (expected, schedule) = (
      try #require(Self.fixture[name]), try #require(Self.schedules[name])
    )
    let saved = try JSONDecoder().decode(Schedule.self, from: JSONEncoder().encode(schedule))
    #expect(saved == schedule)
    for (step, number) in expected.enumerated() {
      #expect(abs(saved(step) - number) < 1e-9, "step \(step): \(saved(step)) \(number)")
    }
  }

  @Test("a number that is lowered when a metric no longer improves")
  func plateau() throws {
    let (metrics, expected) = (
      try #require(Self.fixture["plateauMetrics"]), try #require(Self.fixture["plateau"])
    )
    var schedule = PlateauSchedule(from: 0.5, factor: 0.5, patience: 2)
    (schedule.cooldown, schedule.least) = (1, 0.1)
    for (metric, number) in zip(metrics, expected) {
      #expect(abs(schedule.update(metric) - number) < 1e-12)
    }
  }

  @Test("warm-ups, roots and lines by their formulas")
  func formulas() {
    let next = Schedule.constant(2)
    let linear = Schedule.warmUp(from: 1, steps: 4, then: next)
    #expect([0, 1, 3, 4].map { linear($0) } == [1, 1.25, 1.75, 2])
    let constant = Schedule.warmUp(from: 1, steps: 4, .constant, then: next)
    #expect([0, 3, 4].map { constant($0) } == [1, 1, 2])
    let exponential = Schedule.warmUp(from: 0.5, steps: 4, .exponential, then: next)
    #expect([0, 2, 4].map { exponential($0) } == [0.5, 1, 2])
    let root = Schedule.inverseSquareRoot(from: 1, steps: 4)
    #expect([0, 4, 16, 64].map { root($0) } == [1, 1, 0.5, 0.25])
    let line = Schedule.interpolated([1, 3, 2], at: [2, 4, 8])
    #expect([0, 2, 3, 4, 6, 8, 9].map { line($0) } == [1, 1, 2, 3, 2.5, 2, 2])
  }
}
