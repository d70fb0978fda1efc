/// Draws a frame with axes as lines of characters.
struct TextFrame {
  let frame: Frame
  let options: Plot.TextOptions

  /// Letters for the series of ASCII.
  private static let letters: [Character] = ["*", "o", "+", "x", "#", "@", "%", "&"]

  func lines(_ columns: Int, _ rows: Int) -> [String] {
    let tickCount = max(3, rows / 4 + 1)
    let y = Axis(frame.y, frame.marks, .y, tickCount: tickCount)
    let yLabels = y.ticks.filter { !$0.label.isEmpty }.map { options.fitting($0.label).count }
    let left = yLabels.max() ?? 0
    let width = max(10, columns - left - 3)
    var canvas = TextCanvas(columns: width, rows: rows, options)
    let projection = Projection(x: xAxis(width), y: y, area: canvas.area)
    draw(projection, on: &canvas)
    var result: [String] = []
    if !frame.title.isEmpty { result.append(centered(frame.title, left + 2, width)) }
    if !frame.y.label.isEmpty {
      result.append(String(options.fitting(frame.y.label).prefix(columns)))
    }
    result += bordered(canvas.lines, projection, left)
    result += xLines(projection, left, width)
    if !frame.x.label.isEmpty { result.append(centered(frame.x.label, left + 2, width)) }
    result += legend(columns).map { String(repeating: " ", count: min(left + 2, 8)) + $0 }
    return result
  }

  private func xAxis(_ width: Int) -> Axis {
    var count = max(2, width / 12)
    var axis = Axis(frame.x, frame.marks, .x, tickCount: count)
    while count > 2, frame.x.categories.isEmpty {
      let room = axis.ticks.map { $0.label.count + 2 }.reduce(0, +)
      if room <= width { break }
      count -= 1
      axis = Axis(frame.x, frame.marks, .x, tickCount: count)
    }
    return axis
  }

  /// Without colours series differ in their letters (ASCII) or dashes.
  private func draw(_ projection: Projection, on canvas: inout TextCanvas) {
    for mark in frame.marks.sorted(by: { $0.depth < $1.depth }) {
      canvas.letter = TextFrame.letters[mark.series % TextFrame.letters.count]
      MarkDrawing(frame: styled(frame, only: mark), projection: projection).draw(on: &canvas)
    }
  }

  /// A frame of one mark that still knows of the others' places.
  private func styled(_ frame: Frame, only mark: Mark) -> Frame {
    var result = frame
    var shown = mark
    shown.style.color = frame.color(of: mark)
    if !options.hasColors, options.isUnicode, shown.style.dash.isEmpty {
      shown.style.dash = [[], [6, 4], [1, 3]][mark.series % 3]
    }
    if case .columns(let x, let heights) = mark.shape {
      // Bars beside each other: the others are there, but of no height.
      result.marks = frame.marks.map { other in
        guard case .columns = other.shape else { return other }
        var hidden = other
        hidden.shape = .columns(x: [], heights: [])
        if other.series == mark.series {
          hidden = shown
          hidden.shape = .columns(x: x, heights: heights)
        }
        return hidden
      }.filter { if case .columns = $0.shape { true } else { false } }
    } else {
      result.marks = [shown]
    }
    return result
  }

  private func centered(_ text: String, _ left: Int, _ width: Int) -> String {
    let text = String(options.fitting(text).prefix(left + width))
    let start = max(0, min(left + (width - text.count) / 2, left + width - text.count))
    return String(repeating: " ", count: start) + text
  }

  /// The lines with numbers and the axis before them.
  private func bordered(_ lines: [String], _ projection: Projection, _ left: Int) -> [String] {
    var labels: [Int: String] = [:]
    for tick in projection.y.ticks where !tick.label.isEmpty {
      labels[Int(projection.vertical(tick.value).rounded()) / 4] = options.fitting(tick.label)
    }
    return lines.enumerated().map { row, line in
      let label = labels[row] ?? ""
      let edge = options.isUnicode ? (label.isEmpty ? "│" : "┤") : (label.isEmpty ? "|" : "+")
      return String(repeating: " ", count: left - label.count) + label + " " + edge + line
    }
  }

  /// The axis below, with its numbers.
  private func xLines(_ projection: Projection, _ left: Int, _ width: Int) -> [String] {
    var line = [Character](repeating: options.isUnicode ? "─" : "-", count: width)
    var numbers = [Character](repeating: " ", count: left + 2 + width)
    var free = 0
    for tick in projection.x.ticks where !tick.label.isEmpty {
      let column = Int(projection.horizontal(tick.value).rounded()) / 2
      guard column >= 0, column < width else { continue }
      let label = Array(options.fitting(tick.label))
      let start = max(0, min(left + 2 + column - label.count / 2, numbers.count - label.count))
      guard start >= free, start + label.count <= numbers.count else { continue }
      line[column] = options.isUnicode ? "┬" : "+"
      numbers.replaceSubrange(start..<start + label.count, with: label)
      free = start + label.count + 1
    }
    let corner = options.isUnicode ? "└" : "+"
    return [String(repeating: " ", count: left + 1) + corner + String(line), String(numbers)]
  }

  /// As many lines as the labels need.
  private func legend(_ columns: Int) -> [String] {
    guard frame.legend != .hidden else { return [] }
    var (lines, room) = ([String](), 0)
    for mark in frame.labelled {
      let label = String(options.fitting(mark.label).prefix(columns - 12))
      let count = label.count + 6
      if lines.isEmpty || count > room {
        lines.append("")
        room = columns - 8
      } else {
        lines[lines.count - 1] += "   "
      }
      lines[lines.count - 1] += key(mark) + " " + label
      room -= count
    }
    return lines
  }

  private func key(_ mark: Mark) -> String {
    let letter = TextFrame.letters[mark.series % TextFrame.letters.count]
    let key = options.isUnicode ? unicodeKey(mark) : String(letter)
    guard options.hasColors else { return key }
    let color = frame.color(of: mark)
    if color.luma < 0.25 { return key }
    return "\u{1B}[38;2;\(color.red);\(color.green);\(color.blue)m\(key)\u{1B}[0m"
  }

  private func unicodeKey(_ mark: Mark) -> String {
    switch mark.shape {
    case .line, .errorBars:
      if options.hasColors { return "──" }
      return ["──", "╶╶", "··"][mark.style.dash.isEmpty ? mark.series % 3 : 1]
    case .points: return "•"
    case .band: return "░░"
    default: return "██"
    }
  }
}
