extension Plot.Marker {
  /// Whether it is made of lines, not of an area.
  var isOpen: Bool { self == .cross || self == .plus }

  /// The corners around a centre at zero: one closed line, or several open ones. None for a circle.
  func outline(size: Double) -> [[Point]] {
    let r = size / 2
    switch self {
    case .circle: return []
    case .square:
      let s = r * 0.886  // As large an area as the circle.
      return [[Point(-s, -s), Point(s, -s), Point(s, s), Point(-s, s)]]
    case .diamond:
      let s = r * 1.253
      return [[Point(0, -s), Point(s, 0), Point(0, s), Point(-s, 0)]]
    case .triangle:
      let s = r * 1.25
      return [[Point(0, -s), Point(s * 0.95, s * 0.7), Point(-s * 0.95, s * 0.7)]]
    case .cross:
      let s = r * 0.75
      return [[Point(-s, -s), Point(s, s)], [Point(-s, s), Point(s, -s)]]
    case .plus: return [[Point(-r, 0), Point(r, 0)], [Point(0, -r), Point(0, r)]]
    }
  }
}
