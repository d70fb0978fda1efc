/// Draws with dots in characters: two across and four down in each (braille), or one for ASCII.
/// Its lengths are dots.
struct TextCanvas: Canvas {
  let columns: Int
  let rows: Int
  private let options: Plot.TextOptions
  /// What a character shows: its dots as bits of eight, the colour drawn last, and whether it is
  /// part of an area.
  private struct Cell {
    var dots: UInt8 = 0
    var color: Plot.Color?
    var isSolid = false
    var isShaded = false
    var letter: Character?
  }
  private var cells: [Cell]
  /// The letter for dots of ASCII.
  var letter: Character = "*"

  /// Bits of U+2800: by row, then column.
  private static let bits: [[UInt8]] = [[0x01, 0x08], [0x02, 0x10], [0x04, 0x20], [0x40, 0x80]]

  init(columns: Int, rows: Int, _ options: Plot.TextOptions) {
    (self.columns, self.rows, self.options) = (columns, rows, options)
    cells = [Cell](repeating: Cell(), count: columns * rows)
  }

  /// Dots across and down.
  var area: Rect {
    Rect(x: 0, y: 0, width: Double(columns * 2) - 1, height: Double(rows * 4) - 1)
  }

  mutating func line(_ points: [Point], _ stroke: Stroke) {
    // Dashes are counted in dots.
    let (on, period) = stroke.dash.isEmpty ? (1, 1) : stroke.dash[0] > 2 ? (4, 7) : (1, 3)
    var count = 0
    for (start, end) in zip(points, points.dropFirst()) {
      let steps = max(1, Int(max(abs(end.x - start.x), abs(end.y - start.y)).rounded(.up)))
      guard steps < 100_000 else { continue }
      for step in 0...steps {
        let t = Double(step) / Double(steps)
        if count % period < on {
          let place = Point(
            start.x + (end.x - start.x) * t, start.y + (end.y - start.y) * t)
          dot(place, stroke.ink.color)
        }
        if step < steps { count += 1 }
      }
    }
  }

  /// A light shade behind all else.
  mutating func polygon(_ points: [Point], _ ink: Ink) {
    for row in 0..<rows {
      let level = Double(row) * 4 + 1.5
      let crossings = zip(points, points.dropFirst() + points.prefix(1)).compactMap { a, b in
        (a.y <= level) != (b.y <= level) ? a.x + (level - a.y) / (b.y - a.y) * (b.x - a.x) : nil
      }.sorted()
      for pair in stride(from: 0, to: crossings.count - 1, by: 2) {
        for column in 0..<columns {
          let middle = Double(column) * 2 + 0.5
          guard middle >= crossings[pair], middle <= crossings[pair + 1] else { continue }
          cells[row * columns + column].isShaded = true
          if cells[row * columns + column].color == nil {
            cells[row * columns + column].color = ink.color
          }
        }
      }
    }
  }

  mutating func rectangles(_ rects: [Rect], _ ink: Ink) {
    for rect in rects {
      let left = max(0, Int(rect.x.rounded()))
      let right = min(columns * 2 - 1, max(left, Int(rect.maxX.rounded()) - 1))
      let top = max(0, Int(rect.y.rounded()))
      let bottom = min(rows * 4 - 1, Int(rect.maxY.rounded()))
      guard left <= right, top <= bottom else { continue }
      for y in top...bottom {
        for x in left...right {
          dot(Point(Double(x), Double(y)), ink.color)
          cells[y / 4 * columns + x / 2].isSolid = true
        }
      }
    }
  }

  mutating func markers(
    _ points: [Point], _ marker: Plot.Marker, size: Double, _ ink: Ink
  ) {
    for point in points { dot(point, ink.color) }
  }

  mutating func picture(_ picture: Picture, in rect: Rect) {}

  /// Letters, one in a character.
  mutating func text(_ text: String, at point: Point, _ style: TextStyle) {
    for (index, letter) in options.fitting(text).enumerated() {
      let (column, row) = (Int(point.x / 2) + index, Int(point.y / 4))
      if column >= 0, column < columns, row >= 0, row < rows {
        cells[row * columns + column].letter = letter
      }
    }
  }

  mutating func clip(to rect: Rect?) {}

  private mutating func dot(_ point: Point, _ color: Plot.Color) {
    let (x, y) = (Int(point.x.rounded()), Int(point.y.rounded()))
    guard x >= 0, y >= 0, x < columns * 2, y < rows * 4 else { return }
    let index = y / 4 * columns + x / 2
    cells[index].dots |= TextCanvas.bits[y % 4][x % 2]
    // What is as good as black would not be seen on a black ground: the terminal's own colour.
    cells[index].color = color.luma < 0.25 ? nil : color
    if !options.isUnicode { cells[index].letter = letter }
  }

  /// The lines.
  var lines: [String] {
    (0..<rows).map { row in
      var (line, current) = ("", Plot.Color?.none)
      for column in 0..<columns {
        let cell = cells[row * columns + column]
        let letter = character(cell)
        let color = options.hasColors && letter != " " ? cell.color : nil
        if color != current {
          line += color.map { "\u{1B}[38;2;\($0.red);\($0.green);\($0.blue)m" } ?? "\u{1B}[0m"
          current = color
        }
        line.append(letter)
      }
      return current == nil ? line : line + "\u{1B}[0m"
    }
  }

  private func character(_ cell: Cell) -> Character {
    if cell.isSolid {
      if !options.isUnicode { return letter == "*" ? "#" : cell.letter ?? "#" }
      // Full rows from below make a block of that height.
      switch cell.dots {
      case 0xFF: return "█"
      case 0xF6: return "▆"
      case 0xE4: return "▄"
      case 0xC0: return "▂"
      case 0x47: return "▌"
      case 0xB8: return "▐"
      default: break
      }
    }
    if let letter = cell.letter { return letter }
    if cell.dots != 0 {
      return Character(Unicode.Scalar(0x2800 + UInt32(cell.dots)) ?? " ")
    }
    return cell.isShaded ? (options.isUnicode ? "░" : ".") : " "
  }
}
