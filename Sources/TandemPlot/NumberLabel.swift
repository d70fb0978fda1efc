import Glibc

/// Numbers as they are written at ticks and in cells: short, with a true minus sign.
enum NumberLabel {
  /// The numbers of one axis, with as many digits behind the point as the step needs. All have an
  /// exponent if the largest is ten million or more, or less than a thousandth.
  static func texts(_ values: [Double], step: Double) -> [String] {
    let largest = values.map(abs).max() ?? 0
    if largest >= 1e7 || largest < 1e-3 && largest > 0 {
      let power = floor(log10(largest) + 1e-9)
      let unit = pow(10, power)
      let digits = decimals(step / unit)
      if digits <= 4 {
        return values.map { value in
          value == 0 ? "0" : minus(fixed(value / unit, digits)) + "e" + minus("\(Int(power))")
        }
      }
    }
    let digits = decimals(step)
    return values.map { minus(fixed($0 == 0 ? 0 : $0, digits)) }
  }

  /// A number on its own with at most four digits.
  static func short(_ value: Double) -> String {
    guard value.isFinite else { return value.isNaN ? "NaN" : value < 0 ? "−∞" : "∞" }
    if value == value.rounded(), abs(value) < 1e6 { return minus("\(Int(value))") }
    return minus(
      formatted("%.4g", value).replacing("e+0", "e").replacing("e+", "e")
        .replacing("e-0", "e-"))
  }

  /// `digit · 10^power`: in full where that is short.
  static func power(_ digit: Int, _ power: Int) -> String {
    if (-3...4).contains(power) {
      return power >= 0
        ? "\(digit)" + String(repeating: "0", count: power)
        : "0." + String(repeating: "0", count: -power - 1) + "\(digit)"
    }
    let raised = "\(power)".map { superscripts[$0] ?? $0 }
    return (digit == 1 ? "" : "\(digit)·") + "10" + String(raised)
  }

  static let superscripts: [Character: Character] = [
    "0": "⁰", "1": "¹", "2": "²", "3": "³", "4": "⁴", "5": "⁵", "6": "⁶", "7": "⁷", "8": "⁸",
    "9": "⁹", "-": "⁻",
  ]

  /// How many digits behind the point a step has, up to ten.
  private static func decimals(_ step: Double) -> Int {
    for digits in 0..<10 {
      let scaled = step * pow(10, Double(digits))
      if abs(scaled - scaled.rounded()) < 1e-6 * max(1, scaled), scaled.rounded() > 0 {
        return digits
      }
    }
    return 10
  }

  private static func fixed(_ value: Double, _ digits: Int) -> String {
    formatted("%.\(digits)f", value)
  }

  private static func formatted(_ format: String, _ value: Double) -> String {
    var buffer = [CChar](repeating: 0, count: 400)
    let length = withVaList([value]) { vsnprintf(&buffer, buffer.count, format, $0) }
    return String(decoding: buffer.prefix(Int(length)).map { UInt8(bitPattern: $0) }, as: UTF8.self)
  }

  private static func minus(_ text: String) -> String { text.replacing("-", "−") }
}

extension String {
  /// The text with each occurrence of a part exchanged.
  fileprivate func replacing(_ part: String, _ other: String) -> String {
    var result = ""
    var rest = self[...]
    while !rest.isEmpty {
      if rest.hasPrefix(part) {
        result += other
        rest = rest.dropFirst(part.count)
      } else {
        result.append(rest.removeFirst())
      }
    }
    return result
  }
}
