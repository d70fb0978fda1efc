extension NDArray: CustomStringConvertible {
  /// The elements in aligned columns as NumPy prints them, then shape and dtype where they do not
  /// follow from the elements; waits for them. Large arrays show three elements at each end.
  public var description: String {
    if case .symbol(let symbol) = handle.content {
      return "symbol %\(symbol.value.node): \(type)"
    }
    do {
      try wait()
    } catch {
      return "\(error)"
    }
    let text = ArrayText(self)
    return "NDArray(\(text.body), \(type))"
  }
}

/// The elements of an array as text.
private struct ArrayText {
  private let array: NDArray
  private let isAbridged: Bool
  private var width = 0
  private var style: NumberText

  init(_ array: NDArray) {
    self.array = array
    isAbridged = array.count > Limits.printedElementsMax
    let shown = ArrayText.corners(array, abridged: isAbridged)
    let values = shown.count == 0 ? [] : ArrayText.values(shown)
    style = NumberText(values, array.dtype)
    width = values.map { style.text($0).count }.max() ?? 0
  }

  var body: String { text(array, depth: 1) }

  private func text(_ part: NDArray, depth: Int) -> String {
    if part.rank == 0 { return padded(ArrayText.values(part)[0]) }
    let length = part.shape[0]
    let edge = Limits.printedEdgeItems
    let skips = isAbridged && length > 2 * edge
    let indices = skips ? Array(0..<edge) + Array(length - edge..<length) : Array(0..<length)
    var pieces = indices.map { text(part.row($0), depth: depth + 1) }
    if skips { pieces.insert("...", at: edge) }
    if part.rank == 1 { return "[" + lines(pieces, depth).joined() + "]" }
    let gap = String(repeating: "\n", count: part.rank - 1)
    let indent = String(repeating: " ", count: depth + "NDArray(".count)
    return "[" + pieces.joined(separator: "," + gap + indent) + "]"
  }

  /// Numbers of one row, broken after about 75 columns.
  private func lines(_ pieces: [String], _ depth: Int) -> [String] {
    let indent = String(repeating: " ", count: depth + "NDArray(".count)
    var (result, column): ([String], Int) = ([], 0)
    for (index, piece) in pieces.enumerated() {
      let separator = index == 0 ? "" : ","
      let breaks = index > 0 && column + piece.count + 2 > 75 - depth
      result.append(separator + (index == 0 ? "" : breaks ? "\n" + indent : " ") + piece)
      column = breaks ? piece.count : column + piece.count + 2
    }
    return result
  }

  private func padded(_ value: ScalarValue) -> String {
    let text = style.text(value)
    return String(repeating: " ", count: max(0, width - text.count)) + text
  }

  private static func values(_ array: NDArray) -> [ScalarValue] {
    if array.dtype.kind == .float {
      return array.scalars(as: Double.self).map { ScalarValue($0, array.dtype) }
    }
    return array.scalars(as: Int.self).map { ScalarValue($0, array.dtype) }
  }

  /// What is shown of a large array: three elements at each end of each axis.
  private static func corners(_ array: NDArray, abridged: Bool) -> NDArray {
    guard abridged else { return array }
    let edge = Limits.printedEdgeItems
    return (0..<array.rank).reduce(array.detached()) { part, axis in
      let length = part.shape[axis]
      guard length > 2 * edge else { return part }
      let indices = Array(0..<edge) + Array(length - edge..<length)
      return part.take(NDArray(indices, shape: [2 * edge]), axis: axis)
    }
  }
}

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
