import Glibc
import Testing

@testable import TandemPlot

/// Many points: what is left out, and what must stay.
struct DecimationTests {
  @Test("the first, lowest, highest and last of each column stay")
  func extremes() {
    let count = 100_000
    let y = (0..<count).map { index in
      index == 54_321 ? 9 : index == 12_345 ? -7 : sin(Double(index) / 900)
    }
    let frame = Axis(
      AxisOptions(), [Mark(.line(x: [0, 1e5], y: [-7, 9]), label: "")], .y, tickCount: 3)
    let across = Axis(
      AxisOptions(), [Mark(.line(x: [0, 1e5], y: [0, 1]), label: "")], .x, tickCount: 3)
    let projection = Projection(
      x: across, y: frame, area: Rect(x: 0, y: 0, width: 500, height: 300))
    let x = (0..<count).map(Double.init)
    let pieces = projection.pieces(x, y)
    #expect(pieces.count == 1)
    let points = pieces[0]
    #expect(points.count <= 4 * 1001)
    #expect(points.map(\.y).min() == projection.vertical(9))
    #expect(points.map(\.y).max() == projection.vertical(-7))
    #expect(points.first == projection.point(0, y[0]))
    #expect(points.last == projection.point(x[count - 1], y[count - 1]))
    // In every column the extent is that of all its points.
    var extents: [Int: (Double, Double)] = [:]
    for index in 0..<count {
      let point = projection.point(x[index], y[index])
      let old = extents[Int(point.x * 2)] ?? (point.y, point.y)
      extents[Int(point.x * 2)] = (min(old.0, point.y), max(old.1, point.y))
    }
    for (column, extent) in extents {
      let kept = points.filter { Int($0.x * 2) == column }.map(\.y)
      #expect(kept.min() == extent.0 && kept.max() == extent.1)
    }
  }

  @Test("files of many points are small")
  func sizes() {
    let count = 200_000
    let y = (0..<count).map { Double(($0 &* 2_654_435_761) & 0xFFFF) }
    #expect(Plot.line(y).svg.utf8.count < 60_000)
    #expect(Plot.scatter(y, y.reversed()).svg.utf8.count < 800_000)
  }

  @Test("gaps stay gaps")
  func gaps() {
    let plot = Plot.line([1, 2, .nan, 4, 5, .infinity, 7])
    // Two lines, and a dot for the number that stands alone.
    #expect(plot.svg.components(separatedBy: "stroke-width=\"1.8\"").count - 1 == 2)
    #expect(plot.svg.components(separatedBy: "stroke-linecap=\"round\"").count - 1 == 1)
  }
}

extension String {
  fileprivate func components(separatedBy part: String) -> [String] {
    var (result, rest) = ([String](), self[...])
    while let range = rest.firstRange(of: part) {
      result.append(String(rest[..<range.lowerBound]))
      rest = rest[range.upperBound...]
    }
    return result + [String(rest)]
  }
}
