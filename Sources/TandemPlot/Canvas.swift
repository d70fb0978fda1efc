/// What a frame is drawn on: a picture of shapes, of pixels, or of characters. All lengths are CSS
/// pixels, but on a canvas of characters, where they are dots.
protocol Canvas {
  /// A line through points. Neighbouring points are different.
  mutating func line(_ points: [Point], _ stroke: Stroke)
  /// The area inside of a closed line.
  mutating func polygon(_ points: [Point], _ ink: Ink)
  mutating func rectangles(_ rects: [Rect], _ ink: Ink)
  /// The same marker at many places.
  mutating func markers(_ points: [Point], _ marker: Plot.Marker, size: Double, _ ink: Ink)
  /// Pixels as rectangles with sharp edges.
  mutating func picture(_ picture: Picture, in rect: Rect)
  mutating func text(_ text: String, at point: Point, _ style: TextStyle)
  /// Nothing is drawn outside of a rectangle until the next call; `nil` for no limit.
  mutating func clip(to rect: Rect?)
}

/// How a line is drawn.
struct Stroke: Hashable {
  var ink: Ink
  var width = 1.0
  /// Lengths of strokes and gaps in turn; empty for a solid line.
  var dash: [Double] = []
}

/// How a text is written.
struct TextStyle: Hashable {
  /// Where the text lies at its point.
  enum Anchor: Hashable { case start, middle, end }

  var ink = Ink.text
  /// The height of a line, in CSS pixels.
  var size = 12.0
  var anchor = Anchor.start
  var isBold = false
  /// Whether it reads from below to above.
  var isUpright = false
}

/// How wide texts are in the fonts of screens, without asking one: SVG files name no font, so
/// nobody knows before they are shown. Our own letters have these widths too.
enum TextWidth {
  static func of(_ text: String, size: Double) -> Double {
    text.unicodeScalars.reduce(0) { $0 + StrokeFont.advance($1) } * size / StrokeFont.unitsPerEm
  }
}
