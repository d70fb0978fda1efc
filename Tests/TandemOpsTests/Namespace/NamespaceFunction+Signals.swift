import TandemArray

extension NamespaceFunction {
  /// Interpolation, areas, convolution, polynomials.
  static let signals: [NamespaceFunction] = [
    .one("interpolated") { x, f in
      x[0].interpolated(
        x[1], x[2], left: f.doubles(0).first, right: f.doubles(1).first,
        period: f.doubles(2).first)
    },
    .one("trapezoidalArea") { x, f in
      x[0].trapezoidalArea(spacing: f.double(0), axis: f.int(1))
    },
    .one("trapezoidalAreaAt") { x, f in x[0].trapezoidalArea(at: x[1], axis: f.int(0)) },
    .one("unwrapped") { x, f in
      x[0].unwrapped(
        discontinuity: f.doubles(0).first, axis: f.int(1), period: f.doubles(2).first ?? 2 * .pi)
    },
    .one("convolve") { x, f in x[0].convolve(x[1], mode: mode(f)) },
    .one("correlate") { x, f in x[0].correlate(x[1], mode: mode(f)) },
    .one("polynomialValue") { x, _ in x[0].polynomialValue(x[1]) },
    .one("polynomialAdding") { x, _ in x[0].polynomialAdding(x[1]) },
    .one("polynomialSubtracting") { x, _ in x[0].polynomialSubtracting(x[1]) },
    .one("polynomialMultiplying") { x, _ in x[0].polynomialMultiplying(x[1]) },
    .init("polynomialDividing") { x, _ in
      let parts = x[0].polynomialDividing(by: x[1])
      return [parts.quotient, parts.remainder]
    },
    .one("polynomialDerivative") { x, f in x[0].polynomialDerivative(order: f.int(0)) },
    .one("polynomialIntegral") { x, f in
      x[0].polynomialIntegral(order: f.int(0), constants: f.doubles(1))
    },
    .one("polynomialFromRoots") { x, _ in x[0].polynomialFromRoots() },
    .one("vandermonde") { x, f in
      x[0].vandermonde(columns: f.optional(0), increasing: f.flag(1))
    },
    .one("polynomialFit") { x, f in x[0].polynomialFit(x[1], degree: f.int(0)) },
  ]

  private static func mode(_ form: NamespaceForm) -> ConvolutionMode {
    switch form.word(0) {
    case "same": .same
    case "valid": .valid
    default: .full
    }
  }
}
