/// Turns numbers into places between the axes.
struct Projection {
  let x: Axis
  let y: Axis
  let area: Rect

  /// The place of a point; NaN where there is none. Far outside of the area it is cut off, so that
  /// no canvas meets lengths that it cannot hold.
  func point(_ x: Double, _ y: Double) -> Point { Point(horizontal(x), vertical(y)) }

  func horizontal(_ value: Double) -> Double {
    limited(area.x + self.x.fraction(value) * area.width)
  }

  func vertical(_ value: Double) -> Double {
    limited(area.maxY - y.fraction(value) * area.height)
  }

  private func limited(_ place: Double) -> Double {
    place.isNaN ? place : max(-30_000, min(30_000, place))
  }

  /// The height on which bars stand: zero, or the end of the axis where there is none.
  var baseline: Double { y.scale == .log ? (y.isReversed ? area.y : area.maxY) : vertical(0) }

  /// The pieces of a line without gaps, with no more points than can be seen.
  func pieces(_ x: [Double], _ y: [Double]) -> [[Point]] {
    var pieces: [[Point]] = []
    var thinning = Thinning()
    for index in 0..<min(x.count, y.count) {
      let point = point(x[index], y[index])
      // An infinite number is a gap, though a place was found for it.
      if x[index].isFinite, y[index].isFinite, point.x.isFinite, point.y.isFinite {
        thinning.append(point)
      } else if !thinning.isEmpty {
        pieces.append(thinning.finish())
      }
    }
    if !thinning.isEmpty { pieces.append(thinning.finish()) }
    return pieces
  }
}

/// Leaves out points of a line that nobody could see: of many in one half pixel's column it keeps
/// the first, the lowest, the highest and the last, so that no peak is lost; a line of ten million
/// points becomes one of a few thousand.
struct Thinning {
  private var kept: [Point] = []
  private var column = Int.min
  /// The points of the current column that matter, in the order in which they came.
  private var first = Point(0, 0)
  private var low = (point: Point(0, 0), order: 0)
  private var high = (point: Point(0, 0), order: 0)
  private var last = Point(0, 0)
  private var count = 0

  var isEmpty: Bool { count == 0 && kept.isEmpty }

  mutating func append(_ point: Point) {
    let column = Int((point.x * 2).rounded(.down))
    if column != self.column || count == 0 {
      flush()
      self.column = column
      (first, last, count) = (point, point, 1)
      (low, high) = ((point, 0), (point, 0))
      return
    }
    if point.y < low.point.y { low = (point, count) }
    if point.y > high.point.y { high = (point, count) }
    last = point
    count += 1
  }

  /// The points that are left; begins anew.
  mutating func finish() -> [Point] {
    flush()
    defer { self = Thinning() }
    return kept
  }

  private mutating func flush() {
    guard count > 0 else { return }
    keep(first)
    if count > 1 {
      let inner = low.order < high.order ? [low, high] : [high, low]
      for (point, order) in inner where order > 0 && order < count - 1 { keep(point) }
      keep(last)
    }
    count = 0
  }

  private mutating func keep(_ point: Point) {
    if kept.last != point { kept.append(point) }
  }
}
