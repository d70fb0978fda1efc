/// One pair of axes, what is drawn between them, and the words around it.
struct Frame: Sendable {
  var title = ""
  var x = AxisOptions()
  var y = AxisOptions()
  var marks: [Mark] = []
  var legend = Plot.Legend.automatic
  var hasGridLines = true

  /// The picture, if there is nothing else and no axes are needed.
  var solePicture: Picture? {
    guard marks.count == 1, case .picture(let picture) = marks[0].shape else { return nil }
    return picture
  }

  /// The numbers that colours stand for, if any.
  var cells: Cells? {
    for case .cells(let cells) in marks.lazy.map(\.shape) { return cells }
    return nil
  }

  /// Width by height of what must not be distorted: cells and pictures.
  var aspect: Double? {
    for mark in marks {
      switch mark.shape {
      case .picture(let picture) where picture.height > 0 && picture.width > 0:
        return Double(picture.width) / Double(picture.height)
      case .cells(let cells) where cells.rows > 0 && cells.columns > 0:
        let aspect = Double(cells.columns) / Double(cells.rows)
        return aspect > 0.25 && aspect < 4 ? aspect : nil
      default: continue
      }
    }
    return nil
  }

  var isSquare: Bool { aspect != nil }

  var naturalSize: Size {
    if let picture = solePicture {
      let scale = 360 / Double(max(picture.width, picture.height, 1))
      return Size(
        width: max(Double(picture.width) * scale, 40) + 24,
        height: max(Double(picture.height) * scale, 40) + 24 + (title.isEmpty ? 0 : 20))
    }
    guard let aspect else { return Size(width: 640, height: 400) }
    // About 400 by 360 for the cells, and what stands around them.
    let width = min(400, 360 * aspect)
    return Size(
      width: max(width, 120) + 120, height: max(width / aspect, 90) + (title.isEmpty ? 70 : 92))
  }

  /// How many series there are; each has a colour.
  var seriesCount: Int { (marks.map(\.series).max() ?? -1) + 1 }

  /// The colour of a mark: its own, or that of its series.
  func color(of mark: Mark) -> Plot.Color {
    if let color = mark.style.color { return color }
    for other in marks where other.series == mark.series {
      if let color = other.style.color { return color }
    }
    return Plot.Color.palette[mark.series % Plot.Color.palette.count]
  }

  /// Marks that the legend explains.
  var labelled: [Mark] { marks.filter { !$0.label.isEmpty } }

  /// Both frames' marks between one pair of axes. What the first one leaves open, the second says.
  func overlaid(by other: Frame) -> Frame {
    var result = self
    if title.isEmpty { result.title = other.title }
    result.x.complete(with: other.x)
    result.y.complete(with: other.y)
    if case .automatic = legend { result.legend = other.legend }
    result.hasGridLines = hasGridLines && other.hasGridLines
    let offset = seriesCount
    result.marks += other.marks.map { mark in
      var mark = mark
      mark.series += offset
      return mark
    }
    return result
  }
}

/// What the user says of an axis.
struct AxisOptions: Sendable {
  var label = ""
  var scale = Plot.Scale.linear
  var limits: ClosedRange<Double>?
  /// Names at 0, 1, 2, … instead of numbers.
  var categories: [String] = []
  /// Whether only whole numbers mean anything: rows and columns.
  var isWhole = false
  /// Whether numbers grow downwards, as the rows of a matrix do.
  var isReversed = false

  mutating func complete(with other: AxisOptions) {
    if label.isEmpty { label = other.label }
    if scale == .linear { scale = other.scale }
    if limits == nil { limits = other.limits }
    if categories.count < other.categories.count { categories = other.categories }
    isWhole = isWhole || other.isWhole
    isReversed = isReversed || other.isReversed
  }
}

extension Plot {
  /// How numbers become places on an axis.
  public enum Scale: Hashable, Sendable {
    /// Equal differences are equally long.
    case linear
    /// Equal ratios are equally long. Numbers that are not positive are left out.
    case log
  }

  /// What stands at points.
  public enum Marker: Hashable, Sendable, CaseIterable {
    case circle, square, diamond, triangle, cross, plus
  }

  /// Where the legend stands. There is one only where a mark has a label.
  public enum Legend: Hashable, Sendable {
    /// In the corner where it covers the fewest points.
    case automatic
    /// In a corner.
    case topLeft, topRight, bottomLeft, bottomRight
    /// Nowhere.
    case hidden
  }
}
