/// Draws a frame into a rectangle of a picture: title, axes, marks, legend, scale of colours.
struct FrameDrawing {
  private static let fontSize = 12.0
  private static let titleSize = 15.0
  private static let tickLength = 4.0

  let frame: Frame
  let place: Rect
  private let projection: Projection

  init(_ frame: Frame, in place: Rect) {
    (self.frame, self.place) = (frame, place)
    projection = FrameDrawing.layout(frame, place)
  }

  func draw(on canvas: inout some Canvas) {
    if frame.solePicture == nil { drawGridLines(on: &canvas) }
    MarkDrawing(frame: frame, projection: projection).draw(on: &canvas)
    if frame.solePicture == nil { drawAxes(on: &canvas) }
    drawTitles(on: &canvas)
    if let cells = frame.cells, !cells.isAnnotated { drawColorBar(cells, on: &canvas) }
    LegendDrawing(frame: frame, projection: projection).draw(on: &canvas)
  }

  /// The area between the axes: the place less what stands around it.
  private static func layout(_ frame: Frame, _ place: Rect) -> Projection {
    var area = place
    let top = frame.title.isEmpty ? 10.0 : 32
    if let picture = frame.solePicture {
      let header = frame.title.isEmpty ? 0.0 : 22
      area = Rect(
        x: place.x, y: place.y + header, width: place.width,
        height: max(1, place.height - header))
      area = area.fitted(aspect: Double(max(picture.width, 1)) / Double(max(picture.height, 1)))
      return project(frame, area)
    }
    let bottom = fontSize + 14 + (frame.x.label.isEmpty ? 0 : fontSize + 8)
    area.y += top
    area.height = max(10, area.height - top - bottom)
    // How wide the numbers are depends on their count, that is, on the height alone.
    let labels = project(frame, area).y.ticks.map { TextWidth.of($0.label, size: fontSize) }
    let left = (labels.max() ?? 0) + 14 + (frame.y.label.isEmpty ? 0 : fontSize + 10)
    let right = frame.cells.map { $0.isAnnotated ? 14 : 64 + colorBarLabelWidth($0) } ?? 18
    area.x += left
    area.width = max(10, area.width - left - right)
    if let aspect = frame.aspect { area = area.fitted(aspect: aspect) }
    return project(frame, area)
  }

  private static func project(_ frame: Frame, _ area: Rect) -> Projection {
    let y = Axis(frame.y, frame.marks, .y, tickCount: max(2, Int(area.height / 50) + 1))
    var count = max(2, Int(area.width / 80) + 1)
    var x = Axis(frame.x, frame.marks, .x, tickCount: count)
    while count > 2, hasOverlaps(x, area) {
      count -= 1
      x = Axis(frame.x, frame.marks, .x, tickCount: count)
    }
    return Projection(x: x, y: y, area: area)
  }

  private static func hasOverlaps(_ axis: Axis, _ area: Rect) -> Bool {
    let spans = axis.ticks.filter { !$0.label.isEmpty }.map { tick in
      let middle = axis.fraction(tick.value) * area.width
      let half = TextWidth.of(tick.label, size: fontSize) / 2 + 4
      return (middle - half, middle + half)
    }
    return zip(spans, spans.dropFirst()).contains { $0.1 > $1.0 }
  }

  private func drawGridLines(on canvas: inout some Canvas) {
    let area = projection.area
    guard frame.hasGridLines, frame.aspect == nil else { return }
    let stroke = Stroke(ink: .gridLine)
    if frame.x.categories.isEmpty {
      for tick in projection.x.ticks where !tick.label.isEmpty {
        let x = sharp(projection.horizontal(tick.value))
        canvas.line([Point(x, area.y), Point(x, area.maxY)], stroke)
      }
    }
    for tick in projection.y.ticks where !tick.label.isEmpty {
      let y = sharp(projection.vertical(tick.value))
      canvas.line([Point(area.x, y), Point(area.maxX, y)], stroke)
    }
  }

  /// The nearest place at which a thin line fills one row of pixels.
  private func sharp(_ place: Double) -> Double { place.rounded(.down) + 0.5 }

  private func drawAxes(on canvas: inout some Canvas) {
    let area = projection.area
    let stroke = Stroke(ink: .axis)
    let (left, bottom) = (sharp(area.x), sharp(area.maxY))
    canvas.line([Point(left, area.y), Point(left, bottom), Point(area.maxX, bottom)], stroke)
    let hasDistinctNames = !FrameDrawing.hasOverlaps(projection.x, area)
    for (index, tick) in projection.x.ticks.enumerated() {
      let x = sharp(projection.horizontal(tick.value))
      let length = tick.label.isEmpty ? 2.5 : FrameDrawing.tickLength
      canvas.line([Point(x, bottom), Point(x, bottom + length)], stroke)
      let text = hasDistinctNames ? tick.label : fittedName(tick.label, index)
      let style = TextStyle(size: FrameDrawing.fontSize, anchor: .middle)
      if !text.isEmpty { canvas.text(text, at: Point(x, bottom + 17), style) }
    }
    for tick in projection.y.ticks {
      let y = sharp(projection.vertical(tick.value))
      let length = tick.label.isEmpty ? 2.5 : FrameDrawing.tickLength
      canvas.line([Point(left - length, y), Point(left, y)], stroke)
      let style = TextStyle(size: FrameDrawing.fontSize, anchor: .end)
      if !tick.label.isEmpty { canvas.text(tick.label, at: Point(left - 7, y + 4), style) }
    }
  }

  /// As much of a name as there is room for under its bar; nothing where that is not even two
  /// letters, but for a few.
  private func fittedName(_ name: String, _ index: Int) -> String {
    let count = max(projection.x.ticks.count, 1)
    let room = projection.area.width / Double(count) - 4
    let letters = Int(room / (FrameDrawing.fontSize * 0.56))
    if letters >= 2 {
      return TextWidth.of(name, size: FrameDrawing.fontSize) <= room
        ? name : String(name.prefix(max(1, letters - 1))) + "…"
    }
    let every = Int(60 / max(room + 4, 0.1)) + 1
    return index % every == 0 ? String(name.prefix(8)) : ""
  }

  private func drawTitles(on canvas: inout some Canvas) {
    let area = projection.area
    let isPicture = frame.solePicture != nil
    if !frame.title.isEmpty {
      let style = TextStyle(
        size: isPicture ? 13 : FrameDrawing.titleSize, anchor: .middle, isBold: !isPicture)
      canvas.text(frame.title, at: Point(area.midX, area.y - (isPicture ? 7 : 12)), style)
    }
    guard !isPicture else { return }
    let style = TextStyle(size: FrameDrawing.fontSize + 1, anchor: .middle)
    if !frame.x.label.isEmpty {
      canvas.text(frame.x.label, at: Point(area.midX, area.maxY + 38), style)
    }
    if !frame.y.label.isEmpty {
      let labels = projection.y.ticks.map { TextWidth.of($0.label, size: FrameDrawing.fontSize) }
      var upright = style
      upright.isUpright = true
      let x = area.x - (labels.max() ?? 0) - 18
      canvas.text(frame.y.label, at: Point(x, area.midY), upright)
    }
  }

  private static func colorBarTicks(_ cells: Cells, _ height: Double) -> [Tick] {
    Ticks.linear(cells.range, count: max(2, Int(height / 50) + 1))
  }

  private static func colorBarLabelWidth(_ cells: Cells) -> Double {
    let widths = colorBarTicks(cells, 300).map { TextWidth.of($0.label, size: fontSize) }
    return max(0, (widths.max() ?? 0) - 18)
  }

  private func drawColorBar(_ cells: Cells, on canvas: inout some Canvas) {
    let area = projection.area
    let bar = Rect(x: area.maxX + 16, y: area.y, width: 14, height: area.height)
    let colors = (0..<256).map { cells.colors.color(1 - Double($0) / 255) }
    canvas.picture(Picture(width: 1, height: 256, pixels: colors), in: bar)
    let range = cells.range
    for tick in FrameDrawing.colorBarTicks(cells, area.height) {
      guard let t = cells.fraction(tick.value, in: range) else { continue }
      let y = bar.maxY - t * bar.height
      let stroke = Stroke(ink: .axis)
      canvas.line([Point(bar.maxX, y), Point(bar.maxX + 3, y)], stroke)
      canvas.text(
        tick.label, at: Point(bar.maxX + 6, y + 4), TextStyle(size: FrameDrawing.fontSize))
    }
  }
}
