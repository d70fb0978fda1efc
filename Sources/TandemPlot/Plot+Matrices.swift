extension Plot {
  /// A matrix as colours, the first row at the top, with a scale that says which colour is which
  /// number. NaN is grey.
  ///
  /// - Parameters:
  ///   - matrix: `[rows, columns]`.
  ///   - limits: which numbers have the colours of the ends; `nil` for the lowest and the highest.
  ///   - colors: the colours; `nil` for ``ColorMap/dusk``.
  public static func heatmap(
    _ matrix: some PlotNumbers, limits: ClosedRange<Double>? = nil, colors: ColorMap? = nil,
    title: String = "", file: StaticString = #fileID, line: UInt = #line
  ) -> Plot {
    let call = PlotCall("heatmap", file, line)
    let (values, shape) = call.read(matrix)
    guard shape.sizes.count == 2 || values.isEmpty else {
      call.refuse("needs a matrix [rows, columns]: shape \(shape.sizes)")
    }
    let sizes = values.isEmpty ? [0, 0] : shape.sizes
    var cells = Cells(rows: sizes[0], columns: sizes[1], values: values)
    (cells.map, cells.limits) = (colors, limits)
    var plot = Plot(.cells(cells), label: "", title: title)
    plot.change {
      ($0.x.isWhole, $0.y.isWhole, $0.y.isReversed) = (true, true, true)
    }
    return plot
  }

  /// How often each class (rows) was taken for each class (columns), with the counts in the cells.
  ///
  /// - Parameters:
  ///   - counts: `[classes, classes]`; shares between 0 and 1 will do as well.
  ///   - classes: their names; `nil` for numbers.
  public static func confusion(
    _ counts: some PlotNumbers, classes: [String]? = nil, title: String = "",
    file: StaticString = #fileID, line: UInt = #line
  ) -> Plot {
    let call = PlotCall("confusion", file, line)
    let (values, shape) = call.read(counts)
    guard shape.sizes.count == 2, shape.sizes[0] == shape.sizes[1] else {
      call.refuse("needs as many rows as columns: shape \(shape.sizes)")
    }
    let count = shape.sizes[0]
    if let classes, classes.count != count {
      call.refuse("there are \(classes.count) names for \(count) classes")
    }
    var cells = Cells(rows: count, columns: count, values: values)
    (cells.map, cells.isAnnotated) = (.blues, true)
    let highest = values.filter(\.isFinite).max() ?? 1
    cells.limits = 0...max(highest, .leastNormalMagnitude)
    var plot = Plot(.cells(cells), label: "", title: title)
    let names = classes ?? (0..<count).map { "\($0)" }
    plot.change { frame in
      (frame.x.label, frame.y.label) = ("predicted", "true")
      (frame.x.categories, frame.y.categories) = (names, names)
      frame.y.isReversed = true
    }
    return plot
  }

  /// A picture. Floats are 0 for black to 1 for full, what lies outside is cut off; integers are 0
  /// to 255.
  ///
  /// - Parameter pixels: `[height, width]` for grey, `[height, width, 3]` or `[3, height, width]`
  ///   for red, green and blue; an axis of length one may stand where the 3 does. `[3, h, 3]` is
  ///   taken for three rows.
  public static func image(
    _ pixels: some PlotNumbers, title: String = "", file: StaticString = #fileID,
    line: UInt = #line
  ) -> Plot {
    let call = PlotCall("image", file, line)
    let (values, shape) = call.read(pixels)
    guard let layout = PictureLayout(shape.sizes) else {
      call.refuse(
        "needs [height, width], [height, width, 3] or [3, height, width]: shape \(shape.sizes)")
    }
    return Plot(layout.picture(values[...], isInteger: shape.isInteger), title: title)
  }

  /// The frame of one picture.
  private init(_ picture: Picture, title: String) {
    self.init(.picture(picture), label: "", title: title)
    change { ($0.x.isWhole, $0.y.isWhole, $0.y.isReversed) = (true, true, true) }
  }

  /// Plots in rows and columns.
  ///
  /// - Parameter columns: how many stand in a row; `nil` for as many as make about a square.
  public static func grid(
    _ plots: [Plot], columns: Int? = nil, title: String = "", file: StaticString = #fileID,
    line: UInt = #line
  ) -> Plot {
    let call = PlotCall("grid", file, line)
    if let columns, columns < 1 { call.refuse("needs one column or more, got \(columns)") }
    let square = Int(Double(plots.count).squareRoot().rounded(.up))
    let most = max(plots.count, 1)
    return Plot(PlotGrid(title: title, plots: plots, columns: min(columns ?? square, most)))
  }

  /// Pictures in rows and columns; see ``image(_:title:file:line:)`` for what numbers mean.
  ///
  /// - Parameters:
  ///   - pictures: `[n, height, width]`, `[n, height, width, 3]` or `[n, 3, height, width]`.
  ///   - titles: one for each picture; empty for none.
  ///   - columns: how many stand in a row; `nil` for as many as make about a square.
  public static func grid(
    _ pictures: some PlotNumbers, titles: [String] = [], columns: Int? = nil,
    title: String = "", file: StaticString = #fileID, line: UInt = #line
  ) -> Plot {
    let call = PlotCall("grid", file, line)
    let (values, shape) = call.read(pictures)
    guard let count = shape.sizes.first,
      let layout = PictureLayout(Array(shape.sizes.dropFirst()))
    else {
      call.refuse(
        "needs pictures [n, height, width], [n, height, width, 3] or [n, 3, height, width]: "
          + "shape \(shape.sizes)")
    }
    guard titles.isEmpty || titles.count == count else {
      call.refuse("there are \(titles.count) titles for \(count) pictures")
    }
    let plots = (0..<count).map { index in
      let part = values[index * layout.count..<(index + 1) * layout.count]
      return Plot(
        layout.picture(part, isInteger: shape.isInteger),
        title: titles.isEmpty ? "" : titles[index])
    }
    return grid(plots, columns: columns, title: title, file: file, line: line)
  }
}

/// Where in a list of numbers the pixels of a picture are.
struct PictureLayout {
  let height: Int
  let width: Int
  private let channels: Int
  private let isPlanar: Bool

  /// - Parameter sizes: of the picture's axes; `nil` for what no picture has.
  init?(_ sizes: [Int]) {
    let depths: Set<Int> = [1, 3]
    if sizes.count == 2 {
      (height, width, channels, isPlanar) = (sizes[0], sizes[1], 1, true)
    } else if sizes.count == 3, depths.contains(sizes[2]) {
      (height, width, channels, isPlanar) = (sizes[0], sizes[1], sizes[2], false)
    } else if sizes.count == 3, depths.contains(sizes[0]) {
      (height, width, channels, isPlanar) = (sizes[1], sizes[2], sizes[0], true)
    } else {
      return nil
    }
  }

  /// How many numbers a picture has.
  var count: Int { height * width * channels }

  func picture(_ values: ArraySlice<Double>, isInteger: Bool) -> Picture {
    let scale = isInteger ? 1.0 : 255
    let pixels = (0..<height * width).map { pixel -> Plot.Color in
      func byte(_ channel: Int) -> UInt8 {
        let index = isPlanar ? channel * height * width + pixel : pixel * channels + channel
        let value = values[values.startIndex + index] * scale
        return value.isNaN ? 0 : UInt8(max(0, min(255, value)).rounded())
      }
      let red = byte(0)
      return channels == 1 ? Plot.Color(red, red, red) : Plot.Color(red, byte(1), byte(2))
    }
    return Picture(width: width, height: height, pixels: pixels)
  }
}
