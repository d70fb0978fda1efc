import TandemShapes

extension FixtureFile.Case {
  /// What is wrong with an element, if anything: it must be the expected number within half a unit
  /// in the last place of the dtype plus the bound of the case; integers must be equal. Zeros must
  /// have the expected sign where the bound is zero.
  func complaint(_ actual: ScalarValue, _ expected: ScalarValue, _ dtype: DType) -> String? {
    guard dtype.isFloatingPoint else {
      return actual.int == expected.int ? nil : "\(actual.int), not \(expected.int)"
    }
    let (x, y) = (actual.double, expected.double)
    if x.isNaN || y.isNaN { return x.isNaN && y.isNaN ? nil : "\(x), not \(y)" }
    if x == y {
      let signs = x == 0 && ulps == 0 && absolute == 0 && x.sign != y.sign
      return signs ? "zero of the wrong sign" : nil
    }
    // Beyond the largest number a result may be that or infinite.
    let format = FloatFormat(dtype)
    if abs(y) >= format.largest {
      return x.sign == y.sign && abs(x) >= format.largest * 0.999 ? nil : "\(x), not \(y)"
    }
    let unit = format.unit(at: y)
    let allowed = (ulps + 0.5) * unit + absolute
    guard abs(x - y) <= allowed * 1.000_000_1 else {
      return "\(x), not \(y): off by \(abs(x - y) / unit) units, allowed \(allowed / unit)"
    }
    return nil
  }
}

/// The numbers that a dtype of floats can hold.
struct FloatFormat {
  let fractionBits: Int
  let minimumExponent: Int
  let largest: Double

  init(_ dtype: DType) {
    switch dtype {
    case .float16: (fractionBits, minimumExponent, largest) = (10, -14, 65504)
    case .bfloat16: (fractionBits, minimumExponent, largest) = (7, -126, 0x1.FEp127)
    case .float32:
      (fractionBits, minimumExponent) = (23, -126)
      largest = Double(Float.greatestFiniteMagnitude)
    default:
      (fractionBits, minimumExponent) = (52, -1022)
      largest = .greatestFiniteMagnitude
    }
  }

  /// The distance between neighbours at a value.
  func unit(at value: Double) -> Double {
    let exponent = value == 0 ? minimumExponent : max(Int(value.exponent), minimumExponent)
    return Double(sign: .plus, exponent: exponent - fractionBits, significand: 1)
  }
}
