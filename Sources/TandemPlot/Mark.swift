/// One thing that is drawn in a frame: a line, points, bars, a picture.
struct Mark: Sendable {
  /// What is drawn, in the units of the axes. NaN and infinite numbers are gaps.
  enum Shape: Sendable {
    case line(x: [Double], y: [Double])
    case points(x: [Double], y: [Double])
    /// The area between two curves.
    case band(x: [Double], low: [Double], high: [Double])
    /// Upright lines with caps.
    case errorBars(x: [Double], low: [Double], high: [Double])
    /// Bars that touch, between neighbouring edges.
    case bins(edges: [Double], heights: [Double])
    /// Bars around positions, that share their places with those of other marks.
    case columns(x: [Double], heights: [Double])
    case cells(Cells)
    case picture(Picture)
  }

  /// Which axis.
  enum Direction { case x, y }

  var shape: Shape
  /// Stands in the legend, unless it is empty.
  var label: String
  /// Marks of one series have one colour.
  var series = 0
  var style = Style()

  init(_ shape: Shape, label: String) { (self.shape, self.label) = (shape, label) }

  /// How a mark is drawn.
  struct Style: Sendable {
    /// `nil` for the next of the palette.
    var color: Plot.Color?
    /// Of lines, in CSS pixels.
    var width = 1.8
    /// Lengths of strokes and gaps in turn; empty for a solid line.
    var dash: [Double] = []
    /// What stands at the points of a line, or of a scatter plot.
    var marker: Plot.Marker?
    /// Across, in CSS pixels.
    var markerSize = 6.0
    /// `nil` for what suits the shape.
    var opacity: Double?
  }

  /// The numbers that must fit on an axis.
  func numbers(_ direction: Direction) -> [[Double]] {
    switch (shape, direction) {
    case (.line(let x, _), .x), (.points(let x, _), .x), (.band(let x, _, _), .x),
      (.errorBars(let x, _, _), .x):
      return [x]
    case (.line(_, let y), .y), (.points(_, let y), .y): return [y]
    case (.band(_, let low, let high), .y), (.errorBars(_, let low, let high), .y):
      return [low, high]
    case (.bins(let edges, _), .x): return [edges]
    case (.bins(_, let heights), .y), (.columns(_, let heights), .y): return [heights, [0]]
    case (.columns(let x, _), .x): return [x.map { $0 - 0.5 }, x.map { $0 + 0.5 }]
    case (.cells(let cells), .x): return [[-0.5, Double(cells.columns) - 0.5]]
    case (.cells(let cells), .y): return [[-0.5, Double(cells.rows) - 0.5]]
    case (.picture(let picture), .x): return [[-0.5, Double(picture.width) - 0.5]]
    case (.picture(let picture), .y): return [[-0.5, Double(picture.height) - 0.5]]
    }
  }

  /// Whether an axis should go a little further than the numbers.
  func wantsMargin(_ direction: Direction) -> Bool {
    switch shape {
    case .cells, .picture: false
    case .bins, .columns: direction == .y
    default: true
    }
  }

  /// Whether bars stand on zero, so that the axis should begin there.
  var standsOnZero: Bool {
    switch shape {
    case .bins, .columns: true
    default: false
    }
  }

  /// What lies below all else: areas under lines, lines under points.
  var depth: Int {
    switch shape {
    case .cells, .picture: 0
    case .bins, .columns: 1
    case .band: 2
    case .line: 3
    case .errorBars: 4
    case .points: 5
    }
  }
}

/// A matrix of numbers that colours stand for.
struct Cells: Sendable {
  let rows: Int
  let columns: Int
  /// Row after row, the first at the top.
  let values: [Double]
  var map: Plot.ColorMap?
  /// Which numbers have the colours of the ends; `nil` for the lowest and highest there are.
  var limits: ClosedRange<Double>?
  /// Whether numbers are written into the cells.
  var isAnnotated = false

  /// The ends of the colours' scale.
  var range: ClosedRange<Double> {
    if let limits { return limits }
    let finite = values.lazy.filter(\.isFinite)
    guard let low = finite.min(), let high = finite.max() else { return 0...1 }
    if colors.isDiverging {
      let size = max(abs(low), abs(high))
      return size > 0 ? -size...size : -1...1
    }
    return low < high ? low...high : low - 0.5...low + 0.5
  }

  var colors: Plot.ColorMap { map ?? .dusk }

  /// The place of a number on the scale of colours, 0 to 1; `nil` for what is not finite.
  func fraction(_ value: Double, in range: ClosedRange<Double>) -> Double? {
    guard value.isFinite else { return nil }
    let size = range.upperBound - range.lowerBound
    return size > 0 ? max(0, min(1, (value - range.lowerBound) / size)) : 0.5
  }

  /// One pixel for each cell; grey where there is no number.
  var picture: Picture {
    let range = range
    return Picture(
      width: columns, height: rows,
      pixels: values.map { value in
        fraction(value, in: range).map(colors.color) ?? Plot.Color(hex: 0xDDDDDD)
      })
  }
}
