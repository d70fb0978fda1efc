import TandemEngine

extension NDArray: CustomStringConvertible {
  /// The elements in aligned columns, laid out as NumPy does, then the type; waits for them.
  ///
  ///     NDArray([[1.  , 2.5 ],
  ///              [3.25, 4.  ]], float32[2, 2])
  ///
  /// Of more than 1000 elements three at each end of each axis are shown. An array whose
  /// computation failed is shown as the error, one inside a traced region as its symbol.
  public var description: String {
    if case .symbol(let symbol) = handle.content {
      return "symbol %\(symbol.value.node): \(type)"
    }
    do {
      try wait()
    } catch {
      return "\(error)"
    }
    return "NDArray(\(ArrayText(self).body), \(type))"
  }
}

/// The elements of a computed array as text.
private struct ArrayText {
  /// The text of what is shown, row-major.
  private var words: [String]
  /// For each axis how many positions are shown.
  private let shown: [Int]
  /// For each axis whether positions are left out in the middle.
  private let skips: [Bool]

  private static let prefix = "NDArray("
  private static let lineWidth = 75

  /// Reads memory without any operator, so that printing leaves no trace in recordings.
  init(_ array: NDArray) {
    let isAbridged = array.count > Limits.printedElementsMax
    let edge = Limits.printedEdgeItems
    skips = array.shape.array.map { isAbridged && $0 > 2 * edge }
    shown = zip(array.shape.array, skips).map { $1 ? 2 * edge : $0 }
    let values = ArrayText.values(array, shown: shown, skips: skips)
    let style = NumberText(values, array.dtype)
    words = values.map(style.text)
  }

  var body: String {
    if shown.contains(0) { return "[]" }
    var next = words[...]
    let indent = String(repeating: " ", count: ArrayText.prefix.count)
    return text(&next, axis: 0, indent: indent, width: ArrayText.lineWidth)
  }

  /// The text of the next `shown[axis...]` words.
  private func text(
    _ next: inout ArraySlice<String>, axis: Int, indent: String, width: Int
  ) -> String {
    guard axis < shown.count else { return next.removeFirst() }
    let indent = indent + " "
    var pieces: [String] = []
    for position in 0..<shown[axis] {
      if skips[axis], position == shown[axis] / 2 { pieces.append("...") }
      pieces.append(text(&next, axis: axis + 1, indent: indent, width: width - 1))
    }
    if axis == shown.count - 1 { return "[" + row(pieces, indent, width) + "]" }
    let gap = String(repeating: "\n", count: shown.count - 1 - axis)
    return "[" + pieces.joined(separator: "," + gap + indent) + "]"
  }

  /// Numbers of one row, broken into lines where they do not fit.
  private func row(_ pieces: [String], _ indent: String, _ width: Int) -> String {
    var (text, column) = ("", indent.count)
    for (index, piece) in pieces.enumerated() {
      // A separator is two wide, of which the blank may stick out; breaking an empty line does not
      // help.
      if index > 0 {
        if column + 2 + piece.count > width - 1 {
          text += ",\n" + indent
          column = indent.count
        } else {
          text += ", "
          column += 2
        }
      }
      text += piece
      column += piece.count
    }
    return text
  }

  private static func values(
    _ array: NDArray, shown: [Int], skips: [Bool]
  ) -> [ScalarValue] {
    guard let storage = array.storage, !shown.contains(0) else { return [] }
    let (layout, width) = (array.handle.layout, array.dtype.byteCount)
    return withExtendedLifetime(storage) {
      let base = storage.materialized()
      var offsets = [layout.offset]
      for axis in 0..<shown.count {
        let positions = (0..<shown[axis]).map {
          skips[axis] && $0 >= shown[axis] / 2 ? layout.shape[axis] - shown[axis] + $0 : $0
        }
        offsets = offsets.flatMap { offset in
          positions.map { offset + $0 * layout.stride(axis) }
        }
      }
      return offsets.map { ElementCodec.load(array.dtype, at: base + $0 * width) }
    }
  }
}
<<<<<<< HEAD

extension NDArray {
  /// Position `index` of the first axis, outside of any recording.
  fileprivate func row(_ index: Int) -> NDArray {
    guard let storage else { return self }
    return NDArray(ArrayHandle(storage, handle.layout.selecting(index, axis: 0), dtype))
  }
}

/// How the numbers of one array are written: all with as many digits as the one that needs most, at
/// most eight, or all with an exponent.
private struct NumberText {
  private let dtype: DType
  private var fractionDigits = 0
  private var hasExponent = false

  init(_ values: [ScalarValue], _ dtype: DType) {
    self.dtype = dtype
    guard dtype.kind == .float else { return }
    let finite = values.map { abs($0.double) }.filter { $0.isFinite && $0 != 0 }
    if let largest = finite.max(), let smallest = finite.min() {
      hasExponent = largest >= 1e8 || smallest < 1e-4 || largest / smallest > 1e3 && smallest < 1e-3
    }
    fractionDigits =
      finite.map { NumberText.digits(of: $0, dtype, exponent: hasExponent) }.max() ?? 0
  }

  func text(_ value: ScalarValue) -> String {
    guard dtype.kind == .float else { return value.description }
    let number = value.double
    if number.isNaN { return "nan" }
    if number.isInfinite { return number < 0 ? "-inf" : "inf" }
    if hasExponent { return NumberText.scientific(number, fractionDigits) }
    return NumberText.fixed(number, fractionDigits)
  }

  /// How many digits behind the point the shortest text that gives the number back has, at most
  /// eight.
  private static func digits(of number: Double, _ dtype: DType, exponent: Bool) -> Int {
    for digits in 0..<8 {
      let text = exponent ? scientific(number, digits) : fixed(number, digits)
      guard let back = Double(text) else { continue }
      let same = dtype == .float64 ? back == number : Float(back) == Float(number)
      if same || dtype.byteCount == 2 && digits == 4 { return digits }
    }
    return 8
  }

  private static func fixed(_ number: Double, _ digits: Int) -> String {
    let scale = (0..<digits).reduce(1.0) { scale, _ in scale * 10 }
    let scaled = (abs(number) * scale).rounded(.toNearestOrEven)
    let sign = number.sign == .minus ? "-" : ""
    guard scaled < 9e15 else { return "\(number)" }
    let (whole, part) = Int(scaled).quotientAndRemainder(dividingBy: Int(scale))
    let fraction = "\(part)"
    return sign + "\(whole)."
      + (digits == 0
        ? "" : String(repeating: "0", count: digits - fraction.count) + fraction)
  }

  private static func scientific(_ number: Double, _ digits: Int) -> String {
    guard number != 0 else { return fixed(0, digits) + "e+00" }
    var (mantissa, exponent) = (abs(number), 0)
    while mantissa >= 10 {
      mantissa /= 10
      exponent += 1
    }
    while mantissa < 1 {
      mantissa *= 10
      exponent -= 1
    }
    let text = fixed(mantissa, digits)
    if text.hasPrefix("10") { return scientific(number * 1.000_000_000_1, digits) }
    let power = abs(exponent) < 10 ? "0\(abs(exponent))" : "\(abs(exponent))"
    return (number < 0 ? "-" : "") + text + "e" + (exponent < 0 ? "-" : "+") + power
  }
}
=======
>>>>>>> main
