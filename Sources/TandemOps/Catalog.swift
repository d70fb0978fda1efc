import Synchronization

/// All operators: the single source for loading saved graphs, for the documentation table and for
/// the tests, which fail for an operator without a fixture and a gradient check.
public enum Catalog {
  /// Every operator that comes with Tandem.
  public static let standard: [any Op.Type] =
    elementwise + reductions + movement + linearAlgebra + neural + indexing + random + sparse
    + updates + complex

  static let elementwise: [any Op.Type] = [
    Absolute.self, Acos.self, Acosh.self, Add.self, Asin.self, Asinh.self, Atan.self,
    Atan2.self, Atanh.self, BitwiseAnd.self, BitwiseNot.self, BitwiseOr.self, BitwiseXor.self,
    Cast.self, Ceil.self, Clip.self, CopySign.self, Cos.self, Cosh.self, CubeRoot.self,
    Degrees.self, Digamma.self, Divide.self, Equal.self, Erf.self, ErfInverse.self, Exp.self,
    Expm1.self, FMax.self, FMin.self, Floor.self, FloorDivide.self, Fmod.self, Full.self,
    GCD.self, GELU.self, GELUGradient.self, Gamma.self, Greater.self, GreaterEqual.self,
    HardSigmoid.self, Hypot.self, IsFinite.self, IsInfinite.self, IsNaN.self,
    IsNegativeInfinity.self, IsPositiveInfinity.self, LCM.self, LdExp.self, LeftShift.self,
    Less.self, LessEqual.self, Log.self, Log10.self, Log1p.self, Log2.self, LogAddExp.self,
    LogGamma.self, LogSigmoid.self, LogicalAnd.self, LogicalNot.self, LogicalOr.self,
    LogicalXor.self, Maximum.self, Minimum.self, Mish.self, Multiply.self, NaNToNumber.self,
    Negate.self, NotEqual.self, Polygamma.self, Power.self, Radians.self, ReLU.self,
    ReLUGradient.self, Reciprocal.self, ReciprocalCubeRoot.self, ReciprocalSquareRoot.self,
    Remainder.self, RightShift.self, RoundDecimals.self, RoundHalfEven.self, Select.self, SiLU.self,
    Sigmoid.self, Sign.self, Sin.self, Sinh.self, SmoothL1.self, Softplus.self, Softsign.self,
    Square.self, SquareRoot.self, Subtract.self, Tan.self, Tanh.self, Truncate.self,
  ]

  static let complex: [any Op.Type] = [
    ComplexPair.self, ComplexPart.self, Conjugate.self, FourierTransform.self,
    InverseRealFourierTransform.self, RealFourierTransform.self, Eigen.self, Eigenvalues.self,
  ]

  static let reductions: [any Op.Type] = [
    AllTrue.self, AnyTrue.self, ArgMax.self, ArgMin.self, CumulativeMax.self, CumulativeMin.self,
    CumulativeProduct.self, CumulativeSum.self,
    LogSumExp.self, Max.self, Mean.self, Min.self, Product.self, Sum.self, VectorNorm.self,
  ]

  static let movement: [any Op.Type] = [
    AssignIndex.self, BasicIndex.self, BitCast.self, Broadcast.self, Concatenate.self,
    Contiguous.self, Diagonal.self, DiagonalMatrix.self, ExpandDims.self, Flip.self, Pad.self,
    Reshape.self, Slice.self, Squeeze.self, Transpose.self, TriangularLower.self,
    TriangularUpper.self,
  ]

  static let linearAlgebra: [any Op.Type] = [
    Cholesky.self, Determinant.self, Inverse.self, LU.self, LogDeterminant.self, MatMul.self,
    PseudoInverse.self, QR.self, SVD.self, SingularValues.self, Solve.self, SymmetricEigen.self,
    SymmetricEigenvalues.self, TriangularSolve.self,
  ]

  static let neural: [any Op.Type] = [
    AveragePool.self, AveragePoolGradient.self, BatchNormalization.self,
    BatchNormalizationGradient.self, BatchNormalizationInference.self, Convolution.self,
    ConvolutionInputGradient.self, ConvolutionWeightGradient.self, LSTMSequence.self,
    LSTMSequenceGradient.self, LayerNormalization.self, LayerNormalizationGradient.self,
    Linear.self, LogSoftmax.self, LogSoftmaxGradient.self, MaxPool.self, MaxPoolGradient.self,
    MaxPoolSelection.self, RMSNormalization.self, RMSNormalizationGradient.self,
    RandomDropout.self, ScaledDotProductAttention.self, ScaledDotProductAttentionGradient.self,
    Softmax.self, SoftmaxCrossEntropy.self, SoftmaxCrossEntropyGradient.self,
    SoftmaxGradient.self,
  ]

  static let indexing: [any Op.Type] = [
    ArgSort.self, Gather.self, OneHot.self, Scatter.self, SearchSorted.self, Sort.self, Take.self,
    TakeAlongAxis.self, TopK.self,
  ]

  static let random: [any Op.Type] = [
    GammaSampleGradient.self, RandomMultinomial.self, RandomSample.self, RandomUniqueZipfian.self,
    RandomVariate.self,
  ]

  static let sparse: [any Op.Type] = [SampledMatMul.self, SparseMatMul.self]

  static let updates: [any Op.Type] = [
    AdaGradUpdate.self, AdamUpdate.self, RMSPropUpdate.self, RunningAverageUpdate.self,
    SGDMomentumUpdate.self, SGDUpdate.self,
  ]

  private static let registered = Mutex<[any Op.Type]>([])

  /// Adds a user's operator, so that saved graphs that name it can be loaded. Its type must be
  /// `Codable`, which the compiler sees to if the stored properties are, and its name should have
  /// a domain, as `company.name`.
  ///
  /// - Throws: `ShapeError` if the catalog has another operator of this name and version, or the
  ///   name is that of an operator of control flow.
  public static func register(_ type: any Op.Type) throws(ShapeError) {
    if reservedNames.contains(type.name) {
      throw ShapeError("catalog: \(type.name) is the name of an operator of control flow")
    }
    try add(type)
  }

  /// The names of the operators that TandemGraph adds when the first of them is used.
  package static let reservedNames: Set<String> = [
    "cond", "scan", "whileLoop", "whileLoopGradient",
  ]

  /// Adds an operator under any name.
  ///
  /// - Throws: `ShapeError` if the catalog has another operator of this name and version.
  package static func add(_ type: any Op.Type) throws(ShapeError) {
    if let other = find(name: type.name, version: type.version) {
      guard other == type else {
        throw ShapeError("catalog: \(type.name)@\(type.version) is already another operator")
      }
      return
    }
    registered.withLock { $0.append(type) }
  }

  /// The operator with this name and version, if there is one.
  public static func find(name: String, version: Int) -> (any Op.Type)? {
    let matches: (any Op.Type) -> Bool = { $0.name == name && $0.version == version }
    return standard.first(where: matches) ?? registered.withLock { $0.first(where: matches) }
  }
}
