import Testing

@testable import TandemOptim

/// Schedules against their formulas at chosen steps.
@Suite struct ScheduleTests {
  @Test("a schedule gives the numbers of its formula")
  func values() {
    #expect(Schedule.constant(0.5)(1000) == 0.5)
    let steps = Schedule.step(from: 1, factor: 0.5, interval: 10)
    #expect([0, 9, 10, 25].map { steps($0) } == [1, 1, 0.5, 0.25])
    let cosine = Schedule.cosine(from: 1, to: 0.5, steps: 4)
    #expect(cosine(0) == 1)
    #expect(abs(cosine(2) - 0.75) < 1e-15)
    #expect(abs(cosine(1) - (0.75 + 0.25 * 0.5.squareRoot())) < 1e-15)
    #expect(cosine(4) == 0.5 && cosine(9) == 0.5)
    let linear = Schedule.linear(from: 0, to: 8, steps: 4)
    #expect([0, 1, 4, 5].map { linear($0) } == [0, 2, 8, 8])
    let warm = Schedule.warmUp(steps: 4, then: linear)
    #expect([0, 3, 4, 5, 8].map { warm($0) } == [0, 0, 0, 2, 8])
    let start = Schedule.warmUp(steps: 2, then: .constant(3))
    #expect([0, 1, 2].map { start($0) } == [1.5, 3, 3])
  }
}
