import TandemArray
import TandemOptim
import Testing

/// Groups of parameters, clipping, sums of shards, means of weights, slow weights.
@Suite struct GroupTests {
  private func parameter(_ path: String, _ numbers: [Double]) -> Parameter {
    let parameter = Parameter(NDArray(numbers, shape: [numbers.count]).cast(to: .float32))
    parameter.bind(path: path)
    return parameter
  }

  @Test(
    "patterns of paths",
    arguments: [
      ("*.bias", "0.bias", true), ("*.bias", "0.bias.x", false), ("0.*", "0.weight", true),
      ("blocks.*.weight", "blocks.3.attention.weight", true), ("weight", "0.weight", false),
      ("*", "", true), ("a|b.*", "b.c", true), ("*.bias | *.scale", "2.scale", true),
      ("a*b*c", "a-b-b-c", true), ("a*b*c", "a-b-b", false),
    ])
  func patterns(_ pattern: String, _ path: String, _ matches: Bool) {
    #expect(PathPattern(pattern).matches(path) == matches)
  }

  @Test("each group has a rule; rates keep their ratios; frozen parameters stay")
  func groups() {
    let (weight, bias, head) = (
      parameter("0.weight", [1]), parameter("0.bias", [1]), parameter("head.weight", [1])
    )
    let frozen = parameter("embedding.weight", [1])
    let optimizer = ParameterGroups(
      [
        ParameterGroup("*.bias", SGD(learningRate: 0.2)), .frozen("embedding.*"),
        ParameterGroup(matching: { path, _ in path.hasPrefix("head") }, SGD(learningRate: 0.01)),
      ], otherwise: SGD(learningRate: 0.1, momentum: 0.5))
    func step() {
      optimizer.beginStep()
      for parameter in [weight, bias, head, frozen] {
        optimizer.update(parameter, with: NDArray([1.0]))
      }
    }
    step()
    func numbers() -> [Double] { [weight, bias, head, frozen].map { $0.value.item() } }
    for (a, b) in zip(numbers(), [0.9, 0.8, 0.99, 1]) { #expect(abs(a - b) < 1e-6) }
    optimizer.learningRate.number = 0.05
    step()
    for (a, b) in zip(numbers(), [0.825, 0.7, 0.985, 1]) { #expect(abs(a - b) < 1e-6) }
    #expect(optimizer.memory.all.map(\.name) == ["0.weight.velocity"])
    let names = optimizer.savedCells.map(\.name)
    #expect(Set(names).count == names.count, "\(names)")
    #expect(names.contains("learningRate.2"))
  }

  @Test("compiled groups have the eager bits, and follow the rate without another trace")
  func compiled() {
    func run(_ isCompiled: Bool) -> [[Float]] {
      let parameters = ["w": parameter("w", [1, 2]), "b": parameter("b", [3, 4])]
      let optimizer = Lookahead(
        ParameterGroups(
          [ParameterGroup("b", Lion(learningRate: 0.1))], otherwise: Adam(learningRate: 0.2)),
        interval: 2)
      let average = WeightAverage(of: parameters, .warmingUp(decay: 0.9))
      let body = { @Sendable (x: NDArray) in
        let (loss, gradients) = valueAndGradient(of: parameters) {
          parameters.values.map { ($0.value * x).squared().sum() }.reduce(NDArray(0.0)) { $0 + $1 }
        }
        optimizer.update(parameters, with: GradientClipping.globalNorm(0.5)(gradients))
        average.update()
        return loss
      }
      let step = compile(mutating: parameters, optimizer, average, body: body)
      for number in 0..<5 {
        optimizer.learningRate.number = 0.2 / Double(1 + number)
        let x = NDArray([1.0, 0.5])
        _ = isCompiled ? step(x) : body(x)
      }
      if isCompiled { #expect(step.statistics.traces <= 2, "\(step.statistics)") }
      let means = average.memory.all.map { $0.cell.value.scalars(as: Float.self) }
      return ["w", "b"].map { parameters[$0]?.value.scalars(as: Float.self) ?? [] } + means
    }
    #expect(run(true) == run(false))
  }

  @Test("clipping by value, by norm and by the norm of all")
  func clipping() {
    let (a, b) = (parameter("a", [0, 0]), parameter("b", [0]))
    let gradients = Gradients([(a, NDArray([3.0, -4.0])), (b, NDArray([12.0]))])
    #expect(abs(gradients.globalNorm.item() - 13) < 1e-5)
    func numbers(_ clipping: GradientClipping) -> [Double] {
      clipping(gradients).all.flatMap { $0.gradient.scalars(as: Double.self) }
    }
    #expect(numbers(.value(2)) == [2, -2, 2])
    for (found, expected) in [
      (numbers(.norm(2.5)), [1.5, -2, 2.5]), (numbers(.globalNorm(6.5)), [1.5, -2, 6]),
      (numbers(.globalNorm(20)), [3, -4, 12]),
    ] {
      for (x, y) in zip(found, expected) { #expect(abs(x - y) < 1e-5) }
    }
    let rows = RowSparseArray(
      summing: NDArray([[3.0], [1.0], [1.0]]), at: NDArray([1, 0, 0], dtype: .int64), shape: [4, 1])
    let sparse = Gradients([], rowSparse: [(a, rows)])
    #expect(abs(sparse.globalNorm.item() - 13.0.squareRoot()) < 1e-5)
    let clipped = GradientClipping.globalNorm(1)(sparse).rowSparse[0].gradient.dense
    #expect(abs(clipped.squared().sum().item() - 1) < 1e-5)
  }

  /// The sums of two workers that hold a half each, added up, are those of one that holds all.
  @Test("shards give the same bits in any order and however they are spread", arguments: [4, 5, 8])
  func shards(count: Int) throws {
    let p = parameter("p", Array(repeating: 0, count: 1000))
    let parts = (0..<count).map { shard in
      Gradients([(p, NDArray.random.normal([1000], seed: UInt64(shard)))])
    }
    func total(_ order: [Int]) throws -> [Float] {
      var sum = ShardSum(count: count)
      for shard in order { sum.add(parts[shard], shard: shard) }
      #expect(sum.next == nil)
      return try #require(sum.total).all[0].gradient.scalars(as: Float.self)
    }
    let forward = try total(Array(0..<count))
    #expect(try total((0..<count).reversed()) == forward)
    #expect(try total((0..<count).map { ($0 * 3 + 1) % count }) == forward || count == 6)
    if count == 4 {
      let pairs = [(0, 1), (2, 3)].map { left, right in
        parts[left].all[0].gradient + parts[right].all[0].gradient
      }
      #expect((pairs[0] + pairs[1]).scalars(as: Float.self) == forward)
    }
    var sum = ShardSum(count: count)
    sum.add(parts[0], shard: 0)
    #expect(sum.total == nil && sum.next == 1)
  }

  @Test("means of weights: exponential, equal, and the exchange of both")
  func averages() {
    let p = parameter("p", [0])
    let (slow, equal) = (
      WeightAverage(of: p, .exponential(decay: 0.75)), WeightAverage(of: p, .equal)
    )
    var (mean, values) = (0.0, [Double]())
    for number in [4.0, 8, 2, 6] {
      p.value = NDArray([number]).cast(to: .float32)
      slow.update()
      equal.update()
      values.append(number)
      mean = values.count == 1 ? number : 0.75 * mean + 0.25 * number
    }
    #expect(abs(slow.memory.all[0].cell.value.item() - mean) < 1e-6)
    #expect(equal.applied { p.value.item() } == 5)
    #expect(p.value.item() == 6)
  }

  @Test("slow weights follow every third step")
  func lookahead() {
    let p = parameter("p", [0])
    let rule = Lookahead(SGD(learningRate: 1), interval: 3, part: 0.5)
    var found: [Double] = []
    for _ in 0..<6 {
      rule.beginStep()
      rule.update(p, with: NDArray([-1.0]))
      found.append(p.value.item())
    }
    #expect(found == [1, 2, 1.5, 2.5, 3.5, 3])
    #expect(rule.memory.all.map(\.name) == ["p.slow"])
  }

  @Test("float16: gradients that overflow skip a step and halve the factor")
  func lossScale() throws {
    let p = parameter("p", [0])
    let scale = LossScale(factor: 8, interval: 2)
    let gradients = Gradients([(p, NDArray([16.0]))])
    #expect(try #require(scale.unscaled(gradients)).all[0].gradient.item() == 2)
    #expect(scale.unscaled(Gradients([(p, NDArray([Double.infinity]))])) == nil)
    #expect(scale.factor(as: .float32).item() == 4)
    for _ in 0..<2 { _ = scale.unscaled(gradients) }
    #expect(scale.factor(as: .float32).item() == 8)
  }

  @Test func messages() async throws {
    let results = [
      await #expect(processExitsWith: .failure, observing: [\.standardErrorContent]) {
        var sum = ShardSum(count: 2)
        sum.add(Gradients([]), shard: 1)
        sum.add(Gradients([]), shard: 1)
      },
      await #expect(processExitsWith: .failure, observing: [\.standardErrorContent]) {
        _ = Lookahead(SGD(learningRate: 1), part: 2)
      },
      await #expect(processExitsWith: .failure, observing: [\.standardErrorContent]) {
        _ = ParameterGroups([], otherwise: SGD(learningRate: 0))
      },
    ]
    let texts = [
      "shards: number 1 was added before", "Lookahead: part must be in 0...1, got 2.0",
      "ParameterGroups: learningRate must be positive, got 0.0",
    ]
    for (result, text) in zip(results, texts) {
      let errors = String(decoding: try #require(result).standardErrorContent, as: UTF8.self)
      #expect(errors.contains("\(text) (GroupTests.swift:"), "\(errors)")
    }
  }
}
