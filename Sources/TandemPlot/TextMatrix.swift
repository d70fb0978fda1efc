/// Draws a matrix as shades with the numbers of rows and columns, or as a table of its numbers.
struct TextMatrix {
  let cells: Cells
  let frame: Frame
  let drawing: TextDrawing

  private var options: Plot.TextOptions { drawing.options }

  func lines(_ columns: Int, _ rows: Int) -> [String] {
    var result = frame.title.isEmpty ? [] : [String(options.fitting(frame.title).prefix(columns))]
    result += cells.isAnnotated ? table : shades(columns, rows)
    return result
  }

  /// Shades, with the range that they stand for below.
  private func shades(_ columns: Int, _ rows: Int) -> [String] {
    let range = cells.range
    let ends = [range.lowerBound, range.upperBound].map { options.fitting(NumberLabel.short($0)) }
    let picture = options.hasColors && options.isUnicode ? cells.picture : gray
    let block = drawing.block(picture, columns: columns, rows: rows)
    let steps = max(2, min(16, (columns - ends[0].count - ends[1].count - 2) / 2))
    let ramp = (0..<steps).map { step -> Plot.Color in
      let t = Double(step) / Double(steps - 1)
      return options.hasColors && options.isUnicode
        ? cells.colors.color(t) : Plot.Color(gray: t)
    }
    let bar = drawing.block(
      Picture(width: steps, height: 1, pixels: ramp), columns: 2 * steps, rows: 1)
    return block + ["\(ends[0]) \(bar[0]) \(ends[1])"]
  }

  /// Lightness that is linear in the numbers.
  private var gray: Picture {
    let range = cells.range
    return Picture(
      width: cells.columns, height: cells.rows,
      pixels: cells.values.map { Plot.Color(gray: cells.fraction($0, in: range) ?? 0) })
  }

  /// All numbers, under and beside the names of their classes.
  private var table: [String] {
    let names = frame.x.categories.map(options.fitting)
    let texts = cells.values.map { options.fitting(NumberLabel.short($0)) }
    let left = names.map(\.count).max() ?? 0
    let widths = (0..<cells.columns).map { column in
      let numbers = (0..<cells.rows).map { texts[$0 * cells.columns + column].count }
      return max(names[column].count, numbers.max() ?? 0)
    }
    func row(_ name: String, _ parts: [String], _ edge: String) -> String {
      padded(name, left) + " " + edge + zip(parts, widths).map { " " + padded($0, $1) }.joined()
    }
    let (edge, line) = options.isUnicode ? ("│", "─") : ("|", "-")
    let ruler =
      String(repeating: line, count: left + 1) + (options.isUnicode ? "┼" : "+")
      + String(repeating: line, count: widths.map { $0 + 1 }.reduce(0, +))
    let rows = (0..<cells.rows).map { index in
      row(names[index], Array(texts[index * cells.columns..<(index + 1) * cells.columns]), edge)
    }
    return [row("", names, edge), ruler] + rows
  }

  private func padded(_ text: String, _ width: Int) -> String {
    String(repeating: " ", count: max(0, width - text.count)) + text
  }
}
