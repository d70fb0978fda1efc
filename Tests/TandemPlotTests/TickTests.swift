import Testing

@testable import TandemPlot

/// Ticks and their labels.
struct TickTests {
  /// What the page of R's package `labeling`, by an author of the paper, prints for its example.
  @Test("the published example")
  func published() throws {
    let found = try #require(Ticks.extended(8.1, 14.1, 4))
    #expect([found.first, found.step, found.last] == [8, 2, 14])
  }

  @Test("ticks are those of another implementation of the paper")
  func ticks() throws {
    let all = try PlotFixture.load().ticks
    #expect(all.count > 50)
    for fixture in all {
      let found = Ticks.linear(fixture.low...fixture.high, count: fixture.count).map(\.value)
      let tolerance = 1e-9 * (fixture.high - fixture.low)
      #expect(
        found.count == fixture.ticks.count
          && zip(found, fixture.ticks).allSatisfy { abs($0 - $1) <= tolerance },
        "\(fixture): \(found)")
    }
  }

  @Test(
    "labels have the digits of the step",
    arguments: [
      (0.0...1.0, ["0.00", "0.25", "0.50", "0.75", "1.00"]),
      (-1.0...1.0, ["−1.0", "−0.5", "0.0", "0.5", "1.0"]),
      (0.0...4e8, ["0", "1e8", "2e8", "3e8", "4e8"]),
      (
        1e9...1e9 + 2,
        [
          "1000000000.0", "1000000000.5", "1000000001.0", "1000000001.5",
          "1000000002.0",
        ]
      ),
    ])
  func labels(range: ClosedRange<Double>, labels: [String]) {
    #expect(Ticks.linear(range, count: 5).map(\.label) == labels)
  }

  @Test("powers of ten on logarithmic axes")
  func logarithmic() {
    func labels(_ range: ClosedRange<Double>) -> [String] {
      Ticks.logarithmic(range, count: 5).map(\.label).filter { !$0.isEmpty }
    }
    #expect(labels(1...1000) == ["1", "10", "100", "1000"])
    #expect(labels(1...60) == ["1", "2", "5", "10", "20", "50"])
    #expect(labels(1e-8...1e8) == ["10⁻⁸", "10⁻⁴", "1", "10000", "10⁸"])
    #expect(labels(2...4) == ["2.0", "2.5", "3.0", "3.5", "4.0"])
  }

  @Test("every range has an axis, also of one number, of the largest and of the smallest")
  func extremes() {
    let numbers: [[Double]] = [
      [], [0], [5], [-3, -3], [.nan], [.infinity], [1e308, -1e308], [Double.leastNonzeroMagnitude],
      [1, 1.0.nextUp],
      [.greatestFiniteMagnitude], [0, .leastNormalMagnitude],
    ]
    for list in numbers {
      let mark = Mark(.line(x: list, y: list), label: "")
      for scale in [Plot.Scale.linear, .log] {
        var options = AxisOptions()
        options.scale = scale
        let axis = Axis(options, [mark], .y, tickCount: 5)
        #expect(axis.low < axis.high && axis.low.isFinite && axis.high.isFinite, "\(list)")
        let plot = Plot.line(list, list).scales(x: scale, y: scale)
        #expect(!plot.svg.contains("nan") && !plot.svg.contains("inf"), "\(list)")
        #expect(!plot.text(Plot.TextOptions()).isEmpty)
      }
    }
  }
}
