import TandemShapes

extension Plot {
  /// Both plots in one frame, with common axes and one legend. What the first one does not say (a
  /// title, a label, limits), the second does.
  public static func + (lhs: Plot, rhs: Plot) -> Plot {
    guard case .frame(let first) = lhs.content, case .frame(let second) = rhs.content else {
      fail("plot: a grid cannot be laid over another plot; put both into a grid", at: .unknown)
    }
    var result = Plot(first.overlaid(by: second))
    result.wantedSize = lhs.wantedSize ?? rhs.wantedSize
    return result
  }

  /// Both plots in one frame.
  public static func += (lhs: inout Plot, rhs: Plot) { lhs = lhs + rhs }

  /// The plot with a title.
  public func title(_ title: String) -> Plot {
    var result = self
    switch content {
    case .frame(var frame):
      frame.title = title
      result.content = .frame(frame)
    case .grid(var grid):
      grid.title = title
      result.content = .grid(grid)
    }
    return result
  }

  /// The plot with words at its axes; `nil` leaves them as they are.
  public func labels(x: String? = nil, y: String? = nil) -> Plot {
    changed { frame in
      if let x { frame.x.label = x }
      if let y { frame.y.label = y }
    }
  }

  /// The plot with numbers at the ends of its axes; `nil` leaves them as they are. An interval of
  /// no width, or of ends that are not finite, is refused.
  public func limits(
    x: ClosedRange<Double>? = nil, y: ClosedRange<Double>? = nil,
    file: StaticString = #fileID, line: UInt = #line
  ) -> Plot {
    let call = PlotCall("limits", file, line)
    for (name, range) in [("x", x), ("y", y)] {
      guard let range else { continue }
      guard range.lowerBound < range.upperBound, range.lowerBound.isFinite,
        range.upperBound.isFinite
      else { call.refuse("\(name) needs two different finite numbers: \(range)") }
    }
    return changed { frame in
      if let x { frame.x.limits = x }
      if let y { frame.y.limits = y }
      check(frame, call)
    }
  }

  /// The plot with other scales; `nil` leaves them as they are.
  public func scales(
    x: Scale? = nil, y: Scale? = nil, file: StaticString = #fileID, line: UInt = #line
  ) -> Plot {
    changed { frame in
      if let x { frame.x.scale = x }
      if let y { frame.y.scale = y }
      check(frame, PlotCall("scales", file, line))
    }
  }

  /// A logarithmic axis has no place for zero.
  private func check(_ frame: Frame, _ call: PlotCall) {
    for (name, axis) in [("x", frame.x), ("y", frame.y)] {
      if axis.scale == .log, let limits = axis.limits, limits.lowerBound <= 0 {
        call.refuse("a logarithmic \(name) axis needs positive limits: \(limits)")
      }
    }
  }

  /// The plot with a legend elsewhere, or with none.
  public func legend(_ legend: Legend) -> Plot { changed { $0.legend = legend } }

  /// The plot with or without lines across at its ticks.
  public func gridLines(shown: Bool) -> Plot { changed { $0.hasGridLines = shown } }

  /// The plot with numbers that grow downwards, or upwards again, on the `y` axis.
  public func reversedY() -> Plot { changed { $0.y.isReversed.toggle() } }

  /// The plot with all that it draws in one colour.
  public func color(_ color: Color) -> Plot { styled { $0.color = color } }

  /// The plot with lines of a width in CSS pixels.
  public func lineWidth(_ width: Double) -> Plot {
    styled { $0.width = max(0, width.isFinite ? width : 0) }
  }

  /// The plot with dashed lines.
  public func dashed() -> Plot { styled { $0.dash = [6, 4] } }

  /// The plot with dotted lines.
  public func dotted() -> Plot { styled { $0.dash = [1.5, 3] } }

  /// The plot with markers at the points of its lines, or other ones at its points.
  ///
  /// - Parameter size: across, in CSS pixels.
  public func marker(_ marker: Marker, size: Double = 6) -> Plot {
    styled { ($0.marker, $0.markerSize) = (marker, max(0.1, size.isFinite ? size : 6)) }
  }

  /// The plot with shapes through which others are seen: 0 for invisible, 1 for opaque.
  public func opacity(_ opacity: Double) -> Plot {
    styled { $0.opacity = max(0, min(1, opacity)) }
  }

  /// The plot with pictures of a size in CSS pixels.
  public func size(width: Double, height: Double) -> Plot {
    var result = self
    func limited(_ value: Double) -> Double { max(16, min(8192, value.isFinite ? value : 640)) }
    result.wantedSize = Size(width: limited(width), height: limited(height))
    return result
  }

  private func styled(_ body: (inout Mark.Style) -> Void) -> Plot {
    changed { frame in
      for index in frame.marks.indices { body(&frame.marks[index].style) }
    }
  }

  private func changed(_ body: (inout Frame) -> Void) -> Plot {
    var result = self
    result.change(body)
    return result
  }

  /// Changes the frame, or those of all plots of a grid.
  mutating func change(_ body: (inout Frame) -> Void) {
    switch content {
    case .frame(var frame):
      body(&frame)
      content = .frame(frame)
    case .grid(let grid):
      let plots = grid.plots.map { plot in
        var plot = plot
        plot.change(body)
        return plot
      }
      content = .grid(PlotGrid(title: grid.title, plots: plots, columns: grid.columns))
    }
  }
}
