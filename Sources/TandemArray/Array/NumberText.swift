private import Glibc

/// How the numbers of one array are written, all in one way so that columns align: NumPy's rules.
///
/// A float shows the fewest digits that give it back in its dtype, at most eight behind the point.
/// All get an exponent if one is large or small or if they differ by more than a factor of 1000.
struct NumberText {
  private let dtype: DType
  private let hasExponent: Bool
  /// Columns before and behind the point; of an integer or truth value all are before.
  private var before = 0
  private var behind = 0
  private var exponentDigits = 2

  private let fractionDigitsMax: Int
  /// Whether a plus stands before what is not negative.
  private let showsPlus: Bool

  /// - Parameter values: all that will be written.
  init(
    _ values: [ScalarValue], _ dtype: DType, _ options: PrintOptions, showsPlus: Bool = false
  ) {
    (self.dtype, self.showsPlus) = (dtype, showsPlus)
    fractionDigitsMax = Swift.min(Swift.max(0, options.precision), 100)
    let finite = values.filter { $0.double.isFinite }.map(\.double)
    hasExponent =
      dtype.kind >= .float && !options.suppressesExponents
      && NumberText.needsExponent(finite, dtype)
    guard dtype.kind >= .float else {
      before = values.map(\.description.count).max() ?? 0
      return
    }
    for value in finite {
      let digits = Digits(value, dtype, fractionDigitsMax, isScientific: hasExponent)
      before = max(before, signed(digits.whole).count)
      behind = max(behind, digits.fraction.count)
      exponentDigits = max(exponentDigits, String(abs(digits.exponent)).count)
    }
    let others = values.filter { !$0.double.isFinite }.map { name($0.double).count }
    before = max(before, (others.max() ?? 0) - 1 - behind - exponentColumns)
  }

  /// The text of one number, as wide as that of every other.
  func text(_ value: ScalarValue) -> String {
    guard dtype.kind >= .float else { return padded(value.description, before) }
    guard value.double.isFinite else {
      return padded(name(value.double), before + 1 + behind + exponentColumns)
    }
    guard hasExponent else {
      let digits = Digits(value.double, dtype, fractionDigitsMax, isScientific: false)
      return padded(signed(digits.whole), before) + "." + digits.fraction
        + String(repeating: " ", count: behind - digits.fraction.count)
    }
    // With an exponent all show as many digits, those beyond the shortest text too.
    let digits = Digits(rounding: value.double, to: behind, isScientific: true)
    let missing = behind - digits.fraction.count
    let number = padded(signed(digits.whole), before) + "." + digits.fraction
    let power = String(abs(digits.exponent))
    return number + String(repeating: "0", count: missing) + (digits.exponent < 0 ? "e-" : "e+")
      + String(repeating: "0", count: exponentDigits - power.count) + power
  }

  private var exponentColumns: Int { hasExponent ? 2 + exponentDigits : 0 }

  private func padded(_ text: String, _ width: Int) -> String {
    String(repeating: " ", count: max(0, width - text.count)) + text
  }

  private func name(_ value: Double) -> String {
    signed(value.isNaN ? "nan" : value < 0 ? "-inf" : "inf")
  }

  private func signed(_ text: String) -> String {
    showsPlus && !text.hasPrefix("-") ? "+" + text : text
  }

  private static func needsExponent(_ values: [Double], _ dtype: DType) -> Bool {
    let sizes = values.lazy.filter { $0 != 0 }.map(abs)
    guard let largest = sizes.max(), let smallest = sizes.min() else { return false }
    let limit: Double =
      switch dtype {
      case .float64: 1e8
      case .float32: 1e6
      default: 1e3
      }
    // NumPy compares in the dtype of the array.
    func rounded(_ value: Double) -> Double { ScalarValue(value, dtype).double }
    return largest >= limit || smallest < rounded(1e-4) || rounded(largest / smallest) > 1000
  }

  /// The digits of one finite number.
  private struct Digits {
    /// Before the point, with the sign.
    var whole = ""
    /// Behind the point, without trailing zeros.
    var fraction = ""
    var exponent = 0

    init(
      _ value: Double, _ dtype: DType, _ fractionDigitsMax: Int, isScientific: Bool
    ) {
      let (digits, power) = Digits.shortest(value, dtype)
      let sign = value.sign == .minus ? "-" : ""
      let scale = isScientific ? 0 : power
      if digits.count - 1 - scale > fractionDigitsMax {
        self = Digits(rounding: value, to: fractionDigitsMax, isScientific: isScientific)
        return
      }
      exponent = isScientific ? power : 0
      if scale < 0 {
        (whole, fraction) = (
          sign + "0", String(repeating: "0", count: -scale - 1) + digits
        )
      } else {
        let padding = String(repeating: "0", count: max(0, scale + 1 - digits.count))
        let all = digits + padding
        whole = sign + all.prefix(scale + 1)
        fraction = String(all.dropFirst(scale + 1))
      }
      while fraction.hasSuffix("0") { fraction.removeLast() }
    }

    /// The digits of a number rounded to `count` behind the point.
    init(rounding value: Double, to count: Int, isScientific: Bool) {
      let format = isScientific ? "%.*e" : "%.*f"
      var buffer = [CChar](repeating: 0, count: 400)
      let length = withVaList([CInt(count), value]) {
        vsnprintf(&buffer, buffer.count, format, $0)
      }
      let text = String(decoding: buffer.prefix(Int(length)).map(UInt8.init), as: UTF8.self)
      let parts = text.split(separator: "e")
      let number = parts[0].split(separator: ".", omittingEmptySubsequences: false)
      whole = String(number[0])
      fraction = number.count > 1 ? String(number[1]) : ""
      exponent = parts.count > 1 ? Int(parts[1]) ?? 0 : 0
      while fraction.hasSuffix("0") { fraction.removeLast() }
    }

    /// The fewest digits that give the number back in its dtype, as `d.ddd × 10^power`.
    private static func shortest(_ value: Double, _ dtype: DType) -> (digits: String, power: Int) {
      let text: String =
        switch dtype {
        case .float64: "\(abs(value))"
        case .float16: "\(abs(Float16(value)))"
        case .bfloat16: shortestBrainFloat(abs(value))
        default: "\(abs(Float(value)))"
        }
      let parts = text.split(separator: "e")
      let number = parts[0].split(separator: ".", omittingEmptySubsequences: false)
      let (whole, fraction) = (number[0], number.count > 1 ? number[1] : "")
      var power = (parts.count > 1 ? Int(parts[1]) ?? 0 : 0) + whole.count - 1
      var digits = String(whole + fraction)
      while digits.count > 1, digits.hasPrefix("0") {
        digits.removeFirst()
        power -= 1
      }
      while digits.count > 1, digits.hasSuffix("0") { digits.removeLast() }
      return digits == "0" ? ("0", 0) : (digits, power)
    }

    /// bfloat16 has no Swift type: the first of ever longer texts that is the same bfloat16.
    private static func shortestBrainFloat(_ value: Double) -> String {
      for digits in 0..<9 {
        var buffer = [CChar](repeating: 0, count: 40)
        let length = withVaList([CInt(digits), value]) {
          vsnprintf(&buffer, buffer.count, "%.*e", $0)
        }
        let text = String(decoding: buffer.prefix(Int(length)).map(UInt8.init), as: UTF8.self)
        if let back = Double(text), ScalarValue(back, .bfloat16).double == value { return text }
      }
      return "\(Float(value))"
    }
  }
}
