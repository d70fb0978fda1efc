import TandemArray
import Testing

/// The methods of functions beyond the common ones, with numbers and attributes; the values over
/// all dtypes are those of the fixtures.
@Suite struct FurtherFunctionTests {
  private func isNear(_ values: NDArray, _ expected: [Double]) -> Bool {
    let found: [Double] = values.cast(to: .float64).scalars()
    return found.count == expected.count
      && zip(found, expected).allSatisfy {
        $0 == $1 || $0.isNaN && $1.isNaN || abs($0 - $1) < 1e-5 * max(1, abs($1))
      }
  }

  @Test func functionsOfOneNumber() {
    let x = NDArray([0.5, 2.0])
    #expect(isNear(NDArray([8.0, -27.0]).cbrt(), [2, -3]))
    #expect(isNear(NDArray([8.0, -27.0]).rcbrt(), [0.5, -1.0 / 3]))
    #expect(isNear(x.sinh().asinh(), [0.5, 2]))
    #expect(isNear(x.cosh().acosh(), [0.5, 2]))
    #expect(isNear(x.tanh().atanh(), [0.5, 2]))
    #expect(isNear(x.erf().erfinv(), [0.5, 2]))
    #expect(isNear(NDArray([5.0, 0.5]).gamma(), [24, 1.772_453_850_905_516]))
    #expect(isNear(NDArray([5.0, 1.0]).logGamma(), [3.178_053_830_347_946, 0]))
    #expect(isNear(NDArray([1.0]).digamma(), [-0.577_215_664_901_532_9]))
    #expect(isNear(NDArray([1.0]).polygamma(order: 1), [1.644_934_066_848_226_4]))
    #expect(isNear(NDArray([Double.pi]).degrees().radians(), [Double.pi]))
    #expect(isNear(x.softsign(), [1.0 / 3, 2.0 / 3]))
    #expect(isNear(x.logSigmoid().exp(), [0.622_459_331_201_854_6, 0.880_797_077_977_882_3]))
    #expect(isNear(NDArray([0.0]).mish(), [0]))
  }

  @Test func attributesAreApart() {
    let x = NDArray([-0.5, 2.0])
    #expect(isNear(x.hardSigmoid(), [0.4, 0.9]))
    #expect(isNear(x.hardSigmoid(alpha: 0.5, beta: 0.25), [0, 1]))
    #expect(isNear(x.smoothL1(), [0.125, 1.5]))
    #expect(isNear(x.smoothL1(sigma: 2), [0.375, 1.875]))
    let edges = NDArray([Double.nan, .infinity, -.infinity, 1], dtype: .float64)
    #expect(
      isNear(edges.nanToNumber(nan: 7, positiveInfinity: 8, negativeInfinity: -9), [7, 8, -9, 1]))
    let largest: [DType: Double] = [
      .float16: 65504, .bfloat16: 0x1.FEp127, .float64: .greatestFiniteMagnitude,
    ]
    for (dtype, most) in largest {
      #expect(isNear(edges.cast(to: dtype).nanToNumber(), [0, most, -most, 1]))
    }
    #expect(edges.isPositiveInfinity().scalars() == [false, true, false, false])
    #expect(edges.isNegativeInfinity().scalars() == [false, false, true, false])
  }

  @Test func roundingToDecimals() {
    let x = NDArray([2.675, -0.125, 1234.5])
    #expect(isNear(x.rounded(decimals: 2), [2.68, -0.12, 1234.5]))
    #expect(isNear(x.rounded(decimals: -2), [0, 0, 1200]))
    #expect(isNear(gradient(of: { $0.rounded(decimals: 1).sum() })(x), [0, 0, 0]))
    // Float16 has not the 70,000 on the way there.
    #expect(isNear(NDArray([700.0]).cast(to: .float16).rounded(decimals: 2), [700]))
    let bytes = NDArray([15, 25, 127, -128], dtype: .int8)
    #expect(bytes.rounded(decimals: 1).scalars() == [15, 25, 127, -128])
    // NumPy wraps what the dtype cannot hold.
    #expect(bytes.rounded(decimals: -1).scalars() == [20, 20, 127, -128])
  }

  @Test func positiveIsTheSame() {
    for dtype in DType.allCases where dtype != .bool && dtype.kind != .complex {
      var y = NDArray([1, 2, 3], dtype: dtype)
      let x = y.positive()
      y += 1
      #expect(x.dtype == dtype)
      #expect(isNear(x, [1, 2, 3]))
    }
    let slope = gradient(of: { ($0.positive() * $0).sum() })(NDArray([3.0, -2.0]))
    #expect(isNear(slope, [6, -4]))
    let truths = NDArray([1.0, 0]) .> 0
    expectFailure(
      "positive: has no meaning for bool; cast to int64, or use logical operators: bool[2]"
    ) { _ = truths.positive() }
  }

  @Test func gradientOfTheLastPolygamma() {
    let slope = gradient(of: { $0.polygamma(order: 170).sum() })(
      NDArray([12.25, 0.5], dtype: .float64))
    let values: [Double] = slope.scalars()
    #expect(abs(values[0] / 8.597_485_377_382_684e121 - 1) < 1e-14)
    #expect(values[1] == .infinity)
  }

  @Test func functionsOfTwoNumbers() {
    let x = NDArray([-7.5, Double.nan])
    #expect(isNear(x.fmod(2), [-1.5, .nan]))
    #expect(isNear(x.fmax(1), [1, 1]))
    #expect(isNear(x.fmin(1), [-7.5, 1]))
    #expect(isNear(NDArray([1.5, -0.0]).copySign(-2), [-1.5, 0]))
    #expect(isNear(NDArray([1.5, -3.0]).ldexp(4), [24, -48]))
    #expect(isNear(NDArray([1.5, -3.0]).ldexp(NDArray([1, -1], dtype: .int64)), [3, -1.5]))
    // Exponents that bfloat16 has not.
    let least = NDArray([0x1p-133]).cast(to: .bfloat16).ldexp(257).cast(to: .float64)
    #expect(least.scalars() == [0x1p124])
    #expect(isNear(NDArray([1000.0, 0.0]).logAddExp(1000), [1000.693_147_180_56, 1000]))
    let n = NDArray([12, -18, 0], dtype: .int64)
    #expect(n.gcd(8).scalars() == [4, 2, 8])
    #expect(n.lcm(8).scalars() == [24, 72, 0])
  }
}
