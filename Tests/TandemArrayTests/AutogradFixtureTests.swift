import TandemArray
import Testing

/// Gradients of composite functions against PyTorch: `Tests/Fixtures/autograd.py`.
@Suite struct AutogradFixtureTests {
  private static func perceptron(_ inputs: [NDArray]) -> NDArray {
    let (x, w1, scale, w2) = (inputs[0], inputs[1], inputs[2], inputs[3])
    let h = x.matmul(w1.transposed())
    let centred = h - h.mean(axis: -1, keepDims: true)
    let deviation = (centred.squared().mean(axis: -1, keepDims: true) + 1e-5).sqrt()
    let hidden = (centred / deviation * scale).gelu()
    let labels = NDArray([2, 0, 1, 2], dtype: .int64)
    return softmaxCrossEntropy(hidden.matmul(w2.transposed()), labels).mean()
  }

  private static func attention(_ inputs: [NDArray]) -> NDArray {
    let scores = inputs[0].matmul(inputs[1].transposed([0, 2, 1])) / 5.0.squareRoot()
    return scores.softmax(axis: -1).matmul(inputs[2]).squared().sum()
  }

  private static func distances(_ inputs: [NDArray]) -> NDArray {
    let d = (inputs[0][.all, .newAxis] - inputs[1][.newAxis]).squared().sum(axis: -1)
    return ((-d).logSumExp(axis: 1) * d.min(axis: 1).sqrt()).sum()
  }

  private static func picked(_ inputs: [NDArray]) -> NDArray {
    var z = inputs[0]
    z[NDArray([2, 0], dtype: .int64)] = inputs[1]
    z[.all, .stride(from: 1, by: 2)] *= 2
    z = NDArray.where(z .> 0.5, z * z, z)
    let sum = z[z .> -0.5].sum() + z[..., -1].product() + (z[1...] / (3 + z[..<(-1)])).sum()
    let spread = ((z - z.mean()).squared().sum() / (z.count - 1)).sqrt()
    return sum * spread
  }

  private static func penalty(_ inputs: [NDArray]) -> NDArray {
    func out(_ x: NDArray) -> NDArray { x.matmul(inputs[1].transposed()).tanh().sum() }
    let slope = gradient(of: out)(inputs[0])
    return ((slope.squared().sum(axis: 1) + 1e-3).sqrt() - 1).squared().mean() + out(inputs[0])
      * 0.1
  }

  private static let cases:
    [String: (function: @Sendable ([NDArray]) -> NDArray, shapes: [Shape])] = [
      "perceptron": ({ perceptron($0) }, [[4, 5], [6, 5], [6], [3, 6]]),
      "attention": ({ attention($0) }, [[2, 3, 5], [2, 4, 5], [2, 4, 5]]),
      "distances": ({ distances($0) }, [[4, 3], [5, 3]]),
      "picked": ({ picked($0) }, [[3, 4], [4]]),
      "penalty": ({ penalty($0) }, [[4, 3], [2, 3]]),
    ]

  @Test func gradientsLikePyTorch() throws {
    let lines = try FixtureText.read("autograd").split(separator: "\n")
    #expect(lines.count == AutogradFixtureTests.cases.count)
    for line in lines {
      let fields = line.split(separator: "\t")
      let (function, shapes) = try #require(AutogradFixtureTests.cases[String(fields[0])])
      let inputs = shapes.enumerated().map { number, shape in
        (NDArray.arange(shape.elementCount, dtype: .float64) * 0.7 + number).sin().reshaped(shape)
      }
      let (value, gradients) = valueAndGradients(of: function, at: inputs)
      #expect(([value] + gradients).allSatisfy { $0.dtype == .float64 })
      for (found, expected) in zip([value] + gradients, fields.dropFirst()) {
        let numbers = expected.split(separator: ";").compactMap { Double($0) }
        let values: [Double] = found.scalars()
        #expect(values.count == numbers.count, "\(fields[0])")
        for (a, b) in zip(values, numbers) {
          #expect(abs(a - b) <= 1e-12 * max(1, abs(b)), "\(fields[0]): \(a), \(b)")
        }
      }
    }
  }
}
