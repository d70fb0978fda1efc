import Testing

@testable import TandemPlot

/// Histograms against NumPy's.
struct HistogramTests {
  @Test("counts and edges are NumPy's")
  func counts() throws {
    let all = try PlotFixture.load().histograms
    #expect(all.count == 20)
    for fixture in all {
      let found = HistogramBins(
        fixture.values, count: fixture.bins, isInteger: fixture.isInteger)
      #expect(found.counts == fixture.counts, "\(fixture.name), \(fixture.bins ?? 0)")
      let matches = zip(found.edges, fixture.edges).allSatisfy {
        abs($0 - $1) <= 1e-12 * max(1, abs($1))
      }
      #expect(matches && found.edges.count == fixture.edges.count, "\(fixture.name)")
    }
  }

  @Test("what is no number is not counted, and nothing is one empty bin")
  func gaps() {
    let found = HistogramBins([.nan, 1, .infinity, 2], count: 2, isInteger: false)
    #expect(found.counts == [1, 1])
    #expect(HistogramBins([], count: nil, isInteger: false).counts == [0])
  }
}
