/// A place in a picture: CSS pixels from the left and top edges.
struct Point: Hashable, Sendable {
  var x: Double
  var y: Double

  init(_ x: Double, _ y: Double) { (self.x, self.y) = (x, y) }
}

/// A width and a height in CSS pixels.
struct Size: Hashable, Sendable {
  var width: Double
  var height: Double
}

/// An upright rectangle in CSS pixels.
struct Rect: Hashable, Sendable {
  var x: Double
  var y: Double
  var width: Double
  var height: Double

  init(x: Double, y: Double, width: Double, height: Double) {
    (self.x, self.y, self.width, self.height) = (x, y, width, height)
  }

  /// The rectangle between two corners, whichever they are.
  init(_ a: Point, _ b: Point) {
    self.init(x: min(a.x, b.x), y: min(a.y, b.y), width: abs(a.x - b.x), height: abs(a.y - b.y))
  }

  var maxX: Double { x + width }
  var maxY: Double { y + height }
  var midX: Double { x + width / 2 }
  var midY: Double { y + height / 2 }

  /// Whether a point lies in it or on its edge.
  func contains(_ point: Point) -> Bool {
    point.x >= x && point.x <= maxX && point.y >= y && point.y <= maxY
  }

  /// What two rectangles have in common; of no size if nothing.
  func intersection(_ other: Rect) -> Rect {
    let (left, top) = (max(x, other.x), max(y, other.y))
    return Rect(
      x: left, y: top, width: max(0, min(maxX, other.maxX) - left),
      height: max(0, min(maxY, other.maxY) - top))
  }

  /// The largest rectangle of an aspect (width by height) in the middle of this one.
  func fitted(aspect: Double) -> Rect {
    let fittedWidth = min(width, height * aspect)
    let fittedHeight = fittedWidth / aspect
    return Rect(
      x: midX - fittedWidth / 2, y: midY - fittedHeight / 2, width: fittedWidth,
      height: fittedHeight)
  }
}
