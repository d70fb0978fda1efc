import TandemArray
import TandemOps
import TestSupport

/// An operator with types that it takes: one sample at least for each operator of the catalog.
struct OperatorSample {
  let op: any Op
  let types: [TensorType]

  private static let key = TensorType(Shape(), .uint64)

  /// Operators that the other fixtures do not show, or not with all kinds of attributes.
  private static let further: [OperatorSample] =
    distributions.map { OperatorSample(op: $0, types: [key, key, key]) } + variates + [
      OperatorSample(op: RandomDropout(probability: 0.1), types: [.float32([4]), key, key, key]),
      OperatorSample(op: QR(), types: [.float64([3, 2])]),
      OperatorSample(op: SVD(), types: [.float64([3, 2])]),
      OperatorSample(op: SymmetricEigen(), types: [.float64([3, 3])]),
      OperatorSample(
        op: Pad(
          to: [4], at: Slice(starts: [1], steps: [1], counts: [2]),
          with: ScalarValue(-Double.infinity, .float32)), types: [.float32([2])]),
      OperatorSample(
        op: Pad(
          to: [4], at: Slice(starts: [3], steps: [-2], counts: [2]),
          with: ScalarValue(UInt64.max, .uint64)), types: [TensorType([2], .uint64)]),
      OperatorSample(
        op: RunningAverageUpdate(kept: 0.9, factor: 1.5),
        types: [.float32([3]), .float32([3])]),
    ] + gradients + complex

  /// Operators of complex numbers.
  private static let complex: [OperatorSample] = {
    let z = TensorType([2, 3], .complex64)
    return [
      OperatorSample(op: ComplexPair(), types: [.float32([2, 3]), .float32([3])]),
      OperatorSample(op: ComplexPart(isImaginary: true), types: [z]),
      OperatorSample(op: Conjugate(), types: [z]),
      OperatorSample(op: Eigen(), types: [.float32([3, 3])]),
      OperatorSample(op: Eigenvalues(), types: [TensorType([3, 3], .complex128)]),
      OperatorSample(op: FourierTransform(axis: 1, isInverse: true, scale: 0.1), types: [z]),
      OperatorSample(op: RealFourierTransform(axis: 0), types: [.float64([4])]),
      OperatorSample(op: InverseRealFourierTransform(axis: 1, count: 5), types: [z]),
    ]
  }()

  /// Gradients that read what the forward pass saved, and updates.
  private static let gradients: [OperatorSample] = {
    let (x, c, r) = (TensorType.float32([2, 3]), TensorType.float32([3]), TensorType.float32([2]))
    let (number, attention) = (TensorType.float32([]), TensorType.float32([1, 2, 3, 4]))
    let (gates, weight) = (TensorType.float32([5, 2, 12]), TensorType.float32([12, 3]))
    return [
      OperatorSample(
        op: BatchNormalizationGradient(axis: 1, epsilon: 1e-5), types: [x, x, c, c, c]),
      OperatorSample(op: LayerNormalizationGradient(epsilon: 1e-5), types: [x, x, c, r, r]),
      OperatorSample(op: RMSNormalizationGradient(epsilon: 1e-5), types: [x, x, c, r]),
      OperatorSample(
        op: ScaledDotProductAttentionGradient(isCausal: true),
        types: [attention, attention, .float32([1, 2, 3]), attention, attention, attention]),
      OperatorSample(
        op: LSTMSequenceGradient(),
        types: [
          .float32([5, 2, 3]), x, gates, weight, x, x, .float32([5, 3, 2]), .float32([5, 12, 2]),
        ]),
      OperatorSample(op: AdaGradUpdate(), types: [x, x, x, number, number, number]),
      OperatorSample(op: RMSPropUpdate(), types: [x, x, x, number, number, number, number]),
    ]
  }()

  private static let variates: [OperatorSample] = [
    OperatorSample(
      op: RandomVariate(.standardGamma, [2, 3], .float16), types: [.float64([3]), key, key, key]),
    OperatorSample(
      op: RandomVariate(.binomial, [2], .int8), types: [.int64([2]), .float32([]), key, key, key]),
    OperatorSample(
      op: RandomMultinomial([4], .float32), types: [.int64([]), .float32([4, 3]), key, key, key]),
    OperatorSample(
      op: RandomUniqueZipfian(range: 10, rows: [2], count: 3), types: [key, key, key]),
    OperatorSample(
      op: SparseMatMul(columns: 5, transposed: true),
      types: [.float64([7]), .int64([7]), .int64([4]), .float64([3, 2])]),
    OperatorSample(
      op: SampledMatMul(), types: [.int64([7]), .int64([4]), .float32([3, 2]), .float32([5, 2])]),
    OperatorSample(
      op: GammaSampleGradient(isLogarithm: true), types: [.float32([3]), .float64([2, 3])]),
  ]

  private static let distributions: [RandomSample] = [
    RandomSample(.uniform(low: -1, high: 0.1), [2], .float32),
    RandomSample(.normal(mean: 0, standardDeviation: 1), [2], .float32),
    RandomSample(.integers(low: Int.min, high: Int.max), [2], .int64),
    RandomSample(.bernoulli(probability: 0.3), [2], .bool),
    RandomSample(.permutation, [5], .int32),
    RandomSample(
      .truncatedNormal(mean: 0, standardDeviation: 1, low: -.infinity, high: 2), [], .float16),
    RandomSample(.exponential(scale: 1e-300), [], .float64),
    RandomSample(.gumbel(location: -0.0, scale: 3), [1, 1], .bfloat16),
  ]

  /// One sample for each operator and attributes.
  static let all: [OperatorSample] = {
    var found = further
    for name in FixtureFile.names {
      guard let file = try? FixtureFile(name) else { continue }
      for item in file.cases where FixtureFile.isOperator(item.operator) {
        found.append(
          OperatorSample(op: item.op, types: item.inputs.map { TensorType($0.shape, $0.type) }))
      }
    }
    for item in GradientCase.all {
      var random = SplitMix(seed: 1)
      let arrays: [DirectArray] = item.inputs.map { $0.domain.array($0.shape, &random) }
      found.append(OperatorSample(op: item.op, types: arrays.map(\.type)))
    }
    var known: Set<AnyHashable> = []
    return found.filter { known.insert(AnyHashable($0.op)).inserted }
  }()
}
