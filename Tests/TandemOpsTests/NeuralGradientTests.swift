import Testing

@testable import TandemOps

/// Gradients of first and second order, as graphs: types agree and the verifier accepts them.
@Suite struct NeuralGradientTests {
  static let geometries: [(ConvolutionGeometry, Shape, Shape)] = {
    do {
      return [
        (
          try ConvolutionGeometry(
            stride: [1, 1], paddingBegin: [1, 1], paddingEnd: [1, 1], dilation: [1, 1]),
          [2, 3, 8, 8], [4, 3, 3, 3]
        ),
        (
          try ConvolutionGeometry(
            stride: [2, 3], paddingBegin: [0, 2], paddingEnd: [1, 0], dilation: [2, 1], groups: 2),
          [2, 4, 9, 10], [6, 2, 3, 2]
        ),
        (
          try ConvolutionGeometry(
            stride: [2], paddingBegin: [1], paddingEnd: [1], dilation: [1]), [2, 3, 7], [4, 3, 2]
        ),
      ]
    } catch {
      return []
    }
  }()

  @Test func convolution() throws {
    #expect(Self.geometries.count == 3)
    for (geometry, x, weight) in Self.geometries {
      let types: [TensorType] = [.float32(x), .float32(weight), .float32([weight[0]])]
      try GradientGraph(Convolution(geometry), types).check(flowsTo: [true, true, true])
      try GradientGraph(Convolution(geometry), Array(types.prefix(2))).check(flowsTo: [true, true])
      let y = TensorType.float32(try geometry.outputShape(input: x, weight: weight))
      try GradientGraph(TandemOps.ConvolutionInputGradient(geometry, input: x), [y, types[1]])
        .check(flowsTo: [true, true])
      try GradientGraph(
        TandemOps.ConvolutionWeightGradient(geometry, weight: weight), [types[0], y]
      ).check(flowsTo: [true, true])
    }
  }

  @Test func pooling() throws {
    let geometry = PoolGeometry(window: [3, 2], stride: [2, 2], paddingBegin: [1, 0])
    let x = TensorType.float32([2, 3, 9, 8])
    let y = TensorType.float32(try geometry.outputShape(for: x.shape))
    try GradientGraph(TandemOps.MaxPool(geometry), [x]).check(flowsTo: [true])
    try GradientGraph(MaxPoolGradient(geometry), [y, x]).check(flowsTo: [true, false])
    try GradientGraph(MaxPoolSelection(geometry), [x, x]).check(flowsTo: [true, false])
    try GradientGraph(TandemOps.AveragePool(geometry), [x]).check(flowsTo: [true])
    try GradientGraph(AveragePoolGradient(geometry, countsPadding: true, input: x.shape), [y])
      .check(flowsTo: [true])
  }

  @Test func softmaxFamily() throws {
    for dtype in [DType.float32, .float64, .bfloat16] {
      for axis in 0..<3 {
        let x = TensorType([2, 5, 4], dtype)
        try GradientGraph(Softmax(axis: axis), [x]).check(flowsTo: [true])
        try GradientGraph(SoftmaxGradient(axis: axis), [x, x]).check(flowsTo: [true, true])
        try GradientGraph(LogSoftmax(axis: axis), [x]).check(flowsTo: [true])
        try GradientGraph(LogSoftmaxGradient(axis: axis), [x, x]).check(flowsTo: [true, true])
      }
    }
  }

  @Test(arguments: [DType.float32, .float64, .bfloat16], [[7], [2, 3], []] as [[Int]])
  func crossEntropy(dtype: DType, batch: [Int]) throws {
    let labels = Shape(batch)
    let types = [TensorType(labels.appending(10), dtype), TensorType(labels, .int64)]
    try GradientGraph(SoftmaxCrossEntropy(), types).check(flowsTo: [true, false])
    let more = types + [TensorType(labels, dtype.accumulating), TensorType(labels, dtype)]
    try GradientGraph(SoftmaxCrossEntropyGradient(), more)
      .check(flowsTo: [true, false, true, true])
  }

  @Test(arguments: [[4], [5, 4], [2, 3, 4]] as [[Int]])
  func linear(shape: [Int]) throws {
    let types: [TensorType] = [.float32(Shape(shape)), .float32([6, 4]), .float32([6])]
    try GradientGraph(Linear(), types).check(flowsTo: [true, true, true])
    try GradientGraph(Linear(), Array(types.prefix(2))).check(flowsTo: [true, true])
  }

  @Test func updatesSendNoGradients() throws {
    let (p, number) = (TensorType.float32([3, 4]), TensorType.float32([]))
    try GradientGraph(SGDUpdate(), [p, p, number, number])
      .check(flowsTo: [false, false, false, false])
  }
}
