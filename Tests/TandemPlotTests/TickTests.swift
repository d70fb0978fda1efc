import Testing

@testable import TandemPlot

/// Ticks against published numbers.
struct TickTests {
  /// `labeling::extended` of R, the authors' own implementation, prints these for the examples of
  /// its page.
  @Test("the published example")
  func published() throws {
    let found = try #require(Ticks.extended(8.1, 14.1, 4))
    #expect([found.first, found.step, found.last] == [8, 2, 14])
  }
}
