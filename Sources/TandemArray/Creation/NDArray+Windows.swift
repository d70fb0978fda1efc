private import Glibc

// Windows: weights that fall off towards the ends of a stretch of a signal.

extension NDArray {
  /// The Hann window, `0.5 − 0.5 cos(2πn / (count − 1))`; `numpy.hanning`.
  public static func hanning(
    _ count: Int, dtype: DType = .float32, file: StaticString = #fileID, line: UInt = #line
  ) -> NDArray {
    cosines("hanning", [0.5, 0.5], count, dtype, CallSite(file, line))
  }

  /// The Hamming window, `0.54 − 0.46 cos(2πn / (count − 1))`; `numpy.hamming`.
  public static func hamming(
    _ count: Int, dtype: DType = .float32, file: StaticString = #fileID, line: UInt = #line
  ) -> NDArray {
    cosines("hamming", [0.54, 0.46], count, dtype, CallSite(file, line))
  }

  /// The Blackman window of three cosines, near zero at its ends; `numpy.blackman`.
  public static func blackman(
    _ count: Int, dtype: DType = .float32, file: StaticString = #fileID, line: UInt = #line
  ) -> NDArray {
    cosines("blackman", [0.42, 0.5, 0.08], count, dtype, CallSite(file, line))
  }

  /// The triangular window, zero at its ends; `numpy.bartlett`.
  public static func bartlett(
    _ count: Int, dtype: DType = .float32, file: StaticString = #fileID, line: UInt = #line
  ) -> NDArray {
    window("bartlett", count, dtype, CallSite(file, line)) { 1 - $0.magnitude }
  }

  /// The Kaiser window, `I₀(β √(1 − x²)) / I₀(β)` for `x` from −1 to 1; `numpy.kaiser`.
  ///
  /// - Parameter beta: 0 gives a rectangle; the larger, the steeper.
  public static func kaiser(
    _ count: Int, beta: Double, dtype: DType = .float32, file: StaticString = #fileID,
    line: UInt = #line
  ) -> NDArray {
    let whole = BesselSeries.orderZero(beta)
    return window("kaiser", count, dtype, CallSite(file, line)) { x in
      BesselSeries.orderZero(beta * Swift.max(0, 1 - x * x).squareRoot()) / whole
    }
  }

  /// Σₖ (−1)ᵏ aₖ cos(πk(x + 1)).
  private static func cosines(
    _ name: String, _ weights: [Double], _ count: Int, _ dtype: DType, _ site: CallSite
  ) -> NDArray {
    window(name, count, dtype, site) { x in
      // As NumPy sums: cosines of x itself, all with a plus.
      weights.enumerated().reduce(0) { $0 + $1.element * Glibc.cos(Double($1.offset) * .pi * x) }
    }
  }

  /// A window of which `weight` gives each place from −1 to 1; one place alone weighs 1.
  private static func window(
    _ name: String, _ count: Int, _ dtype: DType, _ site: CallSite, _ weight: (Double) -> Double
  ) -> NDArray {
    let last = Double(count - 1)
    return numbers(name, count, dtype, site) { index in
      count == 1 ? 1 : weight((2 * Double(index) - last) / last)
    }
  }
}

/// The modified Bessel function of the first kind.
enum BesselSeries {
  /// `I₀(x) = Σ ((x/2)ᵏ / k!)²`, whose terms are all positive: summed until they change nothing.
  ///
  /// - Complexity: O(|x|) terms.
  static func orderZero(_ x: Double) -> Double {
    let quarter = x * x / 4
    var (sum, term, k) = (1.0, 1.0, 0.0)
    while term > sum * 1e-17, term.isFinite {
      k += 1
      term *= quarter / (k * k)
      sum += term
    }
    return sum
  }
}
