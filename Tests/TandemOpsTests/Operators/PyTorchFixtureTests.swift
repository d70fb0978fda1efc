import TandemOps
import Testing

/// Layers, losses, pooling and updates against what PyTorch gives, in every memory order.
@Suite struct PyTorchFixtureTests {
  @Test(arguments: MemoryOrder.allCases)
  func agreesWithPyTorch(order: MemoryOrder) throws {
    let file = try FixtureFile("pytorch")
    var complaints: [String] = []
    for item in file.cases {
      let op = try #require(item.learnedOp, "\(item.operator)")
      let inputs: [DirectArray] = item.inputs.map {
        order.array(file.scalars($0), $0.shape, $0.type)
      }
      complaints += file.check(item, inputs, outputs: DirectArray.apply(op, inputs))
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
  var learnedOp: (any Op)? { neural ?? windowed }

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
