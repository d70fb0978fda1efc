import Foundation
import TandemArray
import Testing

@testable import TandemNN

/// One case of `Tests/Fixtures/layer_breadth.json`: what PyTorch computes of a layer in float64.
struct BreadthCase: Decodable, Sendable, CustomTestStringConvertible {
  struct Values: Decodable, Sendable {
    let shape: [Int]
    let gradient: [Double]
  }

  let layer: String
  let options: [String: [Double]]
  let shape: [Int]
  let scale: Double
  let training: Int
  let outputShape: [Int]
  let output: [Double]
  let inputGradient: [Double]
  let parameters: [String: Values]

  var testDescription: String { "\(layer) \(options.sorted { $0.key < $1.key }) \(shape)" }

  /// The cases that the fixture script wrote.
  static let all: [BreadthCase] = {
    let path = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
      .appendingPathComponent("../../Fixtures/layer_breadth.json")
    guard let data = try? Data(contentsOf: path),
      let cases = try? JSONDecoder().decode([BreadthCase].self, from: data)
    else { return [] }
    return cases
  }()

  /// The numbers of the fixture script's function of this name.
  static func sequence(_ shape: [Int], seed: Int, scale: Double = 1) -> NDArray {
    let values = (0..<shape.reduce(1, *)).map { i in
      let number = (i * i % 65537 * 31 + i * 40503 + seed * 9973) % 65537 - 32768
      return Float(Double(number) / 32768 * scale)
    }
    return NDArray(values).reshaped(Shape(shape))
  }

  var input: NDArray { Self.sequence(shape, seed: 1, scale: scale) }
  var cotangent: NDArray { Self.sequence(outputShape, seed: 2) }

  /// Runs `body` as the case does: in training or not.
  func inMode<T>(_ body: () -> T) -> T { withTraining(training == 1, body) }

  /// Gives the layer the parameters of the fixture, after lengths have been inferred.
  func setParameters(of layer: any Layer) throws {
    let found = layer.parameters.sorted { $0.path < $1.path }
    try #require(found.map(\.path) == parameters.keys.sorted())
    for (index, item) in found.enumerated() {
      let wanted = try #require(parameters[item.path]).shape
      let own = item.parameter.value.shape
      // Magnitudes are vectors here, and have axes of length one there.
      try #require(own == Shape(wanted) || own.array == wanted.filter { $0 != 1 })
      item.parameter.value = Self.sequence(own.array, seed: index + 3, scale: 0.5)
    }
  }

  func list(_ name: String) -> [Int] { (options[name] ?? []).map { Int($0) } }
  func number(_ name: String) -> Double { options[name]?.first ?? 0 }
  func int(_ name: String) -> Int { Int(number(name)) }
  func flag(_ name: String) -> Bool { number(name) == 1 }

  /// The layer of ours that the case is about.
  func make() throws -> any Layer {
    let found: [(any Layer)?] = [
      spatial(OneAxis.self), spatial(TwoAxes.self), spatial(ThreeAxes.self), normalization(),
      activation(), shrinking(), resampling(), wrapper(),
    ]
    return try #require(found.lazy.compactMap { $0 }.first, "no layer \(layer)")
  }

  private func spatial<Axes: SpatialAxes>(_ axes: Axes.Type) -> (any Layer)? {
    if let layer = convolution(axes) { return layer }
    if let layer = pooling(axes) { return layer }
    return shape.count == Axes.count + 2 ? surrounding(axes) : nil
  }

  private func convolution<Axes: SpatialAxes>(_ axes: Axes.Type) -> (any Layer)? {
    let rank = "\(Axes.count)D"
    let (kernel, stride, padding) = (list("kernel"), list("stride"), list("padding"))
    switch layer {
    case "conv\(rank)":
      return Conv<Axes>(
        channels: int("channels"), kernel: kernel, stride: stride, padding: padding,
        dilation: list("dilation"), groups: int("groups"))
    case "conv\(rank) same":
      return Conv<Axes>(
        channels: int("channels"), kernel: kernel, stride: stride, padding: .same,
        dilation: list("dilation"))
    case "convTransposed\(rank)":
      return ConvTransposed<Axes>(
        channels: int("channels"), kernel: kernel, stride: stride, padding: padding,
        outputPadding: list("output"), dilation: list("dilation"), groups: int("groups"))
    case "depthwise\(rank)":
      return DepthwiseConv<Axes>(
        kernel: kernel, multiplier: int("multiplier"), stride: stride, padding: padding)
    case "separable\(rank)":
      return SeparableConv<Axes>(
        channels: 5, kernel: kernel, multiplier: int("multiplier"), stride: stride,
        padding: padding)
    default: return nil
    }
  }

  private func pooling<Axes: SpatialAxes>(_ axes: Axes.Type) -> (any Layer)? {
    let rank = "\(Axes.count)D"
    let (window, stride, padding) = (list("window"), list("stride"), list("padding"))
    let ceils = flag("ceil")
    switch layer {
    case "maxPool\(rank)":
      return MaxPool<Axes>(
        window, stride: stride, padding: padding, dilation: list("dilation"), ceilMode: ceils)
    case "averagePool\(rank)":
      return AveragePool<Axes>(
        window, stride: stride, padding: padding, ceilMode: ceils, countsPadding: flag("counts"))
    case "sumPool\(rank)": return SumPool<Axes>(window, stride: stride, ceilMode: ceils)
    case "lpPool\(rank)":
      return LPPool<Axes>(number("order"), window: window, stride: stride, ceilMode: ceils)
    case "adaptiveAverage\(rank)": return AdaptiveAveragePool<Axes>(list("lengths"))
    case "adaptiveMax\(rank)": return AdaptiveMaxPool<Axes>(list("lengths"))
    case "globalMax": return GlobalMaxPool(keepDims: flag("keep"))
    case "globalAverage": return GlobalAveragePool(keepDims: flag("keep"))
    case "pixelShuffle\(rank)": return PixelShuffle<Axes>(list("factors"))
    case "pixelUnshuffle\(rank)": return PixelUnshuffle<Axes>(list("factors"))
    default: return nil
    }
  }

  private func surrounding<Axes: SpatialAxes>(_ axes: Axes.Type) -> (any Layer)? {
    let filling: PadFilling
    switch layer {
    case "pad constant": filling = .constant(number("value"))
    case "pad reflection": filling = .reflection
    case "pad replication": filling = .replication
    case "pad circular": filling = .circular
    default: return nil
    }
    return SpatialPad<Axes>(before: list("before"), after: list("after"), filling)
  }

  private func normalization() -> (any Layer)? {
    switch layer {
    case "groupNorm": GroupNorm(int("groups"), isAffine: flag("affine"))
    case "instanceNorm": InstanceNorm(isAffine: flag("affine"))
    case "localResponse":
      LocalResponseNorm(
        int("size"), alpha: number("alpha"), beta: number("beta"), k: number("k"))
    case "l2Norm": L2Norm(axes: list("axes"))
    case "layerNorm plain": LayerNorm(isAffine: false)
    case "rmsNorm plain": RMSNorm(isAffine: false)
    case "batchNorm plain": BatchNorm(hasScale: false, hasBias: false)
    case "batchNorm": BatchNorm()
    default: nil
    }
  }

  private func activation() -> (any Layer)? {
    switch layer {
    case "relu6": ReLU6()
    case "leakyReLU": LeakyReLU(slope: number("slope"))
    case "elu": ELU(alpha: number("alpha"))
    case "celu": CELU(alpha: number("alpha"))
    case "selu": SELU()
    case "mish": Mish()
    case "hardSwish": HardSwish()
    case "hardSigmoid": HardSigmoid(alpha: 1.0 / 6)
    case "softplus": Softplus()
    case "softsign": Softsign()
    case "logSigmoid": LogSigmoid()
    case "softmax": options["axis"] == nil ? Softmax() : Softmax(axis: int("axis"))
    case "logSoftmax": LogSoftmax()
    case "softmin": Softmin(axis: int("axis"))
    case "glu": GLU(axis: int("axis"))
    case "reluSquared": ReLUSquared()
    case "rrelu": RReLU()
    case "geluSigmoid": GELU(approximation: .sigmoid)
    case "silu": Swish()
    case "prelu": PReLU(channels: int("channels"))
    default: nil
    }
  }

  private func shrinking() -> (any Layer)? {
    switch layer {
    case "hardTanh": HardTanh(min: number("low"), max: number("high"))
    case "hardShrink": HardShrink(threshold: number("threshold"))
    case "softShrink": SoftShrink(threshold: number("threshold"))
    case "threshold": Threshold(number("threshold"), value: number("value"))
    case "step": Step(threshold: number("threshold"))
    default: masking()
    }
  }

  /// What keeps some of the elements.
  private func masking() -> (any Layer)? {
    let bits = (0..<60).map { $0 * 7 % 3 != 0 && !(30..<35).contains($0) }
    let mask = NDArray(bits, shape: [3, 4, 5])
    switch layer {
    case "maskedSoftmax": return Lambda { $0.maskedSoftmax(mask, temperature: 2) }
    case "maskedLogSoftmax":
      return Lambda {
        // Infinity times no cotangent is not a number: zeros, as in the fixture.
        .where(mask, $0.maskedLogSoftmax(mask, temperature: 2), 0)
      }
    case "softmax lengths":
      let lengths = NDArray((0..<12).map { $0 % 6 }, shape: [3, 4])
      return Lambda { $0.softmax(lengths: lengths) }
    case "softmax temperature": return Lambda { $0.softmax(axis: 1, temperature: 3) }
    default: return nil
    }
  }

  private func resampling() -> (any Layer)? {
    let (window, stride) = (list("window"), list("stride"))
    let (padding, dilation, lengths) = (list("padding"), list("dilation"), list("lengths"))
    let block = int("block")
    if layer.hasPrefix("upsample "),
      let mode = Interpolation(rawValue: String(layer.dropFirst("upsample ".count)))
    {
      return Upsample(scales: options["scales"] ?? [], mode: mode, alignsCorners: flag("corners"))
    }
    switch layer {
    case "depthToSpace": return Lambda { $0.depthToSpace(block: block) }
    case "spaceToDepth": return Lambda { $0.spaceToDepth(block: block) }
    case "unfold":
      return Lambda {
        $0.unfolded(window: window, stride: stride, padding: padding, dilation: dilation)
      }
    case "fold":
      return Lambda {
        $0.folded(
          to: lengths, window: window, stride: stride, padding: padding, dilation: dilation)
      }
    default: return nil
    }
  }

  private func wrapper() -> (any Layer)? {
    switch layer {
    case "weightNorm": WeightNorm(Dense(3))
    case "weightNorm conv": WeightNorm(Conv2D(channels: 3, kernel: 2))
    case "spectralNorm": SpectralNorm(Dense(3), iterations: 100)
    case "lora": LoRA(Dense(5), rank: 2, alpha: 3)
    case "squeezeExcitation": SqueezeExcitation(channels: 4, squeezed: 2, isHard: true)
    case "factorizationMachine": FactorizationMachine(factors: 3)
    default: nil
    }
  }
}
