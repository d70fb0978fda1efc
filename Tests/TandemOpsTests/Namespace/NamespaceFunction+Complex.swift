import TandemArray
import TandemOps

extension NamespaceFunction {
  /// Complex numbers, taken and given as two arrays of parts.
  static let complex: [NamespaceFunction] = [
    pairs("complexAdd") { z, _ in z[0] + z[1] },
    pairs("complexSubtract") { z, _ in z[0] - z[1] },
    pairs("complexMultiply") { z, _ in z[0] * z[1] },
    pairs("complexDivide") { z, _ in z[0] / z[1] },
    pairs("complexNegate") { z, _ in -z[0] },
    pairs("complexReciprocal") { z, _ in z[0].reciprocal() },
    pairs("complexSquare") { z, _ in z[0].squared() },
    pairs("complexConjugate") { z, _ in z[0].conjugate() },
    pairs("complexSelect") { z, _ in .where(z[0].real .> 0, z[0], 1 - z[0]) },
    pairs("complexExp") { z, _ in z[0].exp() },
    reals("complexMagnitude") { z, _ in [z[0].abs()] },
    reals("complexMagnitudeOfEdges", .compiled) { z, _ in [z[0].abs()] },
    reals("complexReal") { z, _ in [z[0].real] },
    reals("complexImaginary") { z, _ in [z[0].imaginary] },
    reals("complexAngle") { z, _ in [z[0].angle()] },
    reals("complexAngleDegrees") { z, _ in [z[0].angle(degrees: true)] },
    reals("complexEqual", .compiled) { z, _ in [z[0] .== z[1], z[0] .!= z[1]] },
    reals("complexFinite", .compiled) { z, _ in
      [z[0].isFinite(), z[0].isNaN(), z[0].isInfinite()]
    },
    pairs("complexSum") { z, f in z[0].sum(axis: f.optional(0), keepDims: f.flag(1)) },
    pairs("complexMean") { z, f in z[0].mean(axis: f.optional(0), keepDims: f.flag(1)) },
    pairs("complexMatmul") { z, _ in z[0].matmul(z[1]) },
    pairs("complexMoved") { z, f in moved(z[0], f.word(0)) },
    reals("eigenvalues") { z, _ in
      [distances(Linalg.eigenvalues(z[0])).sum(axis: -1)]
    },
    reals("eigen") { z, _ in
      let (values, vectors) = Linalg.eig(z[0])
      return [distances(values).matmul(vectors.abs().matrixTransposed())]
    },
    reals("polynomialRoots", .eagerOnly) { z, _ in
      let roots = z[0].polynomialRoots()
      return [NDArray(roots.count, dtype: .int64), distances(roots).sum(axis: -1)]
    },
    .one("hadamardTransform") { x, f in x[0].hadamardTransform(scale: f.doubles(0).first) },
    .one("blockMaskedMatmul") { x, f in
      x.count == 3
        ? x[0].blockMaskedMatmul(x[1], blockSize: f.int(0), outMask: x[2])
        : x[0].blockMaskedMatmul(
          x[1], blockSize: f.int(0), outMask: x[4], lhsMask: x[2], rhsMask: x[3])
    },
  ]

  /// A function of complex arrays, made of pairs of inputs, whose result is complex.
  static func pairs(
    _ name: String, _ apply: @escaping @Sendable ([NDArray], NamespaceForm) -> NDArray
  ) -> NamespaceFunction {
    reals(name) { z, form in
      let result = apply(z, form)
      return [result.real, result.imaginary]
    }
  }

  /// A function of complex arrays, made of pairs of inputs, or of one real array.
  static func reals(
    _ name: String, _ checks: Checks = .compiledAndGradient,
    _ apply: @escaping @Sendable ([NDArray], NamespaceForm) -> [NDArray]
  ) -> NamespaceFunction {
    NamespaceFunction(name, checks) { x, form in
      if x.count == 1 { return apply(x, form) }
      return apply(
        stride(from: 0, to: x.count, by: 2).map { .complex(real: x[$0], imaginary: x[$0 + 1]) },
        form)
    }
  }

  /// The distances of numbers along the last axis to four points, one row for each.
  private static func distances(_ z: NDArray) -> NDArray {
    let points = NDArray(
      [Complex(0.5), Complex(-1.5, 2), Complex(0, 3), Complex(-2, -1)], shape: [4, 1],
      dtype: z.dtype)
    return (z.expandingDims(at: -2) - points).abs()
  }

  private static func moved(_ z: NDArray, _ name: String) -> NDArray {
    switch name {
    case "reshaped": return z.reshaped([2, 6])
    case "transposed": return z.transposed()
    case "rolled": return z.rolled(by: 1, axis: 1)
    case "flipped": return z.flipped(axis: 0)
    case "sliced": return z[1..., .stride(by: 2)]
    case "taken": return z.take(NDArray([2, 0, 0], dtype: .int64), axis: 1)
    case "lower": return z.triangularLower()
    case "upper": return z.triangularUpper()
    case "diagonalMatrix": return z[0].diagonalMatrix()
    case "diagonal": return z.diagonal()
    case "padded": return z.padded([(1, 0), (0, 2)], value: 3)
    case "repeated": return z.repeated(2, axis: 0)
    case "broadcast": return z.broadcast(to: [2, 3, 4])
    case "along":
      let places = NDArray([1, 0, 3, 2], dtype: .int64).broadcast(to: [3, 4])
      return z.takeAlongAxis(places, axis: 1)
    case "joined": return .concatenated([z, z.real], axis: 1)
    default:
      var written = z
      written[1..., 0] = NDArray(Complex(2, -1), dtype: z.dtype)
      return written
    }
  }
}
