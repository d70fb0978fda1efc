import Foundation

/// `Tests/Fixtures/plots.json`: what NumPy, mizani and colour-science computed.
struct PlotFixture: Decodable {
  struct Labelling: Decodable {
    let low: Double
    let high: Double
    let count: Int
    let ticks: [Double]
  }
  struct Histogram: Decodable {
    let name: String
    let values: [Double]
    /// `nil` for NumPy's `auto`.
    let bins: Int?
    let isInteger: Bool
    let counts: [Double]
    let edges: [Double]
  }
  struct Color: Decodable {
    let lightness: Double
    let chroma: Double
    let hue: Double
    let srgb: [Double]
  }
  let ticks: [Labelling]
  let histograms: [Histogram]
  let colors: [Color]

  static func load() throws -> PlotFixture {
    let folder = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
    let data = try Data(contentsOf: folder.appending(path: "Fixtures/plots.json"))
    return try JSONDecoder().decode(PlotFixture.self, from: data)
  }
}
