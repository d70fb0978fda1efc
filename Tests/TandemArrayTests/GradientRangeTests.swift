import TandemArray
import Testing

/// Gradients over the whole range of each float, for cotangents as large as those of scaled losses,
/// and those of rows at NaN, infinities, zeros and denormals, against PyTorch in float64:
/// `Tests/Fixtures/gradient_ranges.py`.
@Suite struct GradientRangeTests {
  /// What holds of a dtype's numbers.
  private struct Range {
    /// Half a unit in the last place of one.
    let roundoff: Double
    let largest: Double
    let least: Double

    init(_ dtype: DType) {
      switch dtype {
      case .float16: (roundoff, largest, least) = (0x1p-11, 65504, 0x1p-24)
      case .bfloat16: (roundoff, largest, least) = (0x1p-8, 0x1.FEp127, 0x1p-133)
      case .float32: (roundoff, largest, least) = (0x1p-24, 0x1.FFFFFEp127, 0x1p-149)
      // The numbers of the file have nine digits.
      default: (roundoff, largest, least) = (1e-9, .greatestFiniteMagnitude, .leastNonzeroMagnitude)
      }
    }

    /// Whether a gradient is right for its cotangent.
    func accepts(_ value: Double, _ expected: Double, _ dy: Double, _ allowed: Substring) -> Bool {
      if value.isNaN || expected.isNaN { return value.isNaN && expected.isNaN }
      if value == expected { return true }
      if abs(expected) > largest * (1 - 8 * roundoff) {
        return value == expected.sign.factor * .infinity
          || abs(expected) < largest * (1 + 8 * roundoff) && abs(value) > largest * 0.98
      }
      let slack =
        switch allowed {
        case "result": 8 * roundoff
        case "difference": 8 * min(roundoff, 0x1p-24)
        case "slope": 2 * least
        default: 0.0
        }
      let units: Double = allowed == "exponent" ? 128 : 8
      return abs(value - expected)
        <= units * roundoff * abs(expected) + 2 * least + slack * abs(dy)
    }
  }

  private static let rows: [String: @Sendable (NDArray) -> NDArray] = [
    "clip": { $0.clip(min: -1, max: 2) }, "where": { NDArray.where($0 .> 1, $0 * 2, $0) },
    "logSumExp": { $0.logSumExp(axis: -1, keepDims: true) }, "softmax": { $0.softmax() },
    "logSoftmax": { $0.logSoftmax() }, "norm": { $0.norm(axis: -1, keepDims: true) },
    "product": { $0.product(axis: -1, keepDims: true) },
    "cumulativeSum": { $0.cumulativeSum(axis: -1) },
    "cumulativeProduct": { $0.cumulativeProduct(axis: -1) },
    "cumulativeMax": { $0.cumulativeMax(axis: -1) },
    "cumulativeMin": { $0.cumulativeMin(axis: -1) },
  ]

  private static let lines = try? FixtureText.read("gradient_ranges").split(separator: "\n")

  @Test("gradients over the range of a dtype", arguments: [DType.float16, .bfloat16, .float32])
  func ranges(dtype: DType) throws { try check(dtype, count: 40) }

  @Test func rowsWithSpecialNumbers() throws { try check(.float64, count: 11) }

  /// Compares all lines of a dtype, which are `count` or more.
  private func check(_ dtype: DType, count: Int) throws {
    let lines = try #require(Self.lines).map { $0.split(separator: "\t") }
      .filter { $0[1] == "\(dtype)" }
    #expect(lines.count >= count)
    let range = Range(dtype)
    for fields in lines {
      let name = String(fields[0])
      let inputs = try Self.lists(fields[3])
      let (dy, expected) = (try Self.lists(fields[4])[0], try Self.lists(fields[5]))
      let found = try Self.gradients(of: name, inputs, dy, dtype)
      for argument in inputs.indices {
        for place in dy.indices {
          let (value, wanted) = (found[argument][place], expected[argument][place])
          if range.accepts(value, wanted, dy[place], fields[2]) { continue }
          let at = inputs.map { $0[place] }
          if Self.isOurs(name, at) {
            #expect(value == (name == "clip" ? dy[place] : 0))
            continue
          }
          let what = "argument \(argument) at \(at), dy \(dy[place])"
          Issue.record("\(name) \(dtype), \(what): \(value), not \(wanted)")
        }
      }
    }
  }

  /// Where Tandem promises something else than PyTorch gives.
  private static func isOurs(_ name: String, _ at: [Double]) -> Bool {
    switch name {
    // NaN goes through.
    case "clip": at[0].isNaN
    // Zero at the origin.
    case "hypot": at == [0, 0]
    default: false
    }
  }

  private static func lists(_ field: Substring) throws -> [[Double]] {
    try field.split(separator: "|").map { list in
      try list.split(separator: ";").map { try #require(Double($0)) }
    }
  }

  /// The gradients of a function's inputs, in a dtype.
  private static func gradients(
    of name: String, _ inputs: [[Double]], _ dy: [Double], _ dtype: DType
  ) throws -> [[Double]] {
    func array(_ numbers: [Double]) -> NDArray {
      let array = NDArray(numbers).cast(to: dtype)
      return rows[name] == nil ? array : array.reshaped([numbers.count / 3, 3])
    }
    let weights = array(dy)
    let function: @Sendable ([NDArray]) -> NDArray
    if let unary = GradientEdgeTests.unary[name] {
      function = { (unary($0[0]) * weights).sum() }
    } else if let binary = GradientEdgeTests.binary[name] {
      function = { (binary($0[0], $0[1]) * weights).sum() }
    } else {
      let row = try #require(rows[name])
      function = {
        let y = row($0[0])
        return (y * weights.sliced(axis: 1, to: y.shape[1])).sum()
      }
    }
    let (_, slopes) = valueAndGradients(of: function, at: inputs.map(array))
    return slopes.map { $0.cast(to: .float64).scalars() }
  }
}

extension FloatingPointSign {
  fileprivate var factor: Double { self == .minus ? -1 : 1 }
}
