import Testing

@testable import TandemData

@Suite struct PhiloxTests {
  /// The known-answer vectors that Random123 publishes for philox4x32 with ten rounds.
  @Test func publishedVectors() {
    let zero = Philox.words(counter: (0, 0, 0, 0), key: (0, 0))
    #expect(zero == (0x6627_e8d5, 0xe169_c58d, 0xbc57_ac4c, 0x9b00_dbd8))
    let ones = Philox.words(counter: (.max, .max, .max, .max), key: (.max, .max))
    #expect(ones == (0x408f_276d, 0x41c8_3b0e, 0xa20b_c7c6, 0x6d54_51fd))
    let pi = Philox.words(
      counter: (0x243f_6a88, 0x85a3_08d3, 0x1319_8a2e, 0x0370_7344),
      key: (0xa409_3822, 0x299f_31d0))
    #expect(pi == (0xd16c_fe09, 0x94fd_cceb, 0x5001_e420, 0x2412_6ea1))
  }

  @Test func numbersBelowABoundAreEven() {
    var random = Philox(seed: 3, stream: 4)
    var counts = [Int](repeating: 0, count: 7)
    for _ in 0..<70_000 { counts[Int(random.next(below: 7))] += 1 }
    // Ten thousand each, standard deviation 93.
    #expect(counts.allSatisfy { abs($0 - 10_000) < 500 }, "\(counts)")
  }
}
