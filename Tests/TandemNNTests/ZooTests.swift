import Glibc
import TandemArray
import Testing

@testable import TandemNN

/// Models against the numbers of parameters that are published for them: torchvision's, where it
/// has the model; Gluon's and Keras's, which count running statistics, for MobileNetV1 and
/// ResNetV2.
@Suite struct ZooTests {
  private static let isDeep = getenv("TANDEM_DEEP") != nil

  /// A model that is built and called once with a small picture.
  struct Entry: Sendable, CustomTestStringConvertible {
    let name: String
    let count: Int
    let side: Int
    let isDeep: Bool
    let make: @Sendable () -> any Layer

    var testDescription: String { name }

    init(
      _ name: String, _ count: Int, side: Int = 32, deep: Bool = false,
      _ make: @escaping @Sendable () -> any Layer
    ) {
      (self.name, self.count, self.side, self.isDeep, self.make) = (name, count, side, deep, make)
    }
  }

  static let entries: [Entry] = [
    Entry("AlexNet", 61_100_840, side: 64, deep: true) { AlexNet() },
    Entry("VGG-11", 132_863_336, deep: true) { VGG(.layers11) },
    Entry("VGG-13", 133_047_848, deep: true) { VGG(.layers13) },
    Entry("VGG-16", 138_357_544, deep: true) { VGG(.layers16) },
    Entry("VGG-19", 143_667_240, deep: true) { VGG(.layers19) },
    Entry("VGG-11 BN", 132_868_840, deep: true) { VGG(.layers11, isNormalized: true) },
    Entry("VGG-13 BN", 133_053_736, deep: true) { VGG(.layers13, isNormalized: true) },
    Entry("VGG-16 BN", 138_365_992, deep: true) { VGG(.layers16, isNormalized: true) },
    Entry("VGG-19 BN", 143_678_248, deep: true) { VGG(.layers19, isNormalized: true) },
    Entry("SqueezeNet 1.0", 1_248_424) { SqueezeNet(.v1_0) },
    Entry("SqueezeNet 1.1", 1_235_496) { SqueezeNet(.v1_1) },
    Entry("DenseNet-121", 7_978_856) { DenseNet.denseNet121() },
    Entry("DenseNet-161", 28_681_000, deep: true) { DenseNet.denseNet161() },
    Entry("DenseNet-169", 14_149_480, deep: true) { DenseNet.denseNet169() },
    Entry("DenseNet-201", 20_013_928, deep: true) { DenseNet.denseNet201() },
    Entry("MobileNetV1", 4_231_976) { MobileNetV1() },
    Entry("MobileNetV1 0.75", 2_585_560) { MobileNetV1(multiplier: 0.75) },
    Entry("MobileNetV1 0.5", 1_331_592) { MobileNetV1(multiplier: 0.5) },
    Entry("MobileNetV1 0.25", 470_072) { MobileNetV1(multiplier: 0.25) },
    Entry("MobileNetV2", 3_504_872) { MobileNetV2() },
    Entry("MobileNetV3 small", 2_542_856) { MobileNetV3(.small) },
    Entry("MobileNetV3 large", 5_483_032) { MobileNetV3(.large) },
    Entry("ResNet-20", 269_722) { CIFARResNet() },
    Entry("ResNet-56", 853_018) { CIFARResNet(depth: 56) },
    Entry("Inception with auxiliary head", 27_161_264, side: 299, deep: true) {
      WithAuxiliary(model: InceptionV3(hasAuxiliary: true))
    },
  ]

  /// Both heads of Inception, so that all parameters get their lengths.
  private struct WithAuxiliary: Layer {
    let model: InceptionV3

    func callAsFunction(_ x: NDArray) -> NDArray {
      let scores = model.trainingScores(x)
      return scores.main + scores.auxiliary
    }
  }

  @Test(
    "networks for pictures have the published numbers of parameters", .serialized,
    arguments: entries.filter { isDeep || !$0.isDeep })
  func published(entry: Entry) {
    let model = entry.make()
    let y = model(.zeros([1, 3, entry.side, entry.side]))
    #expect(y.shape == [1, entry.name.hasPrefix("ResNet-") ? 10 : 1000])
    #expect(model.parameterCount == entry.count)
  }

  /// Gluon's numbers, with running statistics and the fixed scale and bias of the first layer.
  @Test(
    "residual networks, version 2, have Gluon's numbers of parameters",
    arguments: [(18, 11_695_796), (50, 25_595_060)]
      + (isDeep ? [(34, 21_811_380), (101, 44_639_412), (152, 60_329_140)] : []))
  func residual(depth: Int, count: Int) {
    let model =
      switch depth {
      case 18: ResNetV2.resNet18()
      case 34: ResNetV2.resNet34()
      case 50: ResNetV2.resNet50()
      case 101: ResNetV2.resNet101()
      default: ResNetV2.resNet152()
      }
    #expect(model(.zeros([1, 3, 32, 32])).shape == [1, 1000])
    let statistics = model.stateCells.map { $0.cell.value.count }.reduce(0, +)
    #expect(model.parameterCount + statistics + 2 * 3 == count)
  }

  @Test("generators, autoencoders, factorisations and text")
  func others() {
    let vae = VAE()
    #expect(vae(.zeros([2, 784])).shape == [2, 784])
    #expect(vae.parameterCount == 652_824)
    #expect(vae.loss(.zeros([2, 784])).shape == [2])
    let (generator, discriminator) = (DCGANGenerator(), DCGANDiscriminator())
    let pictures = generator(.zeros([1, 100]))
    #expect(pictures.shape == [1, 3, 64, 64])
    #expect(discriminator(pictures).shape == [1])
    #expect(generator.parameterCount == 3_576_704)
    #expect(discriminator.parameterCount == 2_765_568)
    let ratings = MatrixFactorization(users: 7, items: 5, features: 4, mean: 3.5)
    let ids = NDArray([0, 6], dtype: .int64)
    let rated = ratings(ids, NDArray([4, 0], dtype: .int64))
    let pairs = ratings(NDArray([[0, 4], [6, 0]], dtype: .int64))
    #expect(pairs.scalars(as: Float.self) == rated.scalars(as: Float.self))
    bindParameters(of: ratings)
    let counts = parameters(of: ratings).map(\.parameter.value.count)
    #expect(counts == [7 * 4, 5 * 4, 7, 5, 1])
    let text = TextCNN(vocabulary: 50, features: 8, filters: 6, classes: 3)
    #expect(text(NDArray.zeros([2, 7], dtype: .int64)).shape == [2, 3])
    #expect(text.parameterCount == 400 + 576 + 18 + 54 + 3)
  }

  /// Small models, eager and compiled: a step of each gives the same loss and gradients.
  @Test("one compiled training step of the small ones", arguments: 0..<5)
  func step(index: Int) throws {
    let makers: [(shape: Shape, make: () -> any Layer)] = [
      ([2, 3, 32, 32], { SqueezeNet(.v1_1, classes: 4, dropout: 0) }),
      ([2, 3, 32, 32], { MobileNetV2(multiplier: 0.25, classes: 4, dropout: 0) }),
      ([2, 3, 32, 32], { MobileNetV3(.small, classes: 4, dropout: 0) }),
      ([2, 3, 16, 16], { CIFARResNet(depth: 8, classes: 4) }),
      ([2, 3, 32, 32], { DenseNet(counts: [2, 2], growth: 4, inputs: 8, classes: 4) }),
    ]
    let labels = NDArray([1, 3], dtype: .int64)
    let x = NDArray.random.normal(makers[index].shape, seed: 5)
    let results = [false, true].map { isCompiled in
      let model = makers[index].make()
      bindParameters(of: model, seed: 3)
      _ = model(x)
      @Sendable func step(_ x: NDArray) -> NDArray {
        let loss = record { softmaxCrossEntropy(model(x), labels).mean() }
        loss.backward()
        return loss
      }
      let region = compile(mutating: model) { (x: NDArray) in step(x) }
      let loss = isCompiled ? region(x) : step(x)
      return [loss] + model.parameters.compactMap { $0.parameter.gradient }
    }
    #expect(results[0].count > 5)
    for (a, b) in zip(results[0], results[1]) {
      #expect(a.scalars(as: Float.self) == b.scalars(as: Float.self))
    }
  }
}
