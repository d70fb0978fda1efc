/// Writes SVG: text that any browser and editor shows. Coordinates have one digit behind the point.
struct SVGCanvas: Canvas {
  private var body = ""
  private var clips = 0
  private var isClipped = false
  private let size: Size

  private static let fonts = "Helvetica,Arial,sans-serif"

  /// Stands for the name of the picture, with which those of clip paths begin; no text has it.
  private static let nameMark = "\u{1}"

  init(size: Size) { self.size = size }

  /// The whole file.
  var document: String {
    let (width, height) = (SVGCanvas.number(size.width), SVGCanvas.number(size.height))
    return """
      <svg xmlns="http://www.w3.org/2000/svg" width="\(width)" height="\(height)" \
      viewBox="0 0 \(width) \(height)" font-family="\(SVGCanvas.fonts)">
      <rect width="100%" height="100%" fill="#fff"/>
      \(named)</svg>

      """
  }

  /// The body with a name that follows from it: several pictures can stand on one page, in which
  /// all names must differ.
  private var named: String {
    // FNV-1a.
    let hash = body.utf8.reduce(0xCBF2_9CE4_8422_2325 as UInt64) { hash, byte in
      (hash ^ UInt64(byte)) &* 0x0000_0100_0000_01B3
    }
    return body.split(separator: SVGCanvas.nameMark, omittingEmptySubsequences: false)
      .joined(separator: "c" + String(hash, radix: 36))
  }

  mutating func line(_ points: [Point], _ stroke: Stroke) {
    guard points.count > 1 else { return }
    var attributes = "stroke=\"\(stroke.ink.color.hexText)\""
    if stroke.width != 1 { attributes += " stroke-width=\"\(SVGCanvas.number(stroke.width))\"" }
    if stroke.ink.opacity < 1 {
      attributes += " stroke-opacity=\"\(SVGCanvas.number(stroke.ink.opacity, 100))\""
    }
    if !stroke.dash.isEmpty {
      let lengths = stroke.dash.map { SVGCanvas.number($0) }.joined(separator: " ")
      attributes += " stroke-dasharray=\"\(lengths)\""
    }
    if points.count > 2 { attributes += " stroke-linejoin=\"round\"" }
    body += "<path d=\"\(path(points))\" fill=\"none\" \(attributes)/>\n"
  }

  mutating func polygon(_ points: [Point], _ ink: Ink) {
    body += "<path d=\"\(path(points))z\" \(fill(ink))/>\n"
  }

  mutating func rectangles(_ rects: [Rect], _ ink: Ink) {
    guard !rects.isEmpty else { return }
    var path = ""
    for rect in rects {
      let (left, top) = (Tenths(rect.x), Tenths(rect.y))
      let (width, height) = (Tenths(rect.maxX) - left, Tenths(rect.maxY) - top)
      path += "M\(left.text) \(top.text)h\(width.text)v\(height.text)h\((Tenths(0) - width).text)z"
    }
    body += "<path d=\"\(path)\" \(fill(ink))/>\n"
  }

  mutating func markers(
    _ points: [Point], _ marker: Plot.Marker, size: Double, _ ink: Ink
  ) {
    guard !points.isEmpty else { return }
    let outline = marker.outline(size: size)
    if marker == .circle {
      // A line of no length with round ends is a disc, in few letters.
      let dots = points.map { "M\(Tenths($0.x).text) \(Tenths($0.y).text)h0" }.joined()
      let opacity =
        ink.opacity < 1 ? " stroke-opacity=\"\(SVGCanvas.number(ink.opacity, 100))\"" : ""
      body +=
        "<path d=\"\(dots)\" fill=\"none\" stroke=\"\(ink.color.hexText)\" "
        + "stroke-width=\"\(SVGCanvas.number(size))\" stroke-linecap=\"round\"\(opacity)/>\n"
      return
    }
    let paths = points.flatMap { point in
      outline.map { part in path(part.map { Point($0.x + point.x, $0.y + point.y) }) }
    }
    if marker.isOpen {
      body +=
        "<path d=\"\(paths.joined())\" fill=\"none\" stroke=\"\(ink.color.hexText)\" "
        + "stroke-width=\"1.6\" stroke-opacity=\"\(SVGCanvas.number(ink.opacity, 100))\"/>\n"
    } else {
      body += "<path d=\"\(paths.map { $0 + "z" }.joined())\" \(fill(ink))/>\n"
    }
  }

  mutating func picture(_ picture: Picture, in rect: Rect) {
    guard picture.width > 0, picture.height > 0 else { return }
    let data = Base64.text(PNGFile.bytes(picture))
    body +=
      "<image x=\"\(Tenths(rect.x).text)\" y=\"\(Tenths(rect.y).text)\" "
      + "width=\"\(SVGCanvas.number(rect.width))\" height=\"\(SVGCanvas.number(rect.height))\" "
      + "preserveAspectRatio=\"none\" style=\"image-rendering:pixelated\" "
      + "href=\"data:image/png;base64,\(data)\"/>\n"
  }

  mutating func text(_ text: String, at point: Point, _ style: TextStyle) {
    var attributes = "x=\"\(Tenths(point.x).text)\" y=\"\(Tenths(point.y).text)\""
    if style.isUpright {
      attributes += " transform=\"rotate(-90 \(Tenths(point.x).text) \(Tenths(point.y).text))\""
    }
    attributes += " font-size=\"\(SVGCanvas.number(style.size))\" \(fill(style.ink))"
    switch style.anchor {
    case .start: break
    case .middle: attributes += " text-anchor=\"middle\""
    case .end: attributes += " text-anchor=\"end\""
    }
    if style.isBold { attributes += " font-weight=\"bold\"" }
    body += "<text \(attributes)>\(SVGCanvas.escaped(text))</text>\n"
  }

  mutating func clip(to rect: Rect?) {
    if isClipped { body += "</g>\n" }
    isClipped = rect != nil
    guard let rect else { return }
    clips += 1
    let id = "\(SVGCanvas.nameMark)-\(clips)"
    let numbers = [rect.x, rect.y, rect.width, rect.height].map { SVGCanvas.number($0) }
    body +=
      "<clipPath id=\"\(id)\"><rect x=\"\(numbers[0])\" y=\"\(numbers[1])\" "
      + "width=\"\(numbers[2])\" height=\"\(numbers[3])\"/></clipPath>\n"
      + "<g clip-path=\"url(#\(id))\">\n"
  }

  /// A path through points, each from the one before: half as long as with absolute places.
  private func path(_ points: [Point]) -> String {
    guard let first = points.first else { return "" }
    var (x, y) = (Tenths(first.x), Tenths(first.y))
    var path = "M\(x.text) \(y.text)"
    if points.count > 1 { path += "l" }
    var needsSpace = false
    for point in points.dropFirst() {
      let (nextX, nextY) = (Tenths(point.x), Tenths(point.y))
      let (dx, dy) = ((nextX - x).text, (nextY - y).text)
      path += (needsSpace && dx.first != "-" ? " " : "") + dx + (dy.first == "-" ? "" : " ") + dy
      (x, y, needsSpace) = (nextX, nextY, true)
    }
    return path
  }

  private func fill(_ ink: Ink) -> String {
    let opacity = ink.opacity < 1 ? " fill-opacity=\"\(SVGCanvas.number(ink.opacity, 100))\"" : ""
    return "fill=\"\(ink.color.hexText)\"\(opacity)"
  }

  /// A number in tenths, or other parts, without needless digits.
  static func number(_ value: Double, _ parts: Double = 10) -> String {
    let rounded = (value * parts).rounded() / parts
    return rounded == rounded.rounded() && abs(rounded) < 1e9
      ? "\(Int(rounded))" : "\(rounded)"
  }

  /// Text in which no letter means anything to XML; control characters, which it forbids, are left
  /// out.
  static func escaped(_ text: String) -> String {
    var result = ""
    for scalar in text.unicodeScalars {
      switch scalar {
      case "&": result += "&amp;"
      case "<": result += "&lt;"
      case ">": result += "&gt;"
      case "\"": result += "&quot;"
      case "\t", "\n", "\r": result += " "
      default:
        let isForbidden =
          scalar.value < 0x20 || scalar.value & 0xFFFE == 0xFFFE && scalar.value <= 0x10_FFFF
        if !isForbidden { result.unicodeScalars.append(scalar) }
      }
    }
    return result
  }
}

/// A length in whole tenths of a pixel, so that differences add up.
private struct Tenths {
  private let count: Int

  init(_ value: Double) {
    count = value.isFinite ? Int((max(-1e6, min(1e6, value)) * 10).rounded()) : 0
  }
  private init(count: Int) { self.count = count }

  static func - (lhs: Tenths, rhs: Tenths) -> Tenths { Tenths(count: lhs.count - rhs.count) }

  /// `12`, `0.5` as `.5`, `-3.4`.
  var text: String {
    let size = abs(count)
    let (whole, part) = (size / 10, size % 10)
    let sign = count < 0 ? "-" : ""
    if part == 0 { return "\(sign)\(whole)" }
    return sign + (whole == 0 ? "" : "\(whole)") + ".\(part)"
  }
}
