import TandemOps
import Testing

/// Layers, losses, pooling and updates against what PyTorch gives, in every memory order.
@Suite struct PyTorchFixtureTests {
  @Test(arguments: MemoryOrder.allCases)
  func agreesWithPyTorch(order: MemoryOrder) throws {
    let file = try FixtureFile("pytorch")
    var complaints: [String] = []
    for item in file.cases {
      let inputs: [DirectArray] = item.inputs.map {
        order.array(file.scalars($0), $0.shape, $0.type)
      }
      let outputs =
        try item.products(of: inputs)
        ?? DirectArray.apply(#require(item.learnedOp, "\(item.operator)"), inputs)
      complaints += file.check(item, inputs, outputs: outputs)
    }
    #expect(
      complaints.isEmpty, "\(complaints.count): \(complaints.prefix(20).joined(separator: "\n"))")
  }
}

extension FixtureFile.Case {
  /// The forms' parts between slashes, as lists of integers.
  private var lists: [[Int]] {
    form.split(separator: "/", omittingEmptySubsequences: false)
      .map { $0.split(separator: ",").compactMap { Int($0) } }
  }

  /// The operator of a case in `pytorch.txt`.
  var learnedOp: (any Op)? { neural ?? windowed ?? normalizing ?? sequential }

  /// The results of a case that is not about one operator but about a method made of several.
  func products<A: ArrayExpression>(of inputs: [A]) -> [A]? {
    switch self.operator {
    case "einsum": return [A.einsum(form, inputs)]
    case "tensordot": return [inputs[0].tensordot(inputs[1], axes: (lists[0], lists[1]))]
    case "dot": return [inputs[0].dot(inputs[1])]
    case "inner": return [inputs[0].inner(inputs[1])]
    case "outer": return [inputs[0].outer(inputs[1])]
    case "kronecker": return [inputs[0].kronecker(inputs[1])]
    case "trace": return [inputs[0].trace()]
    case "matrixPower": return [Linalg.matrixPower(inputs[0], lists[0][0])]
    case "pseudoInverse": return [Linalg.pseudoInverse(inputs[0])]
    case "svd":
      let (u, s, vT) = Linalg.svd(inputs[0])
      let scaled = A.apply(Multiply(), u, s.expandingDims(at: -2), at: .unknown)
      return [
        scaled.matmul(vT), s, u.matrixTransposed().matmul(u), vT.matmul(vT.matrixTransposed()),
      ]
    case "qr":
      let (q, r) = Linalg.qr(inputs[0])
      return [q.matmul(r), q.matrixTransposed().matmul(q), r.triangularLower(offset: -1)]
    case "symmetricEigen":
      let (values, vectors) = Linalg.symmetricEigen(inputs[0])
      let scaled = A.apply(Multiply(), vectors, values.expandingDims(at: -2), at: .unknown)
      return [scaled.matmul(vectors.matrixTransposed()), values]
    default: return nil
    }
  }

  private var neural: (any Op)? {
    let first = lists.first?.first ?? 0
    switch self.operator {
    case "softmax": return Softmax(axis: first)
    case "softmaxGradient": return SoftmaxGradient(axis: first)
    case "logSoftmax": return LogSoftmax(axis: first)
    case "logSoftmaxGradient": return LogSoftmaxGradient(axis: first)
    case "softmaxCrossEntropy": return SoftmaxCrossEntropy()
    case "softmaxCrossEntropyGradient": return SoftmaxCrossEntropyGradient()
    case "linear": return Linear()
    case "sgdUpdate": return SGDUpdate()
    case "sgdMomentumUpdate": return SGDMomentumUpdate(nesterov: first == 1)
    case "adamUpdate": return AdamUpdate(decouplesWeightDecay: first == 1)
    default: return nil
    }
  }

  private var normalizing: (any Op)? {
    let (axis, epsilon) = (lists.first?.first ?? 0, 1e-5)
    return switch self.operator {
    case "layerNormalization": LayerNormalization(epsilon: epsilon)
    case "layerNormalizationGradient": LayerNormalizationGradient(epsilon: epsilon)
    case "rmsNormalization": RMSNormalization(epsilon: epsilon)
    case "rmsNormalizationGradient": RMSNormalizationGradient(epsilon: epsilon)
    case "batchNormalization": BatchNormalization(axis: axis, epsilon: epsilon)
    case "batchNormalizationGradient": BatchNormalizationGradient(axis: axis, epsilon: epsilon)
    case "batchNormalizationInference": BatchNormalizationInference(axis: axis, epsilon: epsilon)
    default: nil
    }
  }

  private var sequential: (any Op)? {
    let isCausal = form == "1"
    return switch self.operator {
    case "scaledDotProductAttention": ScaledDotProductAttention(isCausal: isCausal)
    case "scaledDotProductAttentionGradient": ScaledDotProductAttentionGradient(isCausal: isCausal)
    case "lstmSequence": LSTMSequence()
    case "lstmSequenceGradient": LSTMSequenceGradient()
    case "geluGradient": GELUGradient(approximation: GELU.Approximation(rawValue: form)!)
    case "rmsPropUpdate": RMSPropUpdate()
    case "adaGradUpdate": AdaGradUpdate()
    case "runningAverageUpdate": RunningAverageUpdate(kept: 0.75, factor: 1.5)
    default: nil
    }
  }

  private var convolutionGeometry: ConvolutionGeometry {
    let padding = Shape(lists[1])
    do throws(ShapeError) {
      return try ConvolutionGeometry(
        stride: Shape(lists[0]), paddingBegin: padding, paddingEnd: padding,
        dilation: Shape(lists[2]), groups: lists[3][0])
    } catch {
      fail(error.message, at: .unknown)
    }
  }

  private var poolGeometry: PoolGeometry {
    PoolGeometry(
      window: Shape(lists[0]), stride: Shape(lists[1]), paddingBegin: Shape(lists[2]),
      ceilMode: lists[3][0] == 1)
  }

  private var windowed: (any Op)? {
    switch self.operator {
    case "convolution": return Convolution(convolutionGeometry)
    case "convolutionInputGradient":
      return TandemOps.ConvolutionInputGradient(convolutionGeometry, input: Shape(lists[4]))
    case "convolutionWeightGradient":
      return TandemOps.ConvolutionWeightGradient(convolutionGeometry, weight: Shape(lists[4]))
    case "maxPool": return TandemOps.MaxPool(poolGeometry)
    case "maxPoolGradient": return MaxPoolGradient(poolGeometry)
    case "maxPoolSelection": return MaxPoolSelection(poolGeometry)
    case "averagePool":
      return TandemOps.AveragePool(poolGeometry, countsPadding: lists[4][0] == 1)
    case "averagePoolGradient":
      return AveragePoolGradient(
        poolGeometry, countsPadding: lists[4][0] == 1, input: Shape(lists[5]))
    default: return nil
    }
  }
}
