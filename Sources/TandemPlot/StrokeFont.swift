import Glibc

/// Letters made of lines and arcs, for pictures of pixels: readable from 9 pixels on at any angle.
///
/// A letter is written on paper with 20 units to the height of a line; the base line is at 0, small
/// letters reach 10, capitals and digits 14, and tails −4. `L x,y x,y …` is a line, `A
/// cx,cy,rx,ry,from,to` a part of an ellipse (degrees, to the left around), `D x,y` a dot.
enum StrokeFont {
  /// Units of the letters' drawings in the height of a line.
  static let unitsPerEm = 20.0

  /// How far the next letter stands to the right.
  static func advance(_ letter: Unicode.Scalar) -> Double {
    if let glyph = StrokeLetters.all[letter] { return glyph.advance }
    if StrokeLetters.raised[letter] != nil { return 6.6 }
    // Chinese, Japanese and Korean letters are squares; marks on letters take no room.
    switch letter.value {
    case 0x300..<0x370: return 0
    case 0x1100..<0x1200, 0x2E80..<0xD800, 0x1F300..<0x20000: return 20
    default: return 11
    }
  }

  /// The lines of a text that begins at zero. Letters that are not drawn are boxes.
  static func strokes(_ text: String) -> [[Point]] {
    var (result, x) = ([[Point]](), 0.0)
    for scalar in text.unicodeScalars {
      let (letter, scale, up) =
        StrokeLetters.raised[scalar].map { ($0, 0.62, 6.5) } ?? (scalar, 1, 0)
      let strokes =
        StrokeLetters.all[letter]?.strokes
        ?? (advance(scalar) > 0 ? [box(width: advance(scalar))] : [])
      for stroke in strokes {
        result.append(stroke.map { Point(x + $0.x * scale, $0.y * scale + up) })
      }
      x += advance(scalar)
    }
    return result
  }

  private static func box(width: Double) -> [Point] {
    let right = width - 2
    return [Point(2, 0), Point(right, 0), Point(right, 13), Point(2, 13), Point(2, 0)]
  }
}

/// One letter's lines and how far it reaches.
struct StrokeLetter {
  let advance: Double
  let strokes: [[Point]]

  /// - Parameter drawing: as ``StrokeFont`` says.
  init(_ advance: Double, _ drawing: String) {
    self.advance = advance
    strokes = drawing.split(separator: ";").map { part in
      let words = part.split(separator: " ")
      let numbers = words.dropFirst().map { word in
        word.split(separator: ",").compactMap { Double($0) }
      }
      return words.first == "A"
        ? StrokeLetter.arc(numbers[0]) : numbers.map { Point($0[0], $0[1]) }
    }
  }

  private static func arc(_ numbers: [Double]) -> [Point] {
    let (from, to) = (numbers[4], numbers[5])
    let steps = max(4, Int((abs(to - from) / 15).rounded(.up)))
    return (0...steps).map { step in
      let angle = (from + (to - from) * Double(step) / Double(steps)) * .pi / 180
      return Point(numbers[0] + numbers[2] * cos(angle), numbers[1] + numbers[3] * sin(angle))
    }
  }
}
