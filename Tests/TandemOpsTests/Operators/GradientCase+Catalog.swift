import TandemOps

extension GradientCase {
  /// The cases of all operators.
  static let all: [GradientCase] =
    unary + binary + ternary + reductions + movement + linear + factorizations + neural + indexing

  /// Operators without a check, and why.
  static let reasons: [String: String] = [
    "batchNormalizationGradient": saved, "dropout": "linear; its layer's test checks the gradient",
    "sampledMatmul": sparse, "sparseMatmul": sparse,
    "randomVariate": "a rejected draw makes it jump; GammaGradientTests compare with SciPy",
    "layerNormalizationGradient": saved, "lstmSequenceGradient": saved,
    "complex": complex, "complexPart": complex, "conjugate": complex, "eigen": complex,
    "eigenvalues": complex, "fourierTransform": complex, "inverseRealFourierTransform": complex,
    "realFourierTransform": complex,
    "rmsNormalizationGradient": saved, "scaledDotProductAttentionGradient": saved,
  ]

  private static let complex =
    "takes or gives complex numbers; NamespaceTests check functions of real parts"
  private static let sparse =
    "row starts must be in order; SparseMatrixTests compare with differences, of second order too"

  private static let saved =
    "reads what the forward pass saved, which cannot be varied alone; the gradient of second order "
    + "of the operator itself checks it"

  private static let unary: [GradientCase] = [
    shapes(Absolute(), .apart), shapes(Acos(), .between(-0.9, 0.9)),
    shapes(Asin(), .between(-0.9, 0.9)), shapes(Atan(), .between(-3, 3)),
    shapes(Cast(to: .float64), .between(-3, 3)), shapes(Cos(), .between(-3, 3)),
    shapes(Cosh(), .between(-3, 3)), shapes(Erf(), .between(-2, 2)),
    shapes(Exp(), .between(-2, 2)), shapes(Expm1(), .between(-2, 2)),
    shapes(GELU(approximation: .none), .between(-3, 3)),
    shapes(GELU(approximation: .tanh), .between(-3, 3)),
    shapes(GELU(approximation: .sigmoid), .between(-3, 3)), shapes(Log(), .between(0.5, 3)),
    shapes(Log10(), .between(0.5, 3)), shapes(Log1p(), .between(-0.5, 3)),
    shapes(Log2(), .between(0.5, 3)), shapes(Negate(), .between(-3, 3)),
    shapes(ReLU(), .apart), shapes(Reciprocal(), .between(0.5, 3)),
    shapes(ReciprocalSquareRoot(), .between(0.5, 3)), shapes(SiLU(), .between(-3, 3)),
    shapes(Sigmoid(), .between(-3, 3)), shapes(Sin(), .between(-3, 3)),
    shapes(Sinh(), .between(-3, 3)), shapes(Softplus(), .between(-3, 3)),
    shapes(Square(), .between(-3, 3)), shapes(SquareRoot(), .between(0.5, 3)),
    shapes(Tan(), .between(-1, 1)), shapes(Tanh(), .between(-2, 2)),
    functions,
    [GradientCase(Full(shape: [2, 3]), [([], .between(-1, 1))])],
  ].flatMap { $0 }

  private static let binary: [GradientCase] = [
    broadcasting(Add(), .between(-3, 3), .between(-3, 3)),
    broadcasting(Subtract(), .between(-3, 3), .between(-3, 3)),
    broadcasting(Multiply(), .between(-3, 3), .between(-3, 3)),
    broadcasting(Divide(), .between(-3, 3), .between(0.5, 3)),
    broadcasting(Power(), .between(0.5, 3), .between(-2, 2)),
    broadcasting(Remainder(), .between(4.1, 4.9), .between(1.7, 1.9)),
    broadcasting(Maximum(), .between(-1, 0), .between(0.1, 1)),
    broadcasting(Maximum(), .between(0.1, 1), .between(-1, 0)),
    broadcasting(Minimum(), .between(-1, 0), .between(0.1, 1)),
    broadcasting(Minimum(), .between(0.1, 1), .between(-1, 0)),
    broadcasting(Atan2(), .between(-3, 3), .between(0.5, 3)),
    broadcasting(Hypot(), .between(0.5, 3), .between(-3, 3)),
    functionsOfTwo,
    // Where a power or a length has a corner, the documented gradient counts, not the difference.
    [
      GradientCase(
        Power(), [([3], .exactly([0, 0, -1.5])), ([3], .exactly([2, 1.5, 3]))], varied: []),
      GradientCase(
        ReLUGradient(), [([2, 3], .between(-1, 1)), ([2, 3], .apart)], varied: [0]),
      GradientCase(
        GELUGradient(), [([2, 3], .between(-1, 1)), ([2, 3], .between(-3, 3))]),
      GradientCase(
        GELUGradient(approximation: .tanh),
        [([2, 3], .between(-1, 1)), ([2, 3], .between(-3, 3))]),
    ],
  ].flatMap { $0 }

  private static let ternary: [GradientCase] = [
    GradientCase(
      Select(),
      [([2, 1], .truths([true, false])), ([2, 3], .between(-1, 1)), ([3], .between(-1, 1))]),
    GradientCase(
      Select(), [([], .truths([true])), ([2], .between(-1, 1)), ([], .between(-1, 1))]),
    GradientCase(
      Clip(),
      [
        ([5], .exactly([-2, -0.5, 0.1, 0.6, 3])), ([], .exactly([-1])), ([5], .between(1, 2)),
      ]),
    GradientCase(Clip(), [([2], .exactly([0.2, 4])), ([], .exactly([2])), ([], .exactly([1]))]),
  ]

  /// An operator for every choice of axes of a three-dimensional array, kept or not.
  private static func axes(
    _ domain: Domain, _ make: ([Int], Bool) -> any Op
  ) -> [GradientCase] {
    let choices: [[Int]] = [[0], [1], [2], [0, 2], [0, 1, 2]]
    return choices.flatMap { axes in
      [false, true].map { GradientCase(make(axes, $0), [([2, 3, 2], domain)]) }
    } + [GradientCase(make([], false), [([], domain)])]
  }

  private static let reductions: [GradientCase] = [
    axes(.between(-1, 1)) { Sum(axes: $0, keepDims: $1) },
    axes(.between(-1, 1)) { Mean(axes: $0, keepDims: $1) },
    axes(.between(0.5, 2)) { Product(axes: $0, keepDims: $1) },
    axes(.apart) { Max(axes: $0, keepDims: $1) }, axes(.apart) { Min(axes: $0, keepDims: $1) },
    axes(.between(-1, 1)) { LogSumExp(axes: $0, keepDims: $1) },
    axes(.between(0.5, 1)) { VectorNorm(axes: $0, keepDims: $1) },
    [
      // Zeros: none, one and two in a row.
      GradientCase(
        Product(axes: [1]), [([3, 3], .exactly([1, 2, 3, 0, 2, 3, 0, 0, 3]))]),
      GradientCase(
        CumulativeProduct(axis: 1), [([3, 4], .exactly([1, 2, 3, 4, 2, 0, 3, 4, 2, 0, 3, 0]))]),
      GradientCase(
        CumulativeProduct(axis: 0, reversed: true),
        [([3, 2], .exactly([1, 2, 0, 3, 4, 0]))]),
    ],
    [0, 1, 2].flatMap { axis in
      [false, true].flatMap { reversed in
        [
          GradientCase(
            CumulativeSum(axis: axis, reversed: reversed), [([2, 3, 2], .between(-1, 1))]),
          GradientCase(
            CumulativeProduct(axis: axis, reversed: reversed), [([2, 3, 2], .between(0.5, 2))]),
          GradientCase(CumulativeMax(axis: axis, reversed: reversed), [([2, 3, 2], .apart)]),
          GradientCase(CumulativeMin(axis: axis, reversed: reversed), [([2, 3, 2], .apart)]),
        ]
      }
    },
  ].flatMap { $0 }

  private static let part = Slice(starts: [1, 3], steps: [1, -2], counts: [2, 2])

  private static let movement: [GradientCase] = [
    GradientCase(Broadcast(to: [4, 2, 3]), [([2, 1], .between(-1, 1))]),
    GradientCase(Broadcast(to: [2]), [([], .between(-1, 1))]),
    GradientCase(
      Concatenate(axis: 1), [([2, 1], .between(-1, 1)), ([2, 3], .between(-1, 1))]),
    GradientCase(Contiguous(), [([2, 3], .between(-1, 1))]),
    GradientCase(Diagonal(offset: 1), [([2, 3, 4], .between(-1, 1))]),
    GradientCase(Diagonal(offset: -1), [([3, 3], .between(-1, 1))]),
    GradientCase(DiagonalMatrix(rows: 3, columns: 4, offset: 1), [([2, 3], .between(-1, 1))]),
    GradientCase(ExpandDims(axis: 1), [([2, 3], .between(-1, 1))]),
    GradientCase(Flip(axes: [0, 1]), [([2, 3], .between(-1, 1))]),
    GradientCase(Pad(to: [4, 5], at: part, with: ScalarValue(2.0, .float64)), [([2, 2], .apart)]),
    GradientCase(Reshape(to: [3, 2]), [([2, 3], .between(-1, 1))]),
    GradientCase(part, [([3, 4], .between(-1, 1))]),
    GradientCase(Squeeze(axes: [1]), [([2, 1, 3], .between(-1, 1))]),
    GradientCase(Transpose(order: [2, 0, 1]), [([2, 3, 4], .between(-1, 1))]),
    GradientCase(TriangularLower(offset: 1), [([2, 3, 4], .between(-1, 1))]),
    GradientCase(TriangularUpper(offset: -1), [([4, 3], .between(-1, 1))]),
  ]
}
