/// Draws a plot as lines of characters.
struct TextDrawing {
  let options: Plot.TextOptions

  /// The lines of a plot, none longer than `columns`.
  func lines(_ plot: Plot, columns: Int, rows: Int) -> [String] {
    switch plot.content {
    case .frame(let frame):
      if let picture = frame.solePicture {
        return titled(frame.title, block(picture, columns: columns, rows: rows), columns)
      }
      if let cells = frame.cells {
        return TextMatrix(cells: cells, frame: frame, drawing: self).lines(columns, rows)
      }
      return TextFrame(frame: frame, options: options).lines(columns, rows)
    case .grid(let grid): return lines(grid, columns: columns, rows: rows)
    }
  }

  private func lines(_ grid: PlotGrid, columns: Int, rows: Int) -> [String] {
    // As many beside each other as have room: a plot needs 30 columns, a picture 18.
    let isPictures = grid.plots.allSatisfy { plot in
      if case .frame(let frame) = plot.content { frame.solePicture != nil } else { false }
    }
    let least = isPictures ? 18 : 30
    let across = max(1, min(grid.columns, (columns + 2) / (least + 2)))
    let width = (columns + 2) / across - 2
    var result: [String] = grid.title.isEmpty ? [] : [center(grid.title, columns), ""]
    for start in stride(from: 0, to: grid.plots.count, by: across) {
      let group = grid.plots[start..<min(start + across, grid.plots.count)]
      let blocks = group.map {
        lines($0, columns: width, rows: across == 1 ? rows : max(8, rows * 3 / 4))
      }
      for row in 0..<(blocks.map(\.count).max() ?? 0) {
        let parts = blocks.map { row < $0.count ? $0[row] : "" }
        result.append(
          parts.dropLast().map { padded($0, width) + "  " }.joined() + (parts.last ?? ""))
      }
      if start + across < grid.plots.count, !isPictures { result.append("") }
    }
    return result
  }

  private func titled(_ title: String, _ lines: [String], _ columns: Int) -> [String] {
    title.isEmpty ? lines : [String(options.fitting(title).prefix(columns))] + lines
  }

  private func center(_ text: String, _ columns: Int) -> String {
    let text = String(options.fitting(text).prefix(columns))
    return String(repeating: " ", count: max(0, (columns - text.count) / 2)) + text
  }

  private func padded(_ text: String, _ width: Int) -> String {
    text + String(repeating: " ", count: max(0, width - TextDrawing.visibleCount(text)))
  }

  /// How many columns a line takes: colours take none.
  static func visibleCount(_ text: String) -> Int {
    var (count, isEscape) = (0, false)
    for letter in text {
      if letter == "\u{1B}" { isEscape = true }
      if !isEscape { count += 1 }
      if isEscape, letter == "m" { isEscape = false }
    }
    return count
  }

  /// A picture of blocks: two colours in a character, or shades of two characters for a pixel.
  func block(_ picture: Picture, columns: Int, rows: Int) -> [String] {
    guard picture.width > 0, picture.height > 0 else { return [options.fitting("(no pixels)")] }
    let perPixel = options.hasColors && options.isUnicode ? 1 : 2
    let perRow = perPixel == 1 ? 2 : 1
    var width = min(picture.width, columns / perPixel)
    let scale = Double(width) / Double(picture.width)
    var height = max(1, Int((Double(picture.height) * scale).rounded()))
    if height > rows * perRow {
      height = rows * perRow
      width = max(1, picture.width * height / picture.height)
    }
    let small = resized(picture, width, height)
    return stride(from: 0, to: height, by: perRow).map { row in
      perPixel == 1 ? colored(small, row) : shaded(small, row)
    }
  }

  private func resized(_ picture: Picture, _ width: Int, _ height: Int) -> Picture {
    var pixels: [Plot.Color] = []
    for row in 0..<height {
      let top = row * picture.height / height
      let y = top..<max(top + 1, (row + 1) * picture.height / height)
      for column in 0..<width {
        let x = column * picture.width / width
        pixels.append(
          picture.mean(x..<max(x + 1, (column + 1) * picture.width / width), y))
      }
    }
    return Picture(width: width, height: height, pixels: pixels)
  }

  private func colored(_ picture: Picture, _ row: Int) -> String {
    var (line, last) = ("", "")
    for column in 0..<picture.width {
      let top = picture.pixels[row * picture.width + column]
      var code = "\u{1B}[38;2;\(top.red);\(top.green);\(top.blue)"
      if row + 1 < picture.height {
        let low = picture.pixels[(row + 1) * picture.width + column]
        code += ";48;2;\(low.red);\(low.green);\(low.blue)"
      }
      code += "m"
      line += (code == last ? "" : code) + "▀"
      last = code
    }
    return line + "\u{1B}[0m"
  }

  private func shaded(_ picture: Picture, _ row: Int) -> String {
    let line = (0..<picture.width).map { column -> String in
      let shade = options.shade(picture.pixels[row * picture.width + column].luma)
      return String([shade, shade])
    }
    return line.joined()
  }
}
