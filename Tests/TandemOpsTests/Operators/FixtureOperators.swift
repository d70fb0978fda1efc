import TandemOps

extension FixtureFile.Case {
  /// The operator that the case is about, with the attributes that its form says.
  var op: any Op {
    if let plain = plainOperators[self.operator] { return plain }
    return reduction ?? structured ?? movement
  }

  /// Integers separated by commas; none for other texts.
  private func integers(_ text: some StringProtocol) -> [Int] {
    text.split(separator: ",").compactMap { Int($0) }
  }

  /// The parts of a form like `axes=0,2;keep`.
  private var axes: [Int] {
    integers(form.split(separator: ";").first.map { $0.dropFirst("axes=".count) } ?? "")
  }

  private var reduction: (any Op)? {
    let keep = form.hasSuffix(";keep")
    let reversed = form.hasSuffix(";reversed")
    switch self.operator {
    case "sum": return Sum(axes: axes, keepDims: keep)
    case "product": return Product(axes: axes, keepDims: keep)
    case "mean": return Mean(axes: axes, keepDims: keep)
    case "norm": return VectorNorm(axes: axes, keepDims: keep)
    case "logSumExp": return LogSumExp(axes: axes, keepDims: keep)
    case "max": return Max(axes: axes, keepDims: keep)
    case "min": return Min(axes: axes, keepDims: keep)
    case "any": return AnyTrue(axes: axes, keepDims: keep)
    case "all": return AllTrue(axes: axes, keepDims: keep)
    case "argMax": return ArgMax(axis: axes[0], keepDims: keep)
    case "argMin": return ArgMin(axis: axes[0], keepDims: keep)
    case "cumulativeSum": return CumulativeSum(axis: axes[0], reversed: reversed)
    case "cumulativeProduct": return CumulativeProduct(axis: axes[0], reversed: reversed)
    case "cumulativeMax": return CumulativeMax(axis: axes[0], reversed: reversed)
    case "cumulativeMin": return CumulativeMin(axis: axes[0], reversed: reversed)
    default: return nil
    }
  }

  /// Integers in parts that slashes separate.
  private var parts: [[Int]] {
    form.split(separator: "/", omittingEmptySubsequences: false).map { integers($0) }
  }

  private var structured: (any Op)? {
    let parts = parts
    let numbers = parts.first ?? []
    func descending() -> Bool { numbers.last == 1 }
    switch self.operator {
    case "softmax": return Softmax(axis: numbers[0])
    case "logSoftmax": return LogSoftmax(axis: numbers[0])
    case "softmaxGradient": return SoftmaxGradient(axis: numbers[0])
    case "logSoftmaxGradient": return LogSoftmaxGradient(axis: numbers[0])
    case "convolution": return Convolution(convolution)
    case "convolutionInputGradient":
      return ConvolutionInputGradient(convolution, input: Shape(parts[5]))
    case "convolutionWeightGradient":
      return ConvolutionWeightGradient(convolution, weight: Shape(parts[5]))
    case "maxPool": return MaxPool(pool)
    case "maxPoolGradient": return MaxPoolGradient(pool)
    case "maxPoolSelection": return MaxPoolSelection(pool)
    case "averagePool": return AveragePool(pool, countsPadding: parts[5] == [1])
    case "averagePoolGradient":
      return AveragePoolGradient(pool, countsPadding: true, input: Shape(parts[5]))
    case "solvingTriangular":
      return TriangularSolve(
        lower: numbers[0] == 1, transposed: numbers[1] == 1, unitDiagonal: numbers[2] == 1)
    case "pseudoInverse": return PseudoInverse(tolerance: Double(form)!)
    case "take": return Take(axis: numbers[0])
    case "takeAlongAxis": return TakeAlongAxis(axis: numbers[0])
    case "gather": return Gather(count: numbers[0])
    case "scatter": return Scatter(.rows(axis: 0), scatterMode)
    case "oneHot":
      return OneHot(depth: numbers[0], dtype: DType(named: form.split(separator: ",")[1])!)
    case "sorted": return Sort(axis: numbers[0], descending: descending())
    case "argSort": return ArgSort(axis: numbers[0], descending: descending())
    case "topK": return TopK(k: numbers[0], axis: numbers[1], largest: descending())
    case "sgdMomentumUpdate": return SGDMomentumUpdate(nesterov: descending())
    case "adamUpdate": return AdamUpdate(decouplesWeightDecay: descending())
    case "index": return BasicIndex(GradientCase.plan)
    case "assign": return AssignIndex(GradientCase.plan)
    case "searchSorted": return SearchSorted(right: descending())
    default: return nil
    }
  }

  private var scatterMode: TandemKernels.Scatter.Mode {
    switch form {
    case "set": .set
    case "min": .min
    case "max": .max
    default: .add
    }
  }

  private var convolution: ConvolutionGeometry {
    let shapes = parts.map { Shape($0) }
    guard
      let geometry = try? ConvolutionGeometry(
        stride: shapes[0], paddingBegin: shapes[1], paddingEnd: shapes[2], dilation: shapes[3],
        groups: parts[4][0])
    else { fail("fixtures: no such convolution: \(form)", at: .unknown) }
    return geometry
  }

  private var pool: PoolGeometry {
    let shapes = parts.map { Shape($0) }
    return PoolGeometry(
      window: shapes[0], stride: shapes[1], paddingBegin: shapes[2], paddingEnd: shapes[3],
      dilation: shapes[4])
  }

  private var movement: any Op {
    let parts = parts
    let numbers = parts.first ?? []
    switch self.operator {
    case "cast": return Cast(to: DType(named: form)!)
    case "bitCast": return BitCast(to: DType(named: form)!)
    case "gelu": return GELU(approximation: GELU.Approximation(rawValue: form)!)
    case "nanToNumber":
      let places = numbers.map { Double($0) }
      return places.isEmpty
        ? NaNToNumber()
        : NaNToNumber(nan: places[0], positiveInfinity: places[1], negativeInfinity: places[2])
    case "polygamma": return Polygamma(order: numbers[0])
    case "roundedDecimals": return RoundDecimals(decimals: numbers[0])
    case "full": return Full(shape: Shape(numbers))
    case "transposed": return Transpose(order: numbers)
    case "reshaped": return Reshape(to: Shape(numbers))
    case "expandingDims": return ExpandDims(axis: numbers[0])
    case "squeezed": return Squeeze(axes: numbers)
    case "flipped": return Flip(axes: numbers)
    case "broadcast": return Broadcast(to: Shape(numbers))
    case "sliced": return Slice(starts: parts[0], steps: parts[1], counts: parts[2])
    case "padded":
      let part = Slice(starts: parts[1], steps: parts[2], counts: parts[3])
      return Pad(to: Shape(numbers), at: part, with: ScalarValue(1, inputs[0].type))
    case "triangularUpper": return TriangularUpper(offset: numbers[0])
    case "triangularLower": return TriangularLower(offset: numbers[0])
    case "diagonal": return Diagonal(offset: numbers[0])
    case "diagonalMatrix":
      return DiagonalMatrix(rows: numbers[0], columns: numbers[1], offset: numbers[2])
    case "concatenated": return Concatenate(axis: numbers[0])
    default: fail("fixtures: no such operator: \(self.operator)", at: .unknown)
    }
  }
}

/// The operators without attributes, by name.
private let plainOperators: [String: any Op] = Dictionary(
  uniqueKeysWithValues: plainList.map { (type(of: $0).name, $0) })

private let plainList: [any Op] = [
  Absolute(), Acos(), Add(), Asin(), Atan(), Atan2(), BitwiseAnd(), BitwiseNot(), BitwiseOr(),
  BitwiseXor(), Ceil(), Clip(), Contiguous(), Cos(), Cosh(), Divide(), Equal(), Erf(), Exp(),
  Expm1(), Floor(), FloorDivide(), Greater(), GreaterEqual(), Hypot(), IsFinite(), IsInfinite(),
  IsNaN(), LeftShift(),
  Less(), LessEqual(), Log(), Log10(), Log1p(), Log2(), LogicalAnd(), LogicalNot(), LogicalOr(),
  LogicalXor(), MatMul(), Linear(), SoftmaxCrossEntropy(), SoftmaxCrossEntropyGradient(),
  Cholesky(), Determinant(), Inverse(), LogDeterminant(), Solve(), SGDUpdate(), Maximum(),
  Minimum(), Multiply(), Negate(), NotEqual(), Power(),
  ReLU(), ReLUGradient(), Reciprocal(), ReciprocalSquareRoot(), Remainder(), RightShift(),
  RoundHalfEven(), Select(), SiLU(), Sigmoid(), Sign(), Sin(), Sinh(), Softplus(), Square(),
  SquareRoot(), Subtract(), Tan(), Tanh(), Truncate(), Degrees(), Radians(), IsPositiveInfinity(),
  IsNegativeInfinity(), Softsign(), LogSigmoid(), Mish(), FMax(), FMin(), HardSigmoid(), SmoothL1(),
  CubeRoot(), ReciprocalCubeRoot(), Asinh(), Acosh(), Atanh(), ErfInverse(), Gamma(), LogGamma(),
  Digamma(), Fmod(), CopySign(), LogAddExp(), GCD(), LCM(),
  LdExp(), LU(), SingularValues(), SymmetricEigenvalues(),
]

extension FixtureFile {
  /// Operators without a fixture, and why.
  static let reasons: [String: String] = [
    "dropout": "random; ModeTests compare what stays with the generator's draws",
    "qr": "signs are free; FactorizationTests multiply the factors",
    "svd": "signs are free; FactorizationTests multiply the factors",
    "symmetricEigen": "signs are free; FactorizationTests multiply the factors",
    "gammaSampleGradient": "GammaGradientTests compare with SciPy's inverse functions",
    "randomMultinomial": sampler, "randomUniqueZipfian": sampler, "randomVariate": sampler,
    "sampledMatmul": sparse, "sparseMatmul": sparse,
    "complex": complex, "complexPart": complex, "conjugate": complex, "eigen": complex,
    "eigenvalues": complex, "fourierTransform": complex, "inverseRealFourierTransform": complex,
    "realFourierTransform": complex,
    "random": "takes no inputs; RandomTests compare the generator with its definition",
  ]
}

private let complex = "takes or gives complex numbers; NamespaceTests compare with NumPy"
private let sparse = "SparseMatrixTests compare with SciPy"
private let sampler = "random; SamplerTests and CategoryTests hold it to SciPy's distributions"

extension FixtureFile.Case {
  /// What comes out for the given inputs: of an operator, or of a method made of several.
  func apply<A: TestArray>(_ x: [A]) -> [A] {
    let numbers = integers(form)
    switch self.operator {
    case "tiled": return [x[0].tiled(numbers)]
    case "repeated": return [x[0].repeated(numbers[0], axis: numbers[1])]
    case "rolled": return [x[0].rolled(by: numbers[0], axis: numbers[1])]
    case "movedAxis": return [x[0].movedAxis(from: numbers[0], to: numbers[1])]
    case "flattened":
      return [numbers.isEmpty ? x[0].flattened() : x[0].flattened(from: numbers[0])]
    case "split": return x[0].split(into: numbers[0], axis: numbers[1])
    case "splitAt": return x[0].split(at: Array(numbers.dropLast()), axis: numbers.last!)
    case "stacked": return [.stacked(x, axis: numbers[0])]
    case "argMaxOfAll": return [x[0].argMax()]
    case "variance":
      return [x[0].variance(axis: numbers.dropLast().first, correction: Double(numbers.last!))]
    case "standardDeviation":
      return [
        x[0].standardDeviation(axis: numbers.dropLast().first, correction: Double(numbers.last!))
      ]
    default: return linearAlgebra(x) ?? A.apply(op, x)
    }
  }
}
