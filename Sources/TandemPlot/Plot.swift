/// A picture of numbers: one frame with axes and what is drawn in it, or rows and columns of such.
///
///     let x = NDArray.linspace(0, 6.28, count: 100)
///     let plot = Plot.line(x, x.sin(), label: "sine") + Plot.line(x, x.cos(), label: "cosine")
///     print(plot.title("waves").labels(x: "radians"))
///     try plot.save("waves.svg")
///
/// A plot is a value: what changes it returns another. The same plot gives the same bytes,
/// always. ``description`` is text for a terminal, ``svg`` and ``png`` are pictures, and
/// ``save(_:)`` writes any of them to a file.
public struct Plot: Sendable {
  /// What is shown.
  enum Content: Sendable {
    case frame(Frame)
    case grid(PlotGrid)
  }

  var content: Content
  /// The size that the user wants, in CSS pixels; `nil` for one that follows from the content.
  var wantedSize: Size?

  init(_ frame: Frame) { content = .frame(frame) }
  init(_ grid: PlotGrid) { content = .grid(grid) }

  /// A frame with one mark.
  init(_ shape: Mark.Shape, label: String, title: String) {
    var frame = Frame()
    frame.title = title
    frame.marks = [Mark(shape, label: label)]
    self.init(frame)
  }

  /// The width and height of the pictures, in CSS pixels.
  var size: Size { wantedSize ?? naturalSize }

  private var naturalSize: Size {
    switch content {
    case .frame(let frame): frame.naturalSize
    case .grid(let grid): grid.naturalSize
    }
  }
}

/// Plots in rows and columns.
struct PlotGrid: Sendable {
  var title = ""
  let plots: [Plot]
  let columns: Int

  static let gap = 12.0

  var rows: Int { (plots.count + columns - 1) / max(columns, 1) }

  /// Room for the title of the whole, above all rows.
  var header: Double { title.isEmpty ? 0 : 30 }

  /// What each plot gets when nobody asks for a size.
  private var cell: Size {
    let sizes = plots.map { $0.wantedSize ?? $0.sizeInGrid }
    return Size(
      width: sizes.map(\.width).max() ?? 1, height: sizes.map(\.height).max() ?? 1)
  }

  var naturalSize: Size {
    let (cell, gap) = (cell, PlotGrid.gap)
    return Size(
      width: Double(columns) * (cell.width + gap) + gap,
      height: Double(rows) * (cell.height + gap) + gap + header)
  }

  /// Where the plots stand in a picture of a size, in their order.
  func places(in area: Rect) -> [Rect] {
    let gap = PlotGrid.gap
    let width = (area.width - gap) / Double(max(columns, 1)) - gap
    let height = (area.height - gap - header) / Double(max(rows, 1)) - gap
    return plots.indices.map { index in
      Rect(
        x: area.x + gap + Double(index % columns) * (width + gap),
        y: area.y + header + gap + Double(index / columns) * (height + gap),
        width: max(width, 1), height: max(height, 1))
    }
  }
}

extension Plot {
  /// The size that a plot has inside of a grid: smaller than alone.
  fileprivate var sizeInGrid: Size {
    switch content {
    case .grid(let grid): return grid.naturalSize
    case .frame(let frame):
      guard let picture = frame.solePicture else {
        return frame.isSquare ? Size(width: 340, height: 320) : Size(width: 400, height: 270)
      }
      let scale = 112 / Double(max(picture.width, picture.height, 1))
      let header = frame.title.isEmpty ? 0.0 : 22
      return Size(
        width: max(Double(picture.width) * scale, 24),
        height: max(Double(picture.height) * scale, 24) + header)
    }
  }
}
