import TandemArray
import Testing

/// First values: their distributions, what is exact about them, and rules by name.
@Suite struct InitializerTests {
  private let key = RandomKey(seed: 5)

  private func statistics(_ rule: Initializer, _ shape: Shape) -> (mean: Double, variance: Double) {
    let x = rule(shape, dtype: .float64, key: key)
    #expect(x.shape == shape)
    return (x.mean().item(), x.variance().item())
  }

  @Test("means and variances of random rules")
  func distributions() {
    // Fans of [200, 100, 3]: 300 in, 600 out.
    let cases: [(Initializer, Double)] = [
      (.heNormal, 2.0 / 300), (.heUniform, 2.0 / 300), (.glorotUniform, 2.0 / 900),
      (.glorotNormal, 2.0 / 900), (.lecunNormal, 1.0 / 300), (.lecunUniform, 1.0 / 300),
      (.normal(standardDeviation: 0.5), 0.25), (.uniform(limit: 3), 3),
      (.truncatedNormal(standardDeviation: 1), 0.7737413),
      (.heLeaky(slope: 0.5), 1.6 / 300),
      (.varianceScaling(3, fan: .output, distribution: .normal), 3.0 / 600),
      (.varianceScaling(3, fan: .mean, distribution: .uniform), 3.0 / 450),
      (.varianceScaling(3, fan: .input, distribution: .truncatedNormal), 3.0 / 300),
    ]
    for (rule, variance) in cases {
      let found = statistics(rule, [200, 100, 3])
      // 60,000 draws: five standard errors of a normal's variance, and of its mean.
      #expect(abs(found.variance / variance - 1) < 5 * (2.0 / 60_000).squareRoot(), "\(rule)")
      #expect(abs(found.mean) < 5 * (variance / 60_000).squareRoot(), "\(rule)")
    }
  }

  @Test("no truncated number is beyond two deviations, no uniform one beyond its limit")
  func ends() {
    let limits: [(Initializer, Double)] = [
      (.truncatedNormal(standardDeviation: 0.5), 1), (.uniform(limit: 0.25), 0.25),
      (.glorotUniform, (6.0 / 200).squareRoot()),
    ]
    for (rule, limit) in limits {
      let largest = rule([100, 100], key: key).abs().max().item()
      #expect(largest <= limit * 1.000001 && largest > 0.98 * limit, "\(rule)")
    }
  }

  @Test("orthogonal rows or columns", arguments: [[6, 6], [4, 9], [9, 4], [5, 2, 3]])
  func orthogonal(_ shape: [Int]) {
    let x = Initializer.orthogonal(gain: 2)(Shape(shape), dtype: .float64, key: key)
    let columns = x.count / shape[0]
    let matrix = x.reshaped([shape[0], columns])
    let gram =
      shape[0] <= columns
      ? matrix.matmul(matrix.matrixTransposed()) : matrix.matrixTransposed().matmul(matrix)
    let wanted = 4.0 * NDArray.eye(min(shape[0], columns), dtype: .float64)
    #expect((gram - wanted).abs().max().item() < 1e-12)
  }

  @Test("identities, biases of gates, pyramids, sparse columns")
  func exact() {
    let identity = Initializer.identity(gain: 3)([2, 3], key: key)
    #expect(identity.scalars(as: Float.self) == [3, 0, 0, 0, 3, 0])
    let kernel = Initializer.identity(gain: 1)([2, 2, 3, 3], key: key)
    let image = NDArray.random.normal([1, 2, 5, 5], seed: 1)
    let same = image.convolution(kernel, padding: [1])
    #expect(same.scalars(as: Float.self) == image.scalars(as: Float.self))
    let bias = Initializer.lstmBias(forget: 1)([8], key: key)
    #expect(bias.scalars(as: Float.self) == [0, 0, 1, 1, 0, 0, 0, 0])
    let pyramid = Initializer.bilinear([1, 1, 4, 4], key: key)
    let line: [Float] = [0.25, 0.75, 0.75, 0.25]
    #expect(pyramid.scalars(as: Float.self) == line.flatMap { a in line.map { a * $0 } })
    let sparse = Initializer.sparse(part: 0.25, standardDeviation: 1)([20, 6], key: key)
    let counts = (sparse .!= 0).cast(to: .int64).sum(axis: 0).scalars(as: Int.self)
    #expect(counts == Array(repeating: 5, count: 6))
  }

  @Test("rules by name, before the first values are made")
  func names() async throws {
    let model = [
      "weight": Parameter(shape: [nil, 3], initializer: .zeros),
      "bias": Parameter(shape: [2], initializer: .zeros),
    ]
    #expect(setInitializers(of: model, ["*.none": .ones, "b*": .constant(7), "*": .ones]) == 2)
    #expect(model["bias"]?.value.scalars(as: Float.self) == [7, 7])
    #expect(model["weight"]?.value(for: 1).scalars(as: Float.self) == [1, 1, 1])
    let result = await #expect(processExitsWith: .failure, observing: [\.standardErrorContent]) {
      let parameter = Parameter(NDArray([1.0]))
      setInitializers(of: ["a": parameter], ["*": .ones])
    }
    let errors = String(decoding: try #require(result).standardErrorContent, as: UTF8.self)
    #expect(
      errors.contains("parameter a: has its first value already, so no initializer is asked"),
      "\(errors)")
  }
}
