extension Plot {
  /// A line through points. NaN makes a gap; of very many points those are drawn that can be seen.
  ///
  /// - Parameters:
  ///   - x: where the points are, `[n]`.
  ///   - y: how high, `[n]`.
  ///   - label: what the legend says; without it there is none.
  public static func line(
    _ x: some PlotNumbers, _ y: some PlotNumbers, label: String = "", title: String = "",
    file: StaticString = #fileID, line: UInt = #line
  ) -> Plot {
    let call = PlotCall("line", file, line)
    let (x, y) = (call.list(x, "x"), call.list(y, "y"))
    call.check([("x", x), ("y", y)])
    return Plot(.line(x: x, y: y), label: label, title: title)
  }

  /// A line through numbers at 0, 1, 2, …; see ``line(_:_:label:title:file:line:)``.
  public static func line(
    _ y: some PlotNumbers, label: String = "", title: String = "",
    file: StaticString = #fileID, line: UInt = #line
  ) -> Plot {
    let y = PlotCall("line", file, line).list(y, "y")
    return Plot(.line(x: y.indices.map(Double.init), y: y), label: label, title: title)
  }

  /// Points that nothing connects.
  ///
  /// - Parameters:
  ///   - x: where the points are, `[n]`.
  ///   - y: how high, `[n]`.
  ///   - label: what the legend says; without it there is none.
  public static func scatter(
    _ x: some PlotNumbers, _ y: some PlotNumbers, label: String = "", title: String = "",
    file: StaticString = #fileID, line: UInt = #line
  ) -> Plot {
    let call = PlotCall("scatter", file, line)
    let (x, y) = (call.list(x, "x"), call.list(y, "y"))
    call.check([("x", x), ("y", y)])
    return Plot(.points(x: x, y: y), label: label, title: title)
  }

  /// The area between two curves: what is likely, or what was seen.
  ///
  /// - Parameters:
  ///   - x: where the points of both curves are, `[n]`.
  ///   - low: the lower curve, `[n]`.
  ///   - high: the upper curve, `[n]`.
  ///   - label: what the legend says; without it there is none.
  public static func band(
    _ x: some PlotNumbers, _ low: some PlotNumbers, _ high: some PlotNumbers, label: String = "",
    file: StaticString = #fileID, line: UInt = #line
  ) -> Plot {
    let call = PlotCall("band", file, line)
    let (x, low, high) = (call.list(x, "x"), call.list(low, "low"), call.list(high, "high"))
    call.check([("x", x), ("low", low), ("high", high)])
    return Plot(.band(x: x, low: low, high: high), label: label, title: "")
  }

  /// The plot with a band of the same colour around its last line or points: as far below and above
  /// as the errors say.
  ///
  /// - Parameter errors: how far, `[n]` for the line's `n` points, in the units of `y`.
  public func errorBand(
    _ errors: some PlotNumbers, file: StaticString = #fileID, line: UInt = #line
  ) -> Plot {
    withErrors(errors, PlotCall("errorBand", file, line)) {
      .band(x: $0, low: $1, high: $2)
    }
  }

  /// The plot with upright lines with caps at its last line or points: as far down and up as the
  /// errors say.
  ///
  /// - Parameter errors: how far, `[n]` for the line's `n` points, in the units of `y`.
  public func errorBars(
    _ errors: some PlotNumbers, file: StaticString = #fileID, line: UInt = #line
  ) -> Plot {
    withErrors(errors, PlotCall("errorBars", file, line)) {
      .errorBars(x: $0, low: $1, high: $2)
    }
  }

  private func withErrors(
    _ errors: some PlotNumbers, _ call: PlotCall,
    _ shape: ([Double], [Double], [Double]) -> Mark.Shape
  ) -> Plot {
    let errors = call.list(errors, "errors")
    guard case .frame(var frame) = content else { call.refuse("a grid has no line") }
    for mark in frame.marks.reversed() {
      switch mark.shape {
      case .line(let x, let y), .points(let x, let y), .columns(let x, let y):
        call.check([("the line", y), ("errors", errors)])
        let (low, high) = (zip(y, errors).map { $0 - $1 }, zip(y, errors).map { $0 + $1 })
        var added = Mark(shape(x, low, high), label: "")
        added.series = mark.series
        added.style.color = mark.style.color
        frame.marks.append(added)
        var result = self
        result.content = .frame(frame)
        return result
      default: continue
      }
    }
    call.refuse("there is no line, no points and no bars to give errors to")
  }
}
