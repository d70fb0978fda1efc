import TandemShapes
import Testing

@testable import TandemData

@Suite struct PhiloxRangesTests {
  @Test func numbersBelowABoundAreEven() {
    var random = PhiloxGenerator(RandomKey(seed: 3, stream: 4))
    var counts = [Int](repeating: 0, count: 7)
    for _ in 0..<70_000 { counts[Int(random.next(below: 7))] += 1 }
    // Ten thousand each, standard deviation 93.
    #expect(counts.allSatisfy { abs($0 - 10_000) < 500 }, "\(counts)")
  }

  @Test func numbersStayInTheirRange() {
    var random = PhiloxGenerator(RandomKey(seed: 5))
    let draws = (0..<10_000).map { _ in random.next(from: -2, to: 3) }
    #expect(draws.allSatisfy { $0 >= -2 && $0 < 3 })
    // The mean of 0.5 has a standard error of 0.014.
    #expect(abs(draws.reduce(0, +) / 10_000 - 0.5) < 0.08)
  }
}
