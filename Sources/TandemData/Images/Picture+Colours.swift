import TandemShapes

// The formulas of Pillow's ImageEnhance and of torchvision on Pillow's pictures.

extension Picture {
  /// One channel: `(19595 r + 38470 g + 7471 b + 2¹⁵) / 2¹⁶`, the luma of ITU-R BT.601.
  public func grey() -> Picture {
    guard channels == 3 else { return self }
    let out = (0..<height * width).map { place -> UInt8 in
      let (r, g, b) = (
        Int(pixels[place * 3]), Int(pixels[place * 3 + 1]), Int(pixels[place * 3 + 2])
      )
      return UInt8((r * 19595 + g * 38470 + b * 7471 + 0x8000) >> 16)
    }
    return Picture(height: height, width: width, channels: 1, pixels: out)
  }

  /// Three channels; a grey picture's are all the same.
  public func colours() -> Picture {
    guard channels == 1 else { return self }
    return Picture(
      height: height, width: width, channels: 3,
      pixels: pixels.flatMap { [$0, $0, $0] })
  }

  /// Brighter or darker: every byte times `factor`; 1 changes nothing, 0 is black.
  public func brightness(_ factor: Float) -> Picture { blended(factor) { _ in 0 } }

  /// More or less contrast: the distance from the mean grey times `factor`.
  public func contrast(_ factor: Float) -> Picture {
    let grey = grey().pixels
    let sum = grey.reduce(0) { $0 + Int($1) }
    let mean = Float(Int(Double(sum) / Double(grey.count) + 0.5))
    return blended(factor) { _ in mean }
  }

  /// More or less colour: the distance from the pixel's own grey times `factor`.
  public func saturation(_ factor: Float) -> Picture {
    guard channels == 3 else { return self }
    let grey = grey().pixels
    return blended(factor) { Float(grey[$0 / 3]) }
  }

  /// Other colours: the hue turned by `turns` of the circle.
  ///
  /// - Parameter turns: −0.5 to 0.5.
  public func hue(_ turns: Float) -> Picture {
    guard channels == 3 else { return self }
    let shift = Int((turns * 255).rounded(.towardZero))
    var out = pixels
    for start in stride(from: 0, to: out.count, by: 3) {
      var colour = HueColour(out[start], out[start + 1], out[start + 2])
      colour.hue = UInt8(truncatingIfNeeded: Int(colour.hue) + shift)
      (out[start], out[start + 1], out[start + 2]) = colour.bytes
    }
    return Picture(height: height, width: width, channels: channels, pixels: out)
  }

  /// `other + factor · (own − other)`, cut to a byte.
  private func blended(_ factor: Float, _ other: (Int) -> Float) -> Picture {
    let out = pixels.enumerated().map { place, byte -> UInt8 in
      let other = other(place)
      let value = other + factor * (Float(byte) - other)
      return value <= 0 ? 0 : value >= 255 ? 255 : UInt8(value)
    }
    return Picture(height: height, width: width, channels: channels, pixels: out)
  }
}

/// A colour as hue, saturation and value, a byte each, with Pillow's rounding.
private struct HueColour {
  var hue: UInt8
  let saturation: UInt8
  let value: UInt8

  init(_ r: UInt8, _ g: UInt8, _ b: UInt8) {
    let (high, low) = (max(r, g, b), min(r, g, b))
    value = high
    guard high != low else {
      (hue, saturation) = (0, 0)
      return
    }
    let range = Float(high) - Float(low)
    let (rc, gc, bc) = (
      (Float(high) - Float(r)) / range, (Float(high) - Float(g)) / range,
      (Float(high) - Float(b)) / range
    )
    let sixths =
      r == high
      ? Double(bc - gc) : g == high ? 2 + Double(rc) - Double(bc) : 4 + Double(gc) - Double(rc)
    let turn = Float((Double(Float(sixths)) / 6 + 1).truncatingRemainder(dividingBy: 1))
    hue = UInt8(clamping: Int(Double(turn) * 255))
    saturation = UInt8(clamping: Int(Double(range / Float(high)) * 255))
  }

  var bytes: (UInt8, UInt8, UInt8) {
    guard saturation != 0 else { return (value, value, value) }
    let (sixths, share, high) = (
      Float(Double(hue) * 6 / 255), Float(Double(saturation) / 255), Float(value)
    )
    let sector = sixths.rounded(.down)
    let part = sixths - sector
    func byte(_ number: Float) -> UInt8 {
      UInt8(clamping: Int(number.rounded(.toNearestOrAwayFromZero)))
    }
    let p = byte(high * (1 - share))
    let q = byte(high * (1 - share * part))
    let t = byte(high * (1 - share * (1 - part)))
    switch Int(sector) % 6 {
    case 0: return (value, t, p)
    case 1: return (q, value, p)
    case 2: return (p, value, t)
    case 3: return (p, q, value)
    case 4: return (t, p, value)
    default: return (value, p, q)
    }
  }
}
