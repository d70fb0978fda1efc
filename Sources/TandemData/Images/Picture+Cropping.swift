import TandemShapes

extension Picture {
  /// A rectangle of the picture; all of it must lie inside.
  ///
  /// - Parameters:
  ///   - top: the first row.
  ///   - left: the first column.
  public func cropped(
    top: Int, left: Int, height newHeight: Int, width newWidth: Int,
    file: StaticString = #fileID, line: UInt = #line
  ) -> Picture {
    guard top >= 0, left >= 0, newHeight > 0, newWidth > 0, newHeight <= height - top,
      newWidth <= width - left
    else {
      fail(
        "picture: \(newHeight) × \(newWidth) at row \(top), column \(left) are not inside of "
          + "\(height) × \(width)", at: CallSite(file, line))
    }
    var out: [UInt8] = []
    out.reserveCapacity(newHeight * newWidth * channels)
    for row in top..<top + newHeight {
      let start = (row * width + left) * channels
      out += pixels[start..<start + newWidth * channels]
    }
    return Picture(height: newHeight, width: newWidth, channels: channels, pixels: out)
  }

  /// The middle of the picture; it must be large enough.
  public func centerCropped(
    height newHeight: Int, width newWidth: Int, file: StaticString = #fileID, line: UInt = #line
  ) -> Picture {
    // Halves are rounded to even, as in torchvision.
    func start(_ rest: Int) -> Int { Int((Double(rest) / 2).rounded(.toNearestOrEven)) }
    return cropped(
      top: start(height - newHeight), left: start(width - newWidth), height: newHeight,
      width: newWidth, file: file, line: line)
  }

  /// The picture with a border of one colour on all sides.
  public func padded(by border: Int, value: UInt8 = 0) -> Picture {
    let newWidth = width + 2 * border
    let (line, side) = (
      [UInt8](repeating: value, count: newWidth * channels),
      [UInt8](repeating: value, count: border * channels)
    )
    var out: [UInt8] = []
    for _ in 0..<border { out += line }
    for row in 0..<height {
      out += side + pixels[row * width * channels..<(row + 1) * width * channels] + side
    }
    for _ in 0..<border { out += line }
    return Picture(
      height: height + 2 * border, width: newWidth, channels: channels, pixels: out)
  }

  /// Left and right exchanged.
  public func flippedLeftRight() -> Picture {
    var out: [UInt8] = []
    out.reserveCapacity(pixels.count)
    for row in 0..<height {
      for column in (0..<width).reversed() {
        let start = (row * width + column) * channels
        out += pixels[start..<start + channels]
      }
    }
    return Picture(height: height, width: width, channels: channels, pixels: out)
  }

  /// Top and bottom exchanged.
  public func flippedTopBottom() -> Picture {
    let line = width * channels
    return Picture(
      height: height, width: width, channels: channels,
      pixels: (0..<height).reversed().flatMap { pixels[$0 * line..<($0 + 1) * line] })
  }
}
