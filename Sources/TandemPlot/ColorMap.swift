import Glibc

extension Plot {
  /// Colours for the numbers of a heatmap, from the lowest to the highest.
  ///
  /// Each map is computed by a formula in Oklab, a space in which equal steps look equal: lightness
  /// is linear in the value, so that steps look alike everywhere, also in grey and to every kind of
  /// colour vision; hue and chroma follow simple curves; chroma is lowered where the screen has no
  /// such colour.
  ///
  /// - Reference: Ottosson, *A perceptual color space for image processing*, 2020. The idea of
  ///   linear lightness: Kovesi, *Good Colour Maps: How to Design Them*, arXiv:1509.03700.
  public struct ColorMap: Hashable, Sendable {
    /// The colours of 256 equal steps.
    let table: [Color]
    /// Whether zero belongs in the middle.
    let isDiverging: Bool

    /// Dark violet through blue and green to light yellow.
    public static let dusk = ColorMap { t in
      // Lightness 0.22 to 0.95; hue from 300° (violet) down to 103° (yellow).
      let hue = 300 - 197 * pow(t, 1.15)
      return Oklab(lightness: 0.22 + 0.73 * t, chroma: 0.13 + 0.05 * sin(.pi * t), hue: hue)
    }

    /// Black to white.
    public static let gray = ColorMap { t in
      Oklab(lightness: t, chroma: 0, hue: 0)
    }

    /// White to dark blue: for counts, where nothing should look like nothing.
    public static let blues = ColorMap { t in
      Oklab(lightness: 0.985 - 0.6 * t, chroma: 0.14 * pow(t, 0.8), hue: 240 + 12 * t)
    }

    /// Blue below zero, white at zero, red above it: for numbers of two signs.
    public static let diverging = ColorMap(isDiverging: true) { t in
      let side = 2 * t - 1
      let strength = abs(side)
      return Oklab(
        lightness: 0.97 - 0.52 * strength, chroma: 0.17 * pow(strength, 0.9),
        hue: side < 0 ? 252 : 30)
    }

    /// - Parameter curve: the colour of a value between 0 and 1.
    init(isDiverging: Bool = false, _ curve: (Double) -> Oklab) {
      self.isDiverging = isDiverging
      table = (0..<256).map { curve(Double($0) / 255).color }
    }

    /// The colour of a value between 0 and 1; of what lies outside, that of the nearer end.
    func color(_ t: Double) -> Color { table[Int(max(0, min(1, t)) * 255 + 0.5)] }
  }
}

/// A colour by how light, how colourful and of what hue it looks.
struct Oklab {
  /// 0 for black to 1 for white.
  let lightness: Double
  /// 0 for grey; about 0.3 for the strongest.
  let chroma: Double
  /// In degrees: 30 red, 110 yellow, 145 green, 265 blue.
  let hue: Double

  /// The nearest colour of the screen of the same lightness and hue: as much of the chroma as it
  /// can show.
  var color: Plot.Color {
    var (low, high) = (0.0, chroma)
    if Oklab.isShown(linear(high)) { return Oklab.encoded(linear(high)) }
    for _ in 0..<20 {
      let middle = (low + high) / 2
      if Oklab.isShown(linear(middle)) { low = middle } else { high = middle }
    }
    return Oklab.encoded(linear(low))
  }

  /// Linear red, green and blue, with another chroma.
  private func linear(_ chroma: Double) -> [Double] {
    let a = chroma * cos(hue * .pi / 180)
    let b = chroma * sin(hue * .pi / 180)
    func cube(_ x: Double) -> Double { x * x * x }
    let l = cube(lightness + 0.3963377774 * a + 0.2158037573 * b)
    let m = cube(lightness - 0.1055613458 * a - 0.0638541728 * b)
    let s = cube(lightness - 0.0894841775 * a - 1.2914855480 * b)
    return [
      4.0767416621 * l - 3.3077115913 * m + 0.2309699292 * s,
      -1.2684380046 * l + 2.6097574011 * m - 0.3413193965 * s,
      -0.0041960863 * l - 0.7034186147 * m + 1.7076147010 * s,
    ]
  }

  private static func isShown(_ linear: [Double]) -> Bool {
    linear.allSatisfy { $0 >= -1e-6 && $0 <= 1 + 1e-6 }
  }

  /// IEC 61966-2-1: the sRGB curve, rounded to bytes.
  private static func encoded(_ linear: [Double]) -> Plot.Color {
    let bytes = linear.map { value -> UInt8 in
      let v = max(0, min(1, value))
      let encoded = v <= 0.0031308 ? 12.92 * v : 1.055 * pow(v, 1 / 2.4) - 0.055
      return UInt8(encoded * 255 + 0.5)
    }
    return Plot.Color(bytes[0], bytes[1], bytes[2])
  }
}
