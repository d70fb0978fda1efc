/// Draws which colour means what, in the corner where it hides the least.
struct LegendDrawing {
  private static let fontSize = 12.0
  private static let rowHeight = 18.0
  private static let keyWidth = 22.0

  let frame: Frame
  let projection: Projection

  func draw(on canvas: inout some Canvas) {
    let marks = frame.labelled
    guard !marks.isEmpty, frame.legend != .hidden else { return }
    let box = box(marks)
    canvas.rectangles([box], Ink(color: Ink.paper.color, opacity: 0.85))
    for (row, mark) in marks.enumerated() {
      let y = box.y + 4 + (Double(row) + 0.5) * LegendDrawing.rowHeight
      drawKey(
        mark, Rect(x: box.x + 8, y: y - 5, width: LegendDrawing.keyWidth, height: 10), &canvas)
      canvas.text(
        mark.label, at: Point(box.x + LegendDrawing.keyWidth + 15, y + 4),
        TextStyle(size: LegendDrawing.fontSize))
    }
  }

  private func box(_ marks: [Mark]) -> Rect {
    let widest = marks.map { TextWidth.of($0.label, size: LegendDrawing.fontSize) }.max() ?? 0
    let area = projection.area
    let width = widest + LegendDrawing.keyWidth + 24
    let height = Double(marks.count) * LegendDrawing.rowHeight + 8
    func corner(_ isRight: Bool, _ isBottom: Bool) -> Rect {
      Rect(
        x: isRight ? area.maxX - width - 8 : area.x + 9,
        y: isBottom ? area.maxY - height - 8 : area.y + 6, width: width, height: height)
    }
    switch frame.legend {
    case .topLeft: return corner(false, false)
    case .bottomLeft: return corner(false, true)
    case .bottomRight: return corner(true, true)
    case .topRight, .hidden: return corner(true, false)
    case .automatic:
      let corners = [
        corner(true, false), corner(false, false), corner(true, true), corner(false, true),
      ]
      let hidden = corners.map(pointsHidden)
      let least = hidden.min() ?? 0
      return corners[hidden.firstIndex(of: least) ?? 0]
    }
  }

  /// How much would lie under a box: points of lines, counted on lines too.
  private func pointsHidden(_ box: Rect) -> Int {
    frame.marks.reduce(0) { sum, mark in
      switch mark.shape {
      case .line(let x, let y), .points(let x, let y), .errorBars(let x, let y, _):
        return sum + count(x, y, box)
      case .band(let x, let low, let high):
        return sum + (count(x, low, box) + count(x, high, box)) / 4
      case .bins(let edges, let heights):
        let centers = zip(edges, edges.dropFirst()).map { ($0 + $1) / 2 }
        return sum + bars(centers, heights, box)
      case .columns(let x, let heights): return sum + bars(x, heights, box)
      case .cells, .picture: return sum
      }
    }
  }

  private func count(_ x: [Double], _ y: [Double], _ box: Rect) -> Int {
    let stride = max(1, x.count / 2000)
    var (found, last) = (0, Point(.nan, .nan))
    for index in Swift.stride(from: 0, to: min(x.count, y.count), by: stride) {
      let point = projection.point(x[index], y[index])
      // Between far points of a line lies the line.
      for step in 0..<8 where stride > 1 || step == 0 || last.x.isFinite {
        let t = Double(step) / 8
        let place = Point(point.x + (last.x - point.x) * t, point.y + (last.y - point.y) * t)
        if box.contains(step == 0 ? point : place) { found += 1 }
      }
      last = point
    }
    return found
  }

  private func bars(_ x: [Double], _ heights: [Double], _ box: Rect) -> Int {
    zip(x, heights).count { x, height in
      let place = projection.horizontal(x)
      return place >= box.x && place <= box.maxX && projection.vertical(height) < box.maxY
    } * 20
  }

  private func drawKey(_ mark: Mark, _ place: Rect, _ canvas: inout some Canvas) {
    let color = frame.color(of: mark)
    let middle = Point(place.midX, place.midY)
    switch mark.shape {
    case .line, .errorBars:
      let stroke = Stroke(
        ink: Ink(color: color), width: mark.style.width, dash: mark.style.dash)
      canvas.line([Point(place.x, middle.y), Point(place.maxX, middle.y)], stroke)
      if let marker = mark.style.marker {
        canvas.markers([middle], marker, size: mark.style.markerSize, stroke.ink)
      }
    case .points:
      let ink = Ink(color: color)
      canvas.markers([middle], mark.style.marker ?? .circle, size: mark.style.markerSize, ink)
    case .band: canvas.rectangles([place], Ink(color: color, opacity: 0.25))
    default: canvas.rectangles([place], Ink(color: color))
    }
  }
}
