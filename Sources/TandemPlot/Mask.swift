import Glibc

/// How much of each pixel a shape covers, 0 to 1. Parts of one shape that overlap do not add up.
struct Mask {
  let width: Int
  let height: Int
  var coverage: [Float]
  /// What may not be zero.
  private(set) var columns = 0..<0
  private(set) var rows = 0..<0

  /// Rows within a pixel at which the edges of polygons are looked at.
  private static let samples = 8

  init(width: Int, height: Int) {
    (self.width, self.height) = (width, height)
    coverage = [Float](repeating: 0, count: width * height)
  }

  /// Says that all is zero again.
  mutating func forget() { (columns, rows) = (0..<0, 0..<0) }

  /// A thick line between two points; a disc if they are one.
  ///
  /// - Parameter isRound: whether its ends are round; else they are cut off.
  mutating func addSegment(_ a: Point, _ b: Point, radius: Double, isRound: Bool) {
    let reach = radius + 1
    let (dx, dy) = (b.x - a.x, b.y - a.y)
    let length = (dx * dx + dy * dy).squareRoot()
    let rows = touched(min(a.y, b.y) - reach, max(a.y, b.y) + reach, height)
    for y in rows {
      let middle = Double(y) + 0.5
      // The part of the segment that comes near this row.
      var (low, high) = (0.0, 1.0)
      if abs(dy) > 1e-9 {
        let (t0, t1) = ((middle - reach - a.y) / dy, (middle + reach - a.y) / dy)
        (low, high) = (max(0, min(t0, t1)), min(1, max(t0, t1)))
        if low > high { continue }
      }
      let (x0, x1) = (a.x + dx * low, a.x + dx * high)
      let columns = touched(min(x0, x1) - reach, max(x0, x1) + reach, width)
      for x in columns {
        let (px, py) = (Double(x) + 0.5 - a.x, middle - a.y)
        var cover: Double
        if length < 1e-9 {
          cover = radius + 0.5 - (px * px + py * py).squareRoot()
        } else {
          let along = (px * dx + py * dy) / length
          let across = abs(px * dy - py * dx) / length
          let beyond = max(0, -along, along - length)
          if isRound {
            let distance = beyond > 0 ? hypot(beyond, across) : across
            cover = radius + 0.5 - distance
          } else {
            let end = min(1, max(0, min(along, length - along) + 0.5))
            cover = min(1, max(0, radius + 0.5 - across)) * end
          }
        }
        if radius < 0.5 { cover = min(cover, 2 * radius) }
        add(x, y, cover)
      }
    }
  }

  /// An upright rectangle; each edge covers its pixels in part.
  mutating func addRectangle(_ rect: Rect) {
    for y in touched(rect.y, rect.maxY, height) {
      let down = min(Double(y) + 1, rect.maxY) - max(Double(y), rect.y)
      for x in touched(rect.x, rect.maxX, width) {
        add(x, y, down * (min(Double(x) + 1, rect.maxX) - max(Double(x), rect.x)))
      }
    }
  }

  /// The inside of a closed line by the rule of even and odd crossings: exact along a row, sampled
  /// across.
  mutating func addPolygon(_ points: [Point]) {
    guard points.count > 2 else { return }
    let ys = points.map(\.y)
    let rows = touched(ys.min() ?? 0, ys.max() ?? 0, height)
    guard !rows.isEmpty else { return }
    let edges = zip(points, points.dropFirst() + [points[0]]).filter { $0.y != $1.y }
      .map { $0.y < $1.y ? (top: $0, bottom: $1) : (top: $1, bottom: $0) }
      .sorted { $0.top.y < $1.top.y }
    var active: [(top: Point, bottom: Point)] = []
    var (next, line) = (0, [Float](repeating: 0, count: width))
    for y in rows {
      while next < edges.count, edges[next].top.y <= Double(y) + 1 {
        active.append(edges[next])
        next += 1
      }
      active.removeAll { $0.bottom.y < Double(y) }
      for sample in 0..<Mask.samples {
        let level = Double(y) + (Double(sample) + 0.5) / Double(Mask.samples)
        let crossings = active.filter { $0.top.y <= level && $0.bottom.y > level }
          .map {
            $0.top.x + (level - $0.top.y) / ($0.bottom.y - $0.top.y) * ($0.bottom.x - $0.top.x)
          }
          .sorted()
        for pair in stride(from: 0, to: crossings.count - 1, by: 2) {
          cover(crossings[pair], crossings[pair + 1], &line)
        }
      }
      for x in 0..<width where line[x] > 0 {
        add(x, y, Double(line[x]) / Double(Mask.samples))
        line[x] = 0
      }
    }
  }

  private func cover(_ from: Double, _ to: Double, _ line: inout [Float]) {
    for x in touched(from, to, width) {
      line[x] += Float(min(Double(x) + 1, to) - max(Double(x), from))
    }
  }

  /// The pixels that an interval touches.
  private func touched(_ low: Double, _ high: Double, _ count: Int) -> Range<Int> {
    guard low < Double(count), high > 0, low <= high else { return 0..<0 }
    let first = Int(max(0, low))
    return first..<max(first, Int(min(Double(count), high.rounded(.up))))
  }

  private mutating func add(_ x: Int, _ y: Int, _ cover: Double) {
    guard cover > 0 else { return }
    let index = y * width + x
    coverage[index] = max(coverage[index], Float(min(1, cover)))
    if rows.isEmpty || columns.isEmpty {
      (columns, rows) = (x..<x + 1, y..<y + 1)
      return
    }
    if x < columns.lowerBound { columns = x..<columns.upperBound }
    if x >= columns.upperBound { columns = columns.lowerBound..<x + 1 }
    if y < rows.lowerBound { rows = y..<rows.upperBound }
    if y >= rows.upperBound { rows = rows.lowerBound..<y + 1 }
  }
}
