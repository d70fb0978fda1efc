import TandemOps

// The cases of operators on matrices, pictures, classes and indices.

extension GradientCase {
  private static let smooth = Domain.between(-1, 1)

  static let linear: [GradientCase] = [
    GradientCase(MatMul(), [([2, 3], smooth), ([3, 4], smooth)]),
    GradientCase(MatMul(), [([5, 2, 3], smooth), ([3, 2], smooth)]),
    GradientCase(MatMul(), [([2, 1, 2, 3], smooth), ([4, 3, 2], smooth)]),
    GradientCase(Linear(), [([4, 3], smooth), ([2, 3], smooth), ([2], smooth)]),
    GradientCase(Linear(), [([2, 4, 3], smooth), ([5, 3], smooth)]),
  ]

  static let factorizations: [GradientCase] = [
    GradientCase(Cholesky(), [([3, 3], .positiveDefinite)]),
    GradientCase(Cholesky(), [([2, 2, 2], .positiveDefinite)]),
    GradientCase(Determinant(), [([3, 3], .positiveDefinite)]),
    GradientCase(Determinant(), [([2, 2, 2], .positiveDefinite)]),
    GradientCase(LogDeterminant(), [([3, 3], .positiveDefinite)]),
    GradientCase(Inverse(), [([2, 3, 3], .positiveDefinite)]),
    GradientCase(Solve(), [([3, 3], .positiveDefinite), ([3, 2], smooth)]),
    GradientCase(Solve(), [([2, 3, 3], .positiveDefinite), ([2, 3, 1], smooth)]),
    GradientCase(TriangularSolve(), [([3, 3], .lowerTriangular), ([3, 2], smooth)]),
    GradientCase(
      TriangularSolve(transposed: true), [([2, 3, 3], .lowerTriangular), ([2, 3, 2], smooth)]),
    GradientCase(
      TriangularSolve(unitDiagonal: true), [([3, 3], .lowerTriangular), ([3, 2], smooth)]),
    GradientCase(QR(), [([3, 3], smooth)]), GradientCase(QR(), [([4, 3], smooth)]),
    GradientCase(SVD(), [([3, 3], smooth)], outputs: [1]),
    GradientCase(SVD(), [([4, 2], smooth)]), GradientCase(SVD(), [([2, 4], smooth)]),
    GradientCase(SymmetricEigen(), [([3, 3], .positiveDefinite)]),
    GradientCase(SymmetricEigen(), [([2, 3, 3], .positiveDefinite)], outputs: [0]),
    GradientCase(LU(), [([3, 3], smooth)]), GradientCase(LU(), [([2, 5, 3], smooth)]),
    GradientCase(LU(), [([2, 3, 5], smooth)]),
    GradientCase(SingularValues(), [([2, 4, 3], smooth)]),
    GradientCase(SymmetricEigenvalues(), [([2, 3, 3], .positiveDefinite)]),
    GradientCase(PseudoInverse(tolerance: 1e-12), [([3, 3], smooth)]),
    GradientCase(PseudoInverse(tolerance: 1e-12), [([2, 4, 3], smooth)]),
    GradientCase(PseudoInverse(tolerance: 1e-12), [([2, 4], smooth)]),
  ]

  private static let window = PoolGeometry(
    window: [2, 2], stride: [1, 2], paddingBegin: [1, 0], paddingEnd: [0, 1])

  private static let geometries: [ConvolutionGeometry] = {
    let all: [ConvolutionGeometry?] = [
      try? ConvolutionGeometry(
        stride: [1, 1], paddingBegin: [0, 0], paddingEnd: [0, 0], dilation: [1, 1]),
      try? ConvolutionGeometry(
        stride: [2, 1], paddingBegin: [1, 0], paddingEnd: [0, 1], dilation: [1, 2], groups: 2),
    ]
    return all.compactMap { $0 }
  }()

  private static let picture: Shape = [2, 2, 5, 5]
  private static let filters: [Shape] = [[3, 2, 2, 2], [4, 1, 3, 2]]
  private static let answers: [Shape] = [[2, 3, 4, 4], [2, 4, 2, 4]]

  private static let convolutions: [GradientCase] = geometries.indices.flatMap { index in
    let (geometry, filter, answer) = (geometries[index], filters[index], answers[index])
    return [
      GradientCase(Convolution(geometry), [(picture, smooth), (filter, smooth)]),
      GradientCase(
        ConvolutionInputGradient(geometry, input: picture), [(answer, smooth), (filter, smooth)]),
      GradientCase(
        ConvolutionWeightGradient(geometry, weight: filter), [(picture, smooth), (answer, smooth)]),
    ]
  }

  private static let pooling: [GradientCase] = [
    GradientCase(MaxPool(window), [([1, 2, 4, 5], .apart)]),
    GradientCase(
      MaxPoolGradient(window), [([1, 2, 4, 3], smooth), ([1, 2, 4, 5], .apart)], varied: [0]),
    GradientCase(
      MaxPoolSelection(window), [([1, 2, 4, 5], smooth), ([1, 2, 4, 5], .apart)], varied: [0]),
    GradientCase(AveragePool(window), [([1, 2, 4, 5], smooth)]),
    GradientCase(AveragePool(window, countsPadding: false), [([1, 2, 4, 5], smooth)]),
    GradientCase(
      AveragePoolGradient(window, countsPadding: true, input: [1, 2, 4, 5]),
      [([1, 2, 4, 3], smooth)]),
  ]

  private static let classes: [GradientCase] = [
    GradientCase(SoftmaxCrossEntropy(), [([3, 4], smooth), ([3], .integers([0, 3, 1]))]),
    GradientCase(
      SoftmaxCrossEntropyGradient(),
      [([3, 4], smooth), ([3], .integers([0, 3, 1])), ([3], smooth), ([3], smooth)]),
  ]

  private static let normalizations: [GradientCase] = [
    GradientCase(
      LayerNormalization(epsilon: 0.1), [([3, 4], smooth), ([4], smooth), ([4], smooth)],
      outputs: [0]),
    GradientCase(
      RMSNormalization(epsilon: 0.1), [([2, 2, 4], smooth), ([4], smooth)], outputs: [0]),
    GradientCase(
      BatchNormalization(axis: 1, epsilon: 0.1),
      [([3, 2, 4], smooth), ([2], smooth), ([2], smooth)]),
    GradientCase(
      BatchNormalization(axis: 1, epsilon: 0.1), [([5, 3], smooth), ([3], smooth), ([3], smooth)],
      outputs: [0]),
    GradientCase(
      BatchNormalizationInference(axis: 0, epsilon: 0.1),
      [
        ([2, 3], smooth), ([2], smooth), ([2], smooth), ([2], smooth), ([2], .between(0.5, 2)),
      ]),
  ]

  private static let sequences: [GradientCase] = [
    GradientCase(
      ScaledDotProductAttention(isCausal: false),
      [([2, 2, 3, 4], smooth), ([2, 2, 5, 4], smooth), ([2, 2, 5, 4], smooth)], outputs: [0]),
    GradientCase(
      ScaledDotProductAttention(isCausal: true), [([2, 5, 3, 2, 4], smooth)], outputs: [0]),
    GradientCase(
      ScaledDotProductAttention(isCausal: true),
      [([1, 1, 2, 3], smooth), ([1, 1, 4, 3], smooth), ([1, 1, 4, 3], smooth)], outputs: [0]),
    GradientCase(
      LSTMSequence(),
      [([3, 2, 8], smooth), ([8, 2], smooth), ([2, 2], smooth), ([2, 2], smooth)],
      outputs: [0, 1]),
  ]

  static let neural: [GradientCase] =
    convolutions + pooling + classes + normalizations + sequences
    + [0, 1, 2].flatMap { axis in
      [
        GradientCase(Softmax(axis: axis), [([2, 3, 4], smooth)]),
        GradientCase(LogSoftmax(axis: axis), [([2, 3, 4], smooth)]),
        GradientCase(SoftmaxGradient(axis: axis), [([2, 3, 4], smooth), ([2, 3, 4], smooth)]),
        GradientCase(LogSoftmaxGradient(axis: axis), [([2, 3, 4], smooth), ([2, 3, 4], smooth)]),
      ]
    }

  /// `x[1, 2:0:-1, newaxis, ::2]`.
  static let plan = IndexPlan([
    .select(1), .slice(start: 2, step: -1, count: 2), .newAxis, .slice(start: 0, step: 2, count: 2),
  ])

  static let indexing: [GradientCase] =
    [
      GradientCase(BasicIndex(plan), [([2, 3, 4], smooth)]),
      GradientCase(AssignIndex(plan), [([2, 3, 4], smooth), ([2, 1, 2], smooth)]),
      GradientCase(AssignIndex(plan), [([2, 3, 4], smooth), ([1, 1], smooth)]),
      GradientCase(Sort(axis: 1), [([2, 4], .apart)]),
      GradientCase(Sort(axis: 0, descending: true), [([3, 2], .apart)]),
      GradientCase(TopK(k: 2, axis: 1), [([2, 4], .apart)]),
      GradientCase(Take(axis: 1), [([2, 3], smooth), ([2, 2], .integers([0, 2, -1, 0]))]),
      GradientCase(
        TakeAlongAxis(axis: 1), [([2, 3], smooth), ([2, 2], .integers([0, 2, -1, 0]))]),
      GradientCase(
        Gather(count: 2),
        [([2, 3, 2], smooth), ([3], .integers([0, 1, 0])), ([3], .integers([2, 0, 2]))]),
    ]
    + [TandemKernels.Scatter.Mode.add, .set, .min, .max].map { mode in
      GradientCase(
        Scatter(.rows(axis: 0), mode),
        [
          ([4, 2], .exactly([0, 5, 2, -3, 4, 1, 6, -2])),
          ([3, 2], .exactly([1, 4, -1, 0.5, 3, 7])), ([3], .integers([2, 0, 2])),
        ])
    }
}
