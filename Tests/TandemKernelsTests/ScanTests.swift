import TandemKernels
import TandemShapes
import Testing

/// Scans of lines that are long enough to be cut into blocks, against one loop over the line. The
/// numbers are such that every order of adding gives the same.
@Suite struct ScanTests {
  private static let shapes: [(Shape, axis: Int, reversed: Bool)] = [
    ([131_073], 0, false), ([2100, 70], 0, true), ([1, 4400, 15, 2], 1, true),
  ]

  @Test(arguments: DType.allCases.filter { $0 != .complex64 && $0 != .complex128 })
  func longLinesAreThoseOfOneLoop(_ dtype: DType) {
    for (shape, axis, reversed) in ScanTests.shapes {
      for kind in [Scan.Kind.sum, .product, .max, .min] {
        let values = ScanTests.numbers(shape, axis, kind, dtype)
        let x = SampleArray(values, shape, dtype, reversed ? .backwards : .transposedWithGaps)
        let out = SampleArray(shape, dtype)
        #expect(failure(of: Scan(kind, axis: axis, reversed: reversed), [out, x]) == nil)
        let expected = ScanTests.serial(values, shape, axis, kind, reversed, dtype)
        let first = zip(out.values, expected).enumerated().first { !ScanTests.same($1.0, $1.1) }
        #expect(first == nil, "\(kind) of \(shape) along \(axis)")
      }
    }
  }

  @Test func resultMayLieInTheOperand() {
    let x = SampleArray([Double](repeating: 1, count: 200_000), [200_000], .float32)
    #expect(failure(of: Scan(.sum, axis: 0), [x, x]) == nil)
    #expect(x.values == (1...200_000).map(Double.init))
  }

  /// Sums stay in -1...1, products are 1 and -1, and one extreme in the middle is a NaN. Without a
  /// sign, sums and powers of two grow until they wrap around.
  private static func numbers(
    _ shape: Shape, _ axis: Int, _ kind: Scan.Kind, _ dtype: DType
  ) -> [Double] {
    let (isBool, count) = (dtype == .bool, shape.elementCount)
    let inner = (axis + 1..<shape.rank).reduce(1) { $0 * shape[$1] }
    var values = (0..<count).map { place -> Double in
      let bits = UInt64(truncatingIfNeeded: place) &* 0x9E37_79B9_7F4A_7C15 >> 40
      if dtype.isUnsigned && kind == .sum { return [1, 0, 2, 0, 1][place / inner % 5] }
      if dtype.isUnsigned && kind == .product {
        return place / inner % (shape[axis] / 40) == 7 ? 2 : 1
      }
      return switch kind {
      case .sum: isBool ? (place == count / 2 ? 1 : 0) : [1, -1, 0, -1, 1][place / inner % 5]
      case .product: isBool ? (place == count / 2 ? 0 : 1) : bits % 2 == 0 ? 1 : -1
      case .max, .min: isBool ? Double(bits % 2) : Double(bits % 200) - (dtype.isUnsigned ? 0 : 100)
      }
    }
    if (kind == .max || kind == .min) && dtype.isFloatingPoint { values[count / 3 * 2] = .nan }
    return values
  }

  private static func serial(
    _ values: [Double], _ shape: Shape, _ axis: Int, _ kind: Scan.Kind, _ reversed: Bool,
    _ dtype: DType
  ) -> [Double] {
    var result = values
    let length = shape[axis]
    let inner = (axis + 1..<shape.rank).reduce(1) { $0 * shape[$1] }
    for start in 0..<values.count where start / inner % length == 0 {
      let places = (0..<length).map { start + (reversed ? length - 1 - $0 : $0) * inner }
      for (before, place) in zip(places, places.dropFirst()) {
        let (a, b) = (result[before], values[place])
        result[place] =
          switch kind {
          case .sum: dtype == .bool ? max(a, b) : wrapped(a + b, dtype)
          case .product: wrapped(a * b, dtype)
          case .max: a.isNaN || b.isNaN ? .nan : max(a, b)
          case .min: a.isNaN || b.isNaN ? .nan : min(a, b)
          }
      }
    }
    return result
  }

  private static func wrapped(_ value: Double, _ dtype: DType) -> Double {
    guard dtype.isUnsigned else { return value }
    return value.truncatingRemainder(
      dividingBy: Double(sign: .plus, exponent: dtype.byteCount * 8, significand: 1))
  }

  private static func same(_ a: Double, _ b: Double) -> Bool { a == b || (a.isNaN && b.isNaN) }
}

extension DType {
  fileprivate var isUnsigned: Bool { [.uint8, .uint16, .uint32, .uint64].contains(self) }
}
