import Testing

@testable import TandemOps

/// The exact words with which shape rules refuse their inputs.
@Suite struct ComplaintTests {
  @Test func neural() throws {
    #expect(
      complaint(Linear(), .float32([2, 3]), .float32([4, 5]))
        == "linear: inner axes differ: float32[2, 3], float32[4, 5]")
    #expect(
      complaint(Linear(), .float32([2, 5]), .float32([4, 5]), .float32([5]))
        == "linear: the bias needs the length of the result's axis: "
        + "float32[2, 5], float32[4, 5], float32[5]")
    #expect(
      complaint(Softmax(axis: 2), .float32([2, 3])) == "softmax: no axis 2: float32[2, 3]")
    #expect(
      complaint(LogSoftmax(axis: 0), .int64([2, 3])) == "logSoftmax: needs floats: int64[2, 3]")
    #expect(
      complaint(SoftmaxCrossEntropy(), .float32([8, 10]), .int64([7]))
        == "softmaxCrossEntropy: labels need the shape of the logits without classes: "
        + "float32[8, 10], int64[7]")
    #expect(
      complaint(SoftmaxCrossEntropy(), .float32([8, 10]), .float32([8]))
        == "softmaxCrossEntropy: labels need int32 or int64: float32[8, 10], float32[8]")
  }

  @Test func windows() throws {
    let convolution = Convolution(
      try ConvolutionGeometry(
        stride: [1, 1], paddingBegin: [0, 0], paddingEnd: [0, 0], dilation: [1, 1]))
    #expect(
      complaint(convolution, .float32([3, 8, 8]), .float32([4, 3, 3, 3]))
        == "convolution: needs 2 spatial axes after two others: "
        + "float32[3, 8, 8], float32[4, 3, 3, 3]")
    #expect(
      complaint(convolution, .float32([1, 2, 8, 8]), .float64([4, 2, 3, 3]))
        == "convolution: dtypes differ: float32[1, 2, 8, 8], float64[4, 2, 3, 3]")
    #expect(
      complaint(
        convolution, .float32([1, 2, 8, 8]), .float32([4, 2, 3, 3]), .float32([3]))
        == "convolution: the bias needs one number for each filter: "
        + "float32[1, 2, 8, 8], float32[4, 2, 3, 3], float32[3]")
    let pool = TandemOps.MaxPool(PoolGeometry(window: [2, 2]))
    #expect(
      complaint(pool, .int64([1, 2, 8, 8]))
        == "maxPool: needs floating-point numbers: int64[1, 2, 8, 8]")
    #expect(complaint(pool, .float32([1, 2, 8]))?.hasPrefix("maxPool: the input needs 4") == true)
  }

  @Test func bits() {
    #expect(
      complaint(BitCast(to: .float64), .float32([2, 3]))
        == "bitCast: the last axis holds no whole number of float64: float32[2, 3]")
    #expect(
      complaint(BitCast(to: .int8), .float32([]))
        == "bitCast: needs a last axis for int8: float32[]")
    #expect(
      complaint(BitCast(to: .bool), .int64([2]))
        == "bitCast: bytes are no truth values: int64[2]")
  }

  @Test func linearAlgebra() {
    #expect(
      complaint(TandemOps.Cholesky(), .float32([2, 3]))
        == "cholesky: needs a square matrix: float32[2, 3]")
    #expect(
      complaint(TandemOps.SVD(), .int64([2, 3])) == "svd: needs float32 or float64: int64[2, 3]")
    #expect(complaint(TandemOps.QR(), .float32([2])) == "qr: needs two or more axes: float32[2]")
    #expect(
      complaint(TandemOps.Solve(), .float32([3, 3]), .float32([4, 1]))
        == "solve: numbers of rows differ: float32[3, 3], float32[4, 1]")
    #expect(
      complaint(TandemOps.Solve(), .float32([2, 3, 3]), .float32([5, 3, 1]))
        == "solve: batch axes do not broadcast: float32[2, 3, 3], float32[5, 3, 1]")
  }

  @Test func indexing() {
    #expect(
      complaint(Take(axis: 2), .float32([3, 3]), .int64([4]))
        == "take: no axis 2: float32[3, 3], int64[4]")
    #expect(
      complaint(Take(axis: 0), .float32([3, 3]), .float32([4]))
        == "take: indices need int32 or int64: float32[3, 3], float32[4]")
    #expect(
      complaint(TandemOps.Gather(count: 2), .float32([3, 3]), .int64([4]), .int64([3]))
        == "gather: index arrays do not broadcast: float32[3, 3], int64[4], int64[3]")
    #expect(
      complaint(TandemOps.TakeAlongAxis(axis: 0), .float32([3, 3]), .int64([4, 2]))
        == "takeAlongAxis: lengths of axis 1 differ: float32[3, 3], int64[4, 2]")
    #expect(
      complaint(
        TandemOps.Scatter(.rows(axis: 0), .add), .float32([3, 3]), .float32([2, 2]), .int64([2]))
        == "scatter: updates need the shape [2, 3]: float32[3, 3], float32[2, 2], int64[2]")
    #expect(
      complaint(TandemOps.TopK(k: 4, axis: 0), .float32([3]))
        == "topK: there are no 4 elements: float32[3]")
  }

  @Test func randomAndUpdates() {
    let key = TensorType.int64([])
    func sample(_ distribution: RandomFill.Distribution, _ dtype: DType) -> String? {
      complaint(RandomSample(distribution, [2, 3], dtype), key, key, key)
    }
    #expect(sample(.uniform(low: 0, high: 1), .float32) == nil)
    #expect(
      sample(.uniform(low: 0, high: 1), .int64) == "random: needs a float dtype: int64[2, 3]")
    #expect(
      sample(.uniform(low: -3e38, high: 3e38), .float32)
        == "random: the width of the range -3e+38..<3e+38 is not finite: float32[2, 3]")
    #expect(sample(.uniform(low: -3e38, high: 3e38), .bfloat16) != nil)
    #expect(sample(.uniform(low: -3e38, high: 3e38), .float64) == nil)
    #expect(sample(.uniform(low: -1.7e38, high: 1.7e38), .float32) == nil)
    #expect(sample(.uniform(low: -1e308, high: 1e308), .float64) != nil)
    #expect(sample(.uniform(low: 0, high: .infinity), .float64) != nil)
    #expect(
      sample(.integers(low: 0, high: 300), .uint8)
        == "random: the range 0..<300 does not fit the dtype: uint8[2, 3]")
    #expect(sample(.integers(low: 0, high: 256), .uint8) == nil)
    #expect(
      sample(.bernoulli(probability: 2), .bool)
        == "random: the probability 2.0 is not between 0 and 1: bool[2, 3]")
    #expect(
      sample(.permutation, .int64) == "random: a permutation needs one axis: int64[2, 3]")
    let p = TensorType.float32([4])
    #expect(
      complaint(SGDMomentumUpdate(), p, p, .float32([5]), key, key, key)?
        .hasPrefix("sgdMomentumUpdate: the velocity has another type: ") == true)
    #expect(
      complaint(SGDUpdate(), p, p)
        == "sgdUpdate: needs parameter, gradient, learning rate, weight decay: "
        + "float32[4], float32[4]"
    )
  }

  @Test("what complex numbers have no meaning for refuses them")
  func complexNumbers() {
    for dtype in [DType.complex64, .complex128] {
      let (x, m) = (TensorType([2], dtype), TensorType([2, 2], dtype))
      let i = TensorType.int64([2])
      func refuses<O: Op>(_ op: O, _ types: TensorType..., what: String? = nil) {
        let words = what ?? "complex numbers are not supported"
        let text = types.map(\.description).joined(separator: ", ")
        var inputs = TensorTypes()
        for type in types { inputs.append(type) }
        #expect(throws: ShapeError("\(O.name): \(words): \(text)")) {
          _ = try op.checkedOutputTypes(for: inputs)
        }
      }
      refuses(Log(), x)
      refuses(Power(), x, x)
      refuses(Less(), x, x)
      refuses(Product(axes: [0]), x)
      refuses(TandemOps.Max(axes: [0]), x)
      refuses(AnyTrue(axes: [0]), x)
      refuses(CumulativeSum(axis: 0), x)
      refuses(CumulativeProduct(axis: 0), x)
      refuses(
        Cast(to: .float32), x, what: "complex numbers have no float32; take .real or .imaginary")
      refuses(
        AssignIndex(IndexPlan([.select(0)])), .float32([2]), TensorType([], dtype),
        what: "complex numbers do not fit; take .real or .imaginary")
      refuses(ComplexPair(), x, .float32([2]), what: "parts are real")
      refuses(RealFourierTransform(axis: 0), x, what: "needs float32 or float64")
      refuses(
        InverseRealFourierTransform(axis: 0, count: 4), x,
        what: "4 results come from 3 numbers")
      refuses(FourierTransform(axis: 1), x, what: "no axis 1")
      for mode in [TandemKernels.Scatter.Mode.min, .max] {
        refuses(
          TandemOps.Scatter(.rows(axis: 0), mode), x, x, i, what: "complex numbers have no order")
      }
      for type in [TensorType.float32([2]), .int64([2])] {
        refuses(Conjugate(), type, what: "needs complex numbers")
        refuses(ComplexPart(isImaginary: true), type, what: "needs complex numbers")
        refuses(FourierTransform(axis: 0), type, what: "needs complex numbers")
      }
      refuses(
        FourierTransform(axis: 0), TensorType([0], dtype), what: "no elements along axis 0")
      refuses(Eigen(), TensorType([2, 3], dtype), what: "needs a square matrix")
      refuses(Eigenvalues(), .int64([2, 2]), what: "needs float32, float64 or complex")
      #expect(complaint(Concatenate(axis: 0), x, .float32([2])) == nil)
      #expect(complaint(Concatenate(axis: 0), x, x) == nil)
      #expect(complaint(Reshape(to: [2, 1]), x) == nil)
      #expect(complaint(Transpose(order: [1, 0]), m) == nil)
      #expect(complaint(Contiguous(), x) == nil)
      #expect(complaint(Take(axis: 0), x, i) == nil)
      #expect(complaint(TandemOps.Scatter(.rows(axis: 0), .add), x, x, i) == nil)
    }
  }
}
