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
    .one("besselI0") { x, _ in x[0].besselI0() },
    .one("paddedByMode") { x, f in
      let modes: [String: PaddingMode] = [
        "edge": .edge, "reflect": .reflect, "symmetric": .symmetric, "wrap": .wrap,
      ]
      let widths = (1...2).map { (before: f.ints($0)[0], after: f.ints($0)[1]) }
      return x[0].padded(widths, mode: modes[f.word(0)] ?? .edge)
    },
    .one("strided") { x, f in
      x[0].strided(shape: Shape(f.ints(0)), strides: f.ints(1), offset: f.int(2))
    },
    .one("gatherMatmul") { x, _ in x[0].gatherMatmul(x[1], lhs: x[2], rhs: x[3]) },
    .one("segmentedMatmul") { x, _ in x[0].segmentedMatmul(x[1], segments: x[2]) },
  ]

  private static func mode(_ form: NamespaceForm) -> ConvolutionMode {
    switch form.word(0) {
    case "same": .same
    case "valid": .valid
    default: .full
    }
  }
}
