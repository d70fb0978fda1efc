import Glibc
import TandemArray
import Testing

@testable import TandemNN

/// Models against the numbers of parameters that are published for them.
@Suite struct ModelTests {
  @Test(
    "residual networks have the published numbers of parameters",
    arguments: [(18, 11_689_512, 62), (50, 25_557_032, 161)]
      + (getenv("TANDEM_DEEP") == nil
        ? [] : [(34, 21_797_672, 110), (101, 44_549_160, 314), (152, 60_192_808, 467)]))
  func residual(depth: Int, count: Int, arrays: Int) throws {
    let model =
      switch depth {
      case 18: ResNet.resNet18()
      case 34: ResNet.resNet34()
      case 50: ResNet.resNet50()
      case 101: ResNet.resNet101()
      default: ResNet.resNet152()
      }
    #expect(model(.zeros([1, 3, 32, 32])).shape == [1, 1000])
    #expect(model.parameterCount == count)
    #expect(model.parameters.count == arrays)
  }

  @Test("the GPT of nanoGPT's characters has 10,750,080 parameters, tied, without biases")
  func gpt() {
    let model = GPT(vocabulary: 65, context: 256, features: 384, heads: 6, blockCount: 6)
    #expect(model(NDArray([[0, 64, 3]], dtype: .int64)).shape == [1, 3, 65])
    #expect(model.parameterCount == 10_750_080)
    #expect(model.parameters.map(\.path).contains("blocks.5.attention.projection.weight"))
  }

  @Test("a GPT does not see what comes after")
  func causality() {
    let model = GPT(vocabulary: 7, context: 5, features: 8, heads: 2, blockCount: 2)
    let scores = [[1, 2, 3, 4, 5], [1, 2, 3, 6, 0]].map { model(NDArray([$0], dtype: .int64)) }
    let heads = scores.map { $0[0, 0..<3].scalars(as: Float.self) }
    #expect(heads[0] == heads[1])
    #expect(scores[0][0, 3].scalars(as: Float.self) != scores[1][0, 3].scalars(as: Float.self))
  }

  @Test("Inception, version 3, has the published number of parameters")
  func inception() {
    let model = InceptionV3()
    #expect(model(.zeros([1, 3, 75, 75])).shape == [1, 1000])
    #expect(model.parameterCount == 23_834_568)
    #expect(model.parameters.count == 284)
  }

  @Test("the multilayer perceptron and the language model of the benchmarks")
  func others() {
    let perceptron = MLP(hidden: [512, 512], outputs: 10)
    #expect(perceptron(.zeros([2, 784])).shape == [2, 10])
    #expect(perceptron.parameterCount == 669_706)
    let words = LSTMLanguageModel(vocabulary: 50, hidden: 6)
    #expect(words(NDArray([[1, 2], [3, 49]], dtype: .int64)).shape == [2, 2, 50])
    #expect(words.parameterCount == 50 * 6 + 2 * (2 * 24 * 6 + 24) + 50 * 6 + 50)
  }
}
