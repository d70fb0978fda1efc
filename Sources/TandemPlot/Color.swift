extension Plot {
  /// A colour of the screen's standard space, sRGB.
  public struct Color: Hashable, Sendable {
    /// How much `red`, `green` and `blue` there is, 0 to 255.
    public let red: UInt8
    public let green: UInt8
    public let blue: UInt8

    /// The colour of three components, each 0 to 255.
    public init(_ red: UInt8, _ green: UInt8, _ blue: UInt8) {
      (self.red, self.green, self.blue) = (red, green, blue)
    }

    /// The colour that is written `0xRRGGBB`.
    public init(hex: UInt32) {
      self.init(
        UInt8(truncatingIfNeeded: hex >> 16), UInt8(truncatingIfNeeded: hex >> 8),
        UInt8(truncatingIfNeeded: hex))
    }

    /// A grey, from black at 0 to white at 1.
    init(gray: Double) {
      let level = UInt8(max(0, min(1, gray)) * 255 + 0.5)
      self.init(level, level, level)
    }

    /// `#RRGGBB`, or `#RGB` where that says the same.
    var hexText: String {
      let parts = [red, green, blue].map { part in
        (part < 16 ? "0" : "") + String(part, radix: 16)
      }
      let isShort = parts.allSatisfy { $0.first == $0.last }
      return "#" + parts.map { isShort ? String($0.prefix(1)) : $0 }.joined()
    }

    /// How light it looks, 0 to 1 (Rec. 709 weights on the encoded components).
    var luma: Double {
      (0.2126 * Double(red) + 0.7152 * Double(green) + 0.0722 * Double(blue)) / 255
    }
  }
}

extension Plot.Color {
  /// Blue, the first colour of ``palette``.
  public static let blue = Plot.Color(hex: 0x0072B2)
  /// Vermilion, an orange red.
  public static let vermilion = Plot.Color(hex: 0xD55E00)
  /// Bluish green.
  public static let green = Plot.Color(hex: 0x009E73)
  /// Reddish purple.
  public static let purple = Plot.Color(hex: 0xCC79A7)
  /// Orange.
  public static let orange = Plot.Color(hex: 0xE69F00)
  /// Sky blue.
  public static let skyBlue = Plot.Color(hex: 0x56B4E9)
  /// Yellow; weak on white.
  public static let yellow = Plot.Color(hex: 0xF0E442)
  /// Black.
  public static let black = Plot.Color(hex: 0x000000)
  /// A middle grey, for what stands behind.
  public static let gray = Plot.Color(hex: 0x888888)

  /// The colours that series get in turn: those that people with any kind of colour vision tell
  /// apart, the strongest on white first.
  ///
  /// - Reference: Okabe and Ito, *Color Universal Design: how to make figures and presentations
  ///   that are friendly to colorblind people*, 2008.
  public static let palette: [Plot.Color] = [
    .blue, .vermilion, .green, .purple, .orange, .skyBlue, .black, .yellow,
  ]
}

/// A colour and how much of it covers what is below.
struct Ink: Hashable, Sendable {
  var color: Plot.Color
  var opacity = 1.0

  /// Of texts and titles.
  static let text = Ink(color: Plot.Color(hex: 0x333333))
  static let axis = Ink(color: Plot.Color(hex: 0x777777))
  static let gridLine = Ink(color: Plot.Color(hex: 0xE4E4E4))
  static let paper = Ink(color: Plot.Color(hex: 0xFFFFFF))
}
