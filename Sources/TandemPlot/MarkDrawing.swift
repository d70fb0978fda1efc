/// Draws the marks of a frame; the same for every canvas.
struct MarkDrawing {
  let frame: Frame
  let projection: Projection

  /// Draws all marks, what lies below first.
  func draw(on canvas: inout some Canvas) {
    canvas.clip(to: projection.area)
    let order = frame.marks.indices.sorted {
      (frame.marks[$0].depth, $0) < (frame.marks[$1].depth, $1)
    }
    for index in order { draw(frame.marks[index], on: &canvas) }
    canvas.clip(to: nil)
  }

  private func draw(_ mark: Mark, on canvas: inout some Canvas) {
    let color = frame.color(of: mark)
    func ink(_ usual: Double) -> Ink { Ink(color: color, opacity: mark.style.opacity ?? usual) }
    switch mark.shape {
    case .line(let x, let y):
      let stroke = Stroke(ink: ink(1), width: mark.style.width, dash: mark.style.dash)
      drawLine(x, y, stroke, mark.style, on: &canvas)
    case .points(let x, let y):
      // Many points show where they are dense.
      let points = points(x, y)
      let usual = points.count > 2000 ? 0.5 : points.count > 200 ? 0.7 : 0.85
      canvas.markers(
        points, mark.style.marker ?? .circle, size: mark.style.markerSize, ink(usual))
    case .band(let x, let low, let high):
      for area in areas(x, low, high) { canvas.polygon(area, ink(0.2)) }
    case .errorBars(let x, let low, let high):
      var stroke = Stroke(ink: ink(1), width: 1.4)
      // On bars of the same colour they would not be seen.
      if standsOnBars(mark) { stroke.ink = .text }
      drawErrorBars(x, low, high, stroke, on: &canvas)
    case .bins(let edges, let heights):
      canvas.rectangles(bins(edges, heights), ink(hasOtherBins ? 0.6 : 1))
    case .columns(let x, let heights):
      canvas.rectangles(columns(mark, x, heights), ink(1))
    case .cells(let cells):
      canvas.picture(
        cells.picture.shrunk(to: projection.area), in: place(cells.columns, cells.rows))
      if cells.isAnnotated { annotate(cells, on: &canvas) }
    case .picture(let picture):
      canvas.picture(
        picture.shrunk(to: projection.area), in: place(picture.width, picture.height))
    }
  }

  private func drawLine(
    _ x: [Double], _ y: [Double], _ stroke: Stroke, _ style: Mark.Style,
    on canvas: inout some Canvas
  ) {
    for piece in projection.pieces(x, y) {
      if piece.count > 1 {
        canvas.line(piece, stroke)
      } else if style.marker == nil {
        // A number between two gaps would not be seen.
        canvas.markers(piece, .circle, size: max(stroke.width * 1.5, 3), stroke.ink)
      }
    }
    if let marker = style.marker {
      canvas.markers(points(x, y), marker, size: style.markerSize, stroke.ink)
    }
  }

  /// Points that can be seen: of those at one place one, of very many one of a small square.
  private func points(_ x: [Double], _ y: [Double]) -> [Point] {
    let area = projection.area
    let side = x.count > 20_000 ? 2.0 : 0.5
    let width = Int(area.width / side) + 2
    var taken = [Bool](repeating: false, count: width * (Int(area.height / side) + 2))
    var result: [Point] = []
    for index in 0..<min(x.count, y.count) where x[index].isFinite && y[index].isFinite {
      let point = projection.point(x[index], y[index])
      guard area.contains(point) else { continue }
      if x.count > 2000 {
        let cell = Int((point.y - area.y) / side) * width + Int((point.x - area.x) / side)
        if taken[cell] { continue }
        taken[cell] = true
      }
      result.append(point)
    }
    return result
  }

  /// Closed lines around the areas between two curves.
  private func areas(_ x: [Double], _ low: [Double], _ high: [Double]) -> [[Point]] {
    // Where one of the curves has a gap, both have.
    let lowPieces = projection.pieces(x, zip(low, high).map { $1.isFinite ? $0 : .nan })
    let highPieces = projection.pieces(x, zip(low, high).map { $0.isFinite ? $1 : .nan })
    return zip(lowPieces, highPieces).map { $0 + $1.reversed() }.filter { $0.count > 2 }
  }

  private func drawErrorBars(
    _ x: [Double], _ low: [Double], _ high: [Double], _ stroke: Stroke,
    on canvas: inout some Canvas
  ) {
    for index in 0..<min(x.count, low.count, high.count) {
      let (top, bottom) = (
        projection.point(x[index], high[index]), projection.point(x[index], low[index])
      )
      guard [top.x, top.y, bottom.y].allSatisfy(\.isFinite), top != bottom else { continue }
      canvas.line([bottom, top], stroke)
      for end in [top, bottom] {
        canvas.line([Point(end.x - 3, end.y), Point(end.x + 3, end.y)], stroke)
      }
    }
  }

  private func standsOnBars(_ mark: Mark) -> Bool {
    frame.marks.contains { $0.series == mark.series && $0.standsOnZero }
  }

  private var hasOtherBins: Bool {
    frame.marks.count { if case .bins = $0.shape { true } else { false } } > 1
  }

  private func bins(_ edges: [Double], _ heights: [Double]) -> [Rect] {
    heights.indices.compactMap { index in
      let left = projection.horizontal(edges[index])
      let right = projection.horizontal(edges[index + 1])
      // A hair of paper between neighbours, where there is room for it.
      let gap = abs(right - left) > 5 ? 0.5 : 0
      return bar(min(left, right) + gap, max(left, right) - gap, heights[index])
    }
  }

  private func columns(_ mark: Mark, _ x: [Double], _ heights: [Double]) -> [Rect] {
    let series = frame.marks.compactMap { other -> Int? in
      if case .columns = other.shape { other.series } else { nil }
    }
    let place = series.firstIndex(of: mark.series) ?? 0
    let width = 0.8 / Double(max(series.count, 1))
    return zip(x, heights).compactMap { x, height in
      let left = projection.horizontal(x - 0.4 + Double(place) * width)
      let right = projection.horizontal(x - 0.4 + Double(place + 1) * width)
      return bar(min(left, right), max(left, right), height)
    }
  }

  private func bar(_ left: Double, _ right: Double, _ height: Double) -> Rect? {
    let top = projection.vertical(height)
    guard top.isFinite, height != 0, left.isFinite, right.isFinite else { return nil }
    return Rect(Point(left, projection.baseline), Point(right, top))
  }

  /// Where columns and rows of cells lie.
  private func place(_ columns: Int, _ rows: Int) -> Rect {
    Rect(
      projection.point(-0.5, -0.5), projection.point(Double(columns) - 0.5, Double(rows) - 0.5))
  }

  private func annotate(_ cells: Cells, on canvas: inout some Canvas) {
    let cell = projection.area.width / Double(max(cells.columns, 1))
    let texts = cells.values.map(NumberLabel.short)
    let range = cells.range
    let widest = texts.map { TextWidth.of($0, size: 1) }.max() ?? 1
    let size = min(14, cell * 0.8 / max(widest, 0.1))
    guard size >= 5 else { return }
    for (index, text) in texts.enumerated() {
      guard let t = cells.fraction(cells.values[index], in: range) else { continue }
      let center = projection.point(
        Double(index % cells.columns), Double(index / cells.columns))
      let isDark = cells.colors.color(t).luma < 0.55
      let ink = isDark ? Ink.paper : Ink.text
      canvas.text(
        text, at: Point(center.x, center.y + size * 0.35),
        TextStyle(ink: ink, size: size, anchor: .middle))
    }
  }
}
