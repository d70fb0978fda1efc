extension Plot {
  /// Bars at 0, 1, 2, …. Bars that are laid over others stand beside them.
  ///
  /// - Parameter heights: `[n]`; NaN leaves a place empty.
  public static func bar(
    _ heights: some PlotNumbers, label: String = "", title: String = "",
    file: StaticString = #fileID, line: UInt = #line
  ) -> Plot {
    let heights = PlotCall("bar", file, line).list(heights, "heights")
    var plot = Plot(
      .columns(x: heights.indices.map(Double.init), heights: heights), label: label, title: title)
    plot.change { $0.x.isWhole = true }
    return plot
  }

  /// Bars with names below them.
  ///
  /// - Parameters:
  ///   - names: what each bar is.
  ///   - heights: `[n]`, as many as names; NaN leaves a place empty.
  public static func bar(
    _ names: [String], _ heights: some PlotNumbers, label: String = "", title: String = "",
    file: StaticString = #fileID, line: UInt = #line
  ) -> Plot {
    let call = PlotCall("bar", file, line)
    let heights = call.list(heights, "heights")
    guard names.count == heights.count else {
      call.refuse("there are \(names.count) names for \(heights.count) heights")
    }
    var plot = Plot(
      .columns(x: heights.indices.map(Double.init), heights: heights), label: label, title: title)
    plot.change { $0.x.categories = names }
    return plot
  }

  /// How often numbers fall into intervals of equal width. NaN and infinite numbers are not
  /// counted.
  ///
  /// - Parameters:
  ///   - numbers: of any shape.
  ///   - bins: how many intervals; `nil` for as many as the numbers deserve
  ///     (``HistogramBins``).
  public static func histogram(
    _ numbers: some PlotNumbers, bins: Int? = nil, label: String = "", title: String = "",
    file: StaticString = #fileID, line: UInt = #line
  ) -> Plot {
    let call = PlotCall("histogram", file, line)
    if let bins, bins < 1 { call.refuse("needs one bin or more, got \(bins)") }
    let (values, shape) = call.read(numbers)
    let counted = HistogramBins(values, count: bins, isInteger: shape.isInteger)
    return Plot(
      .bins(edges: counted.edges, heights: counted.counts), label: label, title: title)
  }
}
