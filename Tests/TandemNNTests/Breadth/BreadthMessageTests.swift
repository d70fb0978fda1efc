import TandemArray
import Testing

@testable import TandemNN

/// What users read when they give these layers wrong arguments or inputs.
@Suite struct BreadthMessageTests {
  /// A mistake and the words that it ends the process with.
  private struct Mistake {
    let text: String
    let run: @Sendable () -> Void

    init(_ text: String, _ run: @escaping @Sendable () -> Void) {
      (self.text, self.run) = (text, run)
    }
  }

  private static let mistakes: [Mistake] = arguments + inputs

  private static let arguments = [
    Mistake("Conv1D: kernel must be positive, got 0") { _ = Conv1D(channels: 2, kernel: 0) },
    Mistake("Conv2D: stride needs one number, or one for each of 2 axes, got [1, 2, 3]") {
      _ = Conv2D(channels: 2, kernel: 3, stride: [1, 2, 3])
    },
    Mistake("Conv3D: dilation must be positive, got -1") {
      _ = Conv3D(channels: 2, kernel: 3, dilation: -1)
    },
    Mistake("ConvTransposed2D: channels must be a multiple of groups: 3, 2") {
      _ = ConvTransposed2D(channels: 3, kernel: 3, groups: 2)
    },
    Mistake("ConvTransposed1D: outputPadding must not be negative, got -1") {
      _ = ConvTransposed1D(channels: 3, kernel: 3, outputPadding: -1)
    },
    Mistake("DepthwiseConv2D: multiplier must be positive, got 0") {
      _ = DepthwiseConv2D(kernel: 3, multiplier: 0)
    },
    Mistake("AveragePool3D: padding must not be negative, got -2") {
      _ = AveragePool3D(2, padding: -2)
    },
    Mistake("LPPool2D: order must be at least 1, got 0.5") { _ = LPPool2D(0.5, window: 2) },
    Mistake("SumPool1D: window must be positive, got 0") { _ = SumPool1D(0) },
    Mistake("AdaptiveMaxPool2D: length must be positive, got 0") { _ = AdaptiveMaxPool2D(0) },
    Mistake("GroupNorm: channels must be a multiple of groups: 5, 2") {
      _ = GroupNorm(2, channels: 5)
    },
    Mistake("InstanceNorm: epsilon must be positive, got 0.0") { _ = InstanceNorm(epsilon: 0) },
    Mistake("LocalResponseNorm: size must be positive, got 0") { _ = LocalResponseNorm(0) },
    Mistake("L2Norm: epsilon must be positive, got -1.0") { _ = L2Norm(epsilon: -1) },
    Mistake("Dropout2D: probability must be in 0..<1, got 1.5") { _ = Dropout2D(1.5) },
    Mistake("AlphaDropout: probability must be in 0..<1, got 1.0") { _ = AlphaDropout(1) },
    Mistake("PReLU: channels must be positive, got 0") { _ = PReLU(channels: 0) },
    Mistake("RReLU: slopes need an order, got 0.5, 0.25") { _ = RReLU(from: 0.5, to: 0.25) },
    Mistake("HardTanh: min must be below max, got 1.0, 1.0") { _ = HardTanh(min: 1) },
    Mistake("SoftShrink: threshold must not be negative, got -1.0") {
      _ = SoftShrink(threshold: -1)
    },
    Mistake("CELU: alpha must not be zero") { _ = CELU(alpha: 0) },
    Mistake("Upsample: scale must be positive, got 0.0") { _ = Upsample(0) },
    Mistake("PixelShuffle2D: factor must be positive, got 0") { _ = PixelShuffle2D(0) },
    Mistake("Pad1D: width must not be negative, got -1") { _ = Pad1D(-1) },
    Mistake("Bilinear: outputs must be positive, got 0") { _ = Bilinear(0) },
    Mistake("WeightNorm: the weight has no axis 2") { _ = WeightNorm(Dense(2), axis: 2) },
    Mistake("SpectralNorm: iterations must be positive, got 0") {
      _ = SpectralNorm(Dense(2), iterations: 0)
    },
    Mistake("LoRA: rank must be positive, got 0") { _ = LoRA(Dense(2), rank: 0) },
    Mistake("CIFARResNet: depth must be 6 n + 2, got 21") { _ = CIFARResNet(depth: 21) },
  ]

  private static let inputs = [
    Mistake(
      "convolution: needs 1 spatial axes after two others: float32[2, 3, 4, 5], float32[2, 1, 3], "
        + "float32[2], in Conv1D"
    ) { _ = Conv1D(channels: 2, kernel: 3)(NDArray.zeros([2, 3, 4, 5])) },
    Mistake(
      "adaptiveAveragePool: needs a length above zero for each spatial axis: float32[2, 3], [2]"
    ) { _ = AdaptiveAveragePool1D(2)(NDArray.zeros([2, 3])) },
    Mistake("max: needs a batch, channels and spatial axes: float32[2, 3], in GlobalMaxPool") {
      _ = GlobalMaxPool()(NDArray.zeros([2, 3]))
    },
    Mistake("groupNormalization: channels do not divide into 2 groups: float32[2, 3, 4]") {
      _ = GroupNorm(2)(NDArray.zeros([2, 3, 4]))
    },
    Mistake("instanceNorm: needs a batch, channels and spatial axes: float32[2, 3]") {
      _ = InstanceNorm()(NDArray.zeros([2, 3]))
    },
    Mistake("dropout: needs 2 spatial axes after two others: float32[2, 3], in Dropout2D") {
      _ = Dropout2D(0.5)(NDArray.zeros([2, 3]))
    },
    Mistake("dropout: no axis 3: float32[2, 3], in Dropout") {
      _ = withTraining(true) { Dropout(0.5, sharedAxes: [3])(NDArray.zeros([2, 3])) }
    },
    Mistake("prelu: needs a slope for each place of axis 1: float32[2, 3], float32[4], in PReLU") {
      _ = PReLU(channels: 4)(NDArray.zeros([2, 3]))
    },
    Mistake("glu: axis 1 has no halves: float32[2, 3], in GLU") {
      _ = GLU()(NDArray.zeros([2, 3]))
    },
    Mistake("resampled: needs a spatial axis for each scale: float32[2, 3, 4], [2.0, 2.0]") {
      _ = Upsample(scales: [2, 2])(NDArray.zeros([2, 3, 4]))
    },
    Mistake("pixelShuffled: channels are no multiple of 4: float32[1, 6, 2, 2], in PixelShuffle2D")
    {
      _ = PixelShuffle2D(2)(NDArray.zeros([1, 6, 2, 2]))
    },
    Mistake("pixelUnshuffled: lengths are no multiples of [2, 2]: float32[1, 6, 3, 2]") {
      _ = PixelUnshuffle2D(2)(NDArray.zeros([1, 6, 3, 2]))
    },
    Mistake("depthToSpace: channels are no blocks of 2 × 2: float32[1, 6, 3, 2]") {
      _ = NDArray.zeros([1, 6, 3, 2]).depthToSpace(block: 2)
    },
    Mistake("spaceToDepth: pixels are no blocks of 2 × 2: float32[1, 6, 3, 2]") {
      _ = NDArray.zeros([1, 6, 3, 2]).spaceToDepth(block: 2)
    },
    Mistake("padded: needs 2 spatial axes after two others: float32[2, 3], in Pad2D") {
      _ = Pad2D(1)(NDArray.zeros([2, 3]))
    },
    Mistake("unfolded: the window reaches over 3 of axis 2: float32[1, 1, 2, 4]") {
      _ = NDArray.zeros([1, 1, 2, 4]).unfolded(window: [3, 3])
    },
    Mistake("folded: needs [n, channels · 4, 9]: float32[1, 4, 8]") {
      _ = NDArray.zeros([1, 4, 8]).folded(to: [4, 4], window: [2, 2])
    },
    Mistake("bilinear: shapes differ before the last axis: float32[2, 3], float32[3, 3]") {
      _ = Bilinear(2)(NDArray.zeros([2, 3]), NDArray.zeros([3, 3]))
    },
    Mistake("parameter unbound: float32[3] does not take its place") {
      let dense = Dense(2, inputs: 3)
      _ = dense.weight.withValue(.zeros([3])) { dense(NDArray.zeros([1, 3])) }
    },
    Mistake("maskedSoftmax: temperature must be positive, got 0.0") {
      _ = NDArray.zeros([2]).maskedSoftmax(NDArray([true, false]), temperature: 0)
    },
    Mistake("softmax: needs a length for each line of the last axis: float32[2, 3], int64[3]") {
      _ = NDArray.zeros([2, 3]).softmax(lengths: NDArray([1, 2, 3], dtype: .int64))
    },
    Mistake("sum: no arrays") { _ = NDArray.sum(of: []) },
    Mistake("InceptionV3: there is no auxiliary head") {
      _ = InceptionV3().trainingScores(.zeros([1, 3, 299, 299]))
    },
  ]

  @Test("mistakes end in words", arguments: mistakes.indices)
  func words(index: Int) async throws {
    let text = Self.mistakes[index].text
    let result = await #expect(processExitsWith: .failure, observing: [\.standardErrorContent]) {
      [index] in
      BreadthMessageTests.mistakes[index].run()
    }
    let errors = String(decoding: try #require(result).standardErrorContent, as: UTF8.self)
    #expect(errors.contains(text), "\(errors)")
    #expect(errors.contains("BreadthMessageTests.swift:"), "\(errors)")
  }
}
