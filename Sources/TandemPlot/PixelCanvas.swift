import Glibc

/// Draws pixels with smooth edges: every shape becomes a mask that says how much of each pixel it
/// covers, and the mask lets its colour through.
struct PixelCanvas: Canvas {
  private let scale: Double
  private let width: Int
  private let height: Int
  /// Red, green and blue of each pixel, 0 to 255, in turn.
  private var colors: [Float]
  private var mask: Mask
  private var limit: Rect

  /// - Parameter scale: pixels of the picture for each CSS pixel.
  init(size: Size, scale: Double) {
    self.scale = scale
    width = max(1, Int((size.width * scale).rounded()))
    height = max(1, Int((size.height * scale).rounded()))
    colors = [Float](repeating: 255, count: width * height * 3)
    mask = Mask(width: width, height: height)
    limit = Rect(x: 0, y: 0, width: Double(width), height: Double(height))
  }

  /// What has been drawn.
  var picture: Picture {
    func byte(_ index: Int) -> UInt8 { UInt8(colors[index].rounded()) }
    let pixels = (0..<width * height).map { index -> Plot.Color in
      Plot.Color(byte(3 * index), byte(3 * index + 1), byte(3 * index + 2))
    }
    return Picture(width: width, height: height, pixels: pixels)
  }

  mutating func line(_ points: [Point], _ stroke: Stroke) {
    let scaled = points.map(scaled)
    let radius = max(stroke.width * scale / 2, 0.35)
    for piece in Dashes.split(scaled, stroke.dash.map { $0 * scale }) {
      for (start, end) in zip(piece, piece.dropFirst()) {
        mask.addSegment(start, end, radius: radius, isRound: piece.count > 2)
      }
    }
    apply(stroke.ink)
  }

  mutating func polygon(_ points: [Point], _ ink: Ink) {
    mask.addPolygon(points.map(scaled))
    apply(ink)
  }

  mutating func rectangles(_ rects: [Rect], _ ink: Ink) {
    for rect in rects {
      mask.addRectangle(
        Rect(
          x: rect.x * scale, y: rect.y * scale, width: rect.width * scale,
          height: rect.height * scale))
    }
    apply(ink)
  }

  mutating func markers(
    _ points: [Point], _ marker: Plot.Marker, size: Double, _ ink: Ink
  ) {
    let outline = marker.outline(size: size * scale)
    for point in points.map(scaled) {
      if marker == .circle {
        mask.addSegment(point, point, radius: size * scale / 2, isRound: true)
      }
      for part in outline {
        let moved = part.map { Point($0.x + point.x, $0.y + point.y) }
        if marker.isOpen {
          mask.addSegment(moved[0], moved[1], radius: 0.8 * scale, isRound: false)
        } else {
          mask.addPolygon(moved)
        }
      }
      // Each on its own, so that many on one place look denser than one.
      if ink.opacity < 1 { apply(ink) }
    }
    apply(ink)
  }

  mutating func picture(_ picture: Picture, in rect: Rect) {
    guard picture.width > 0, picture.height > 0 else { return }
    let (left, top) = (rect.x * scale, rect.y * scale)
    let cell = Size(
      width: rect.width * scale / Double(picture.width),
      height: rect.height * scale / Double(picture.height))
    let place = limit.intersection(
      Rect(x: left, y: top, width: rect.width * scale, height: rect.height * scale))
    for y in Int(place.y.rounded())..<max(Int(place.y.rounded()), Int(place.maxY.rounded())) {
      let row = min(max(Int((Double(y) + 0.5 - top) / cell.height), 0), picture.height - 1)
      for x in Int(place.x.rounded())..<max(Int(place.x.rounded()), Int(place.maxX.rounded())) {
        let column = min(max(Int((Double(x) + 0.5 - left) / cell.width), 0), picture.width - 1)
        let color = picture.pixels[row * picture.width + column]
        let index = (y * width + x) * 3
        colors[index] = Float(color.red)
        colors[index + 1] = Float(color.green)
        colors[index + 2] = Float(color.blue)
      }
    }
  }

  mutating func text(_ text: String, at point: Point, _ style: TextStyle) {
    let width = TextWidth.of(text, size: style.size)
    let shift = style.anchor == .start ? 0 : style.anchor == .middle ? width / 2 : width
    let unit = style.size / StrokeFont.unitsPerEm
    let radius = style.size * scale * (style.isBold ? 0.062 : 0.042)
    for stroke in StrokeFont.strokes(text) {
      let points = stroke.map { corner -> Point in
        let (along, up) = (corner.x * unit - shift, corner.y * unit)
        return scaled(
          style.isUpright
            ? Point(point.x - up, point.y - along) : Point(point.x + along, point.y - up))
      }
      for (start, end) in zip(points, points.dropFirst()) {
        mask.addSegment(start, end, radius: radius, isRound: true)
      }
      if points.count == 1 {
        mask.addSegment(points[0], points[0], radius: radius * 1.35, isRound: true)
      }
    }
    apply(style.ink)
  }

  mutating func clip(to rect: Rect?) {
    let all = Rect(x: 0, y: 0, width: Double(width), height: Double(height))
    limit =
      rect.map {
        Rect(
          x: $0.x * scale, y: $0.y * scale, width: $0.width * scale, height: $0.height * scale
        ).intersection(all)
      } ?? all
  }

  private func scaled(_ point: Point) -> Point { Point(point.x * scale, point.y * scale) }

  /// Lets a colour through the mask where drawing is allowed, and clears the mask.
  private mutating func apply(_ ink: Ink) {
    let (left, right) = (Int(limit.x.rounded()), Int(limit.maxX.rounded()))
    let (top, bottom) = (Int(limit.y.rounded()), Int(limit.maxY.rounded()))
    let opacity = Float(ink.opacity)
    let (red, green, blue) = (
      Float(ink.color.red), Float(ink.color.green), Float(ink.color.blue)
    )
    for y in mask.rows {
      for x in mask.columns {
        let index = y * width + x
        let cover = mask.coverage[index]
        guard cover > 0 else { continue }
        mask.coverage[index] = 0
        guard x >= left, x < right, y >= top, y < bottom else { continue }
        let part = cover * opacity
        colors[3 * index] += (red - colors[3 * index]) * part
        colors[3 * index + 1] += (green - colors[3 * index + 1]) * part
        colors[3 * index + 2] += (blue - colors[3 * index + 2]) * part
      }
    }
    mask.forget()
  }
}

/// Cuts lines into strokes.
enum Dashes {
  /// The strokes of a line; the line itself if there are no lengths.
  static func split(_ points: [Point], _ lengths: [Double]) -> [[Point]] {
    let total = lengths.reduce(0, +)
    guard total > 0.1, lengths.allSatisfy({ $0 >= 0 }), let first = points.first else {
      return [points]
    }
    var pieces: [[Point]] = []
    var (piece, index, left) = ([first], 0, lengths[0])
    for (start, end) in zip(points, points.dropFirst()) {
      let length = hypot(end.x - start.x, end.y - start.y)
      var done = 0.0
      while length - done > left {
        done += left
        let t = done / length
        let cut = Point(start.x + (end.x - start.x) * t, start.y + (end.y - start.y) * t)
        if index % 2 == 0 { pieces.append(piece + [cut]) }
        piece = [cut]
        index += 1
        left = max(lengths[index % lengths.count], 0.05)
      }
      left -= length - done
      piece.append(end)
    }
    if index % 2 == 0, piece.count > 1 { pieces.append(piece) }
    return pieces
  }
}
