import TandemShapes

extension Picture {
  /// The picture in another size, by straight lines between pixels; where it gets smaller, by the
  /// mean over a triangle as wide as the pixels that become one, so that nothing flickers.
  ///
  /// The bytes are those of Pillow's `resize` with `BILINEAR`; where one side grows and the other
  /// shrinks they may differ by one.
  ///
  /// - Complexity: O(pixels of both · the scale, if it is made smaller).
  public func resized(
    height newHeight: Int, width newWidth: Int, file: StaticString = #fileID, line: UInt = #line
  ) -> Picture {
    guard newHeight > 0, newWidth > 0 else {
      fail("picture: no size: \(newHeight) × \(newWidth)", at: CallSite(file, line))
    }
    if newHeight == height && newWidth == width { return self }
    let wide = resizedRows(Resampling(from: width, to: newWidth))
    return wide.resizedColumns(Resampling(from: height, to: newHeight))
  }

  /// The picture with its shorter side of a length, and the other in proportion, rounded down.
  public func resized(
    shorterSide: Int, file: StaticString = #fileID, line: UInt = #line
  ) -> Picture {
    height <= width
      ? resized(height: shorterSide, width: shorterSide * width / height, file: file, line: line)
      : resized(height: shorterSide * height / width, width: shorterSide, file: file, line: line)
  }

  private func resizedRows(_ taps: Resampling) -> Picture {
    if taps.isIdentity { return self }
    let newWidth = taps.starts.count
    var out = [UInt8](repeating: 0, count: height * newWidth * channels)
    pixels.withUnsafeBufferPointer { from in
      out.withUnsafeMutableBufferPointer { to in
        for row in 0..<height {
          for column in 0..<newWidth {
            let (start, weights) = (taps.starts[column], taps.weights[column])
            for channel in 0..<channels {
              var sum = Resampling.half
              for (place, weight) in weights.enumerated() {
                sum += weight * Int(from[(row * width + start + place) * channels + channel])
              }
              to[(row * newWidth + column) * channels + channel] = Resampling.byte(sum)
            }
          }
        }
      }
    }
    return Picture(height: height, width: newWidth, channels: channels, pixels: out)
  }

  private func resizedColumns(_ taps: Resampling) -> Picture {
    if taps.isIdentity { return self }
    let (newHeight, line) = (taps.starts.count, width * channels)
    var out = [UInt8](repeating: 0, count: newHeight * line)
    pixels.withUnsafeBufferPointer { from in
      out.withUnsafeMutableBufferPointer { to in
        for row in 0..<newHeight {
          let (start, weights) = (taps.starts[row], taps.weights[row])
          for place in 0..<line {
            var sum = Resampling.half
            for (tap, weight) in weights.enumerated() {
              sum += weight * Int(from[(start + tap) * line + place])
            }
            to[row * line + place] = Resampling.byte(sum)
          }
        }
      }
    }
    return Picture(height: newHeight, width: width, channels: channels, pixels: out)
  }
}

/// Which pixels of a line become each pixel of a new one, and by which weights, of which 2²² is
/// one.
private struct Resampling {
  private static let bits = 22
  static let half = 1 << (bits - 1)

  var starts: [Int] = []
  var weights: [[Int]] = []
  let isIdentity: Bool

  init(from old: Int, to new: Int) {
    isIdentity = old == new
    let scale = Double(old) / Double(new)
    let support = max(scale, 1)
    for place in 0..<new {
      let centre = (Double(place) + 0.5) * scale
      let start = max(0, Int(centre - support + 0.5))
      let end = min(old, Int(centre + support + 0.5))
      let inverse = 1 / support
      var taps = (start..<end).map { tap in
        max(0, 1 - abs((Double(tap) - centre + 0.5) * inverse))
      }
      let sum = taps.reduce(0, +)
      if sum != 0 { taps = taps.map { $0 * (1 / sum) } }
      starts.append(start)
      weights.append(taps.map { Int(0.5 + $0 * Double(1 << Resampling.bits)) })
    }
  }

  static func byte(_ sum: Int) -> UInt8 { UInt8(clamping: sum >> bits) }
}
