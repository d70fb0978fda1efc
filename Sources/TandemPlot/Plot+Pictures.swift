extension Plot {
  /// The plot as an SVG file: text of a few kilobytes that scales, and needs no fonts of its own.
  public var svg: String {
    var canvas = SVGCanvas(size: size)
    draw(in: whole, on: &canvas)
    return canvas.document
  }

  /// The plot as a PNG file with two pixels for each CSS pixel.
  public var png: [UInt8] { png(scale: 2) }

  /// The plot as a PNG file.
  ///
  /// - Parameter scale: pixels for each CSS pixel, from 0.25 to 8.
  public func png(scale: Double) -> [UInt8] { PNGFile.bytes(pixels(scale: scale)) }

  /// The plot as pixels.
  func pixels(scale: Double) -> Picture {
    let limited = max(0.25, min(8, scale.isFinite ? scale : 2))
    var canvas = PixelCanvas(size: size, scale: limited)
    draw(in: whole, on: &canvas)
    return canvas.picture
  }

  private var whole: Rect { Rect(x: 0, y: 0, width: size.width, height: size.height) }

  /// Draws the plot into a part of a picture.
  func draw(in place: Rect, on canvas: inout some Canvas) {
    switch content {
    case .frame(let frame):
      let margin = frame.solePicture == nil ? 6.0 : 0
      let inner = Rect(
        x: place.x + margin, y: place.y + margin, width: max(1, place.width - 2 * margin),
        height: max(1, place.height - 2 * margin))
      FrameDrawing(frame, in: inner).draw(on: &canvas)
    case .grid(let grid):
      if !grid.title.isEmpty {
        canvas.text(
          grid.title, at: Point(place.midX, place.y + 28),
          TextStyle(size: 16, anchor: .middle, isBold: true))
      }
      for (plot, cell) in zip(grid.plots, grid.places(in: place)) {
        plot.draw(in: cell, on: &canvas)
      }
    }
  }
}
