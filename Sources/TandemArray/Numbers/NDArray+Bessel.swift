// The modified Bessel function of order zero, of arrays.

extension NDArray {
  /// The modified Bessel function of the first kind and order zero; `numpy.i0`.
  ///
  /// Chebyshev series of `exp(−|x|) I₀(x)` up to 8 and of `exp(−|x|) √|x| I₀(x)` in `1/|x|` beyond,
  /// whose coefficients were computed with 40 digits; a few units in the last place from the exact
  /// value. Gradient: that of the series.
  public func besselI0(file: StaticString = #fileID, line: UInt = #line) -> NDArray {
    let x = cast(to: dtype.floating).abs(file: file, line: line)
    let small = x.minimum(8)
    let large = x.maximum(8)
    let near = (small / 4 - 1).chebyshev(NDArray.besselNear)
    let far = (16 / large - 1).chebyshev(NDArray.besselFar) / large.sqrt()
    return .where(x .<= 8, near, far) * x.exp()
  }

  /// Σ cₖ Tₖ(self), by Clenshaw's recurrence.
  private func chebyshev(_ coefficients: [Double]) -> NDArray {
    let double = self * 2
    var (next, afterNext) = (NDArray.zeros(like: self), NDArray.zeros(like: self))
    for coefficient in coefficients.dropFirst().reversed() {
      (next, afterNext) = (double * next - afterNext + coefficient, next)
    }
    return self * next - afterNext + (coefficients.first ?? 0)
  }

  private static let besselNear: [Double] = [
    0.33839763720473803, -0.3046826723431984, 0.17162090152220877, -0.09490109704804764,
    0.04930528423967071, -0.02373741480589947, 0.010546460394594998, -0.004324309995050576,
    0.0016394756169413357, -0.0005763755745385824, 0.00018850288509584165,
    -5.754195010082104e-05, 1.6448448070728896e-05, -4.4167383584587505e-06,
    1.1173875391201037e-06, -2.670793853940612e-07, 6.046995022541919e-08,
    -1.300025009986248e-08, 2.6598237246823866e-09, -5.189795601635263e-10,
    9.675809035373237e-11, -1.726826291441556e-11, 2.95505266312964e-12,
    -4.856446783111929e-13, 7.676185498604936e-14, -1.1685332877993451e-14,
    1.715391285555133e-15, -2.431279846547955e-16, 3.3307945188222384e-17,
  ]

  private static let besselFar: [Double] = [
    0.4022452055070544, 0.0033691164782556943, 6.889758346916825e-05, 2.8913705208347567e-06,
    2.0489185894690638e-07, 2.266668990498178e-08, 3.3962320257083865e-09,
    4.94060238822497e-10, 1.1889147107846439e-11, -3.1499165279632416e-11,
    -1.3215811840447713e-11, -1.7941785315068062e-12, 7.180124451383666e-13,
    3.8527783827421426e-13, 1.54008621752141e-14, -4.150569347287222e-14,
    -9.554846698828307e-15, 3.8116806693526224e-15, 1.7725601330565263e-15,
    -3.425485619677219e-16, -2.8276239805165836e-16, 3.461222867697461e-17,
    4.46562142029676e-17,
  ]
}
