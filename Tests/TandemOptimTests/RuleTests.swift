import TandemArray
import TandemOptim
import Testing

/// The rules that are array expressions: against other libraries, compiled, and by rows.
@Suite struct RuleTests {
  private static let fixture = OptimizerFixture.all

  private func parameters(_ dtype: DType, count: Int) throws -> [Parameter] {
    let shared = try #require(Self.fixture).shared
    return (0..<count).map { index in
      let parameter = Parameter(
        NDArray(shared.starts[index], shape: Shape(shared.shapes[index])).cast(to: dtype))
      parameter.bind(path: "p\(index)")
      return parameter
    }
  }

  private func gradient(_ step: Int, _ index: Int, _ dtype: DType) throws -> NDArray {
    let shared = try #require(Self.fixture).shared
    return NDArray(shared.gradients[step][index], shape: Shape(shared.shapes[index]))
      .cast(to: dtype)
  }

  /// Ten steps; what is left of each parameter.
  private func run(
    _ rule: any Optimizer, _ dtype: DType, count: Int, isCompiled: Bool = false
  ) throws -> [[Double]] {
    let parameters = try parameters(dtype, count: count)
    let step = compile(mutating: parameters, rule) { (gradients: [NDArray]) in
      rule.beginStep()
      for (parameter, gradient) in zip(parameters, gradients) {
        rule.update(parameter, with: gradient)
      }
      return gradients[0]
    }
    for number in 0..<10 {
      let gradients = try parameters.indices.map { try gradient(number, $0, dtype) }
      if isCompiled {
        _ = step(gradients)
      } else {
        rule.beginStep()
        for (parameter, gradient) in zip(parameters, gradients) {
          rule.update(parameter, with: gradient)
        }
      }
    }
    if isCompiled {
      #expect(step.statistics.traces == 1)
      let refused = step.report.compilation.refusedDonations
      #expect(refused.isEmpty || !isElementwise(rule), "\(refused)")
    }
    return parameters.map { $0.value.scalars(as: Double.self) }
  }

  /// Whether all that a compiled step changes is written in place.
  private func isElementwise(_ rule: any Optimizer) -> Bool {
    (rule as? any ComposedOptimizer).map { type(of: $0).isElementwise } ?? false
  }

  @Test("ten steps as other libraries make them", arguments: fixture?.cases ?? [])
  func values(_ item: OptimizerFixture.Case) throws {
    let rule = try #require(item.optimizer())
    let isWide = item.dtype == "float64"
    let found = try run(rule, isWide ? .float64 : .float32, count: item.ends.count)
    for (ours, theirs) in zip(found, item.ends) {
      for (a, b) in zip(ours, theirs) {
        let error = abs(a - b) / max(abs(b), 0.05)
        #expect(error < (isWide ? 1e-11 : 2e-5), "\(ours) \(theirs)")
      }
    }
  }

  @Test("a fixture for each rule")
  func coverage() throws {
    let rules = Set(try #require(Self.fixture).cases.map(\.rule))
    #expect(rules.count == 20, "\(rules.sorted())")
  }

  @Test("compiled steps have the eager bits", arguments: fixture?.cases ?? [])
  func compiled(_ item: OptimizerFixture.Case) throws {
    for dtype in [DType.float32, .bfloat16] {
      let count = item.ends.count
      let eager = try run(try #require(item.optimizer()), dtype, count: count)
      let compiled = try run(try #require(item.optimizer()), dtype, count: count, isCompiled: true)
      #expect(eager.map { $0.map(\.bitPattern) } == compiled.map { $0.map(\.bitPattern) })
    }
  }

  @Test("row-sparse gradients change the rows that they hold, and nothing else")
  func rows() throws {
    for item in try #require(Self.fixture).cases where item.dtype == "float32" {
      let (lazy, dense) = (try #require(item.optimizer()), try #require(item.optimizer()))
      guard type(of: lazy).isElementwise else { continue }
      let table = Parameter(NDArray.random.normal([6, 3], seed: 1))
      table.bind(path: "table")
      let twins = (0..<6).map { row in
        let twin = Parameter(table.value[row..<(row + 1)])
        twin.bind(path: "row\(row)")
        return twin
      }
      let start = table.value
      for step in 0..<4 {
        let rows = step % 2 == 0 ? [4, 1, 4] : [1, 2, 2]
        let gradient = RowSparseArray(
          summing: NDArray.random.normal([3, 3], seed: UInt64(10 + step)),
          at: NDArray(rows, shape: [3]), shape: [6, 3])
        for rule in [lazy, dense] { rule.beginStep() }
        lazy.update(table, with: gradient)
        for row in Set(rows) { dense.update(twins[row], with: gradient.dense[row..<(row + 1)]) }
      }
      for row in 0..<6 {
        let (ours, theirs) = (table.value[row].scalars(as: Float.self), twins[row].value)
        #expect(ours == theirs.reshaped([3]).scalars(as: Float.self), "\(item.rule) row \(row)")
      }
      #expect(table.value[0].scalars(as: Float.self) == start[0].scalars(as: Float.self))
    }
  }

  @Test("what is remembered has stable names")
  func names() {
    let parameter = Parameter(NDArray([[1.0, 2], [3, 4]]))
    parameter.bind(path: "0.weight")
    func names(_ rule: any Optimizer) -> [String] {
      rule.beginStep()
      rule.update(parameter, with: NDArray([[1, 1], [1, 1]]))
      return rule.savedCells.map(\.name)
    }
    #expect(
      names(AMSGrad()) == [
        "learningRate", "weightDecay", "beta1", "beta2", "epsilon", "stepCount",
        "0.weight.firstMoment", "0.weight.largestMoment", "0.weight.secondMoment",
      ])
    #expect(names(Lion()).suffix(1) == ["0.weight.momentum"])
    #expect(names(Adafactor()).suffix(2) == ["0.weight.columnSquare", "0.weight.rowSquare"])
    #expect(names(SGLD()) == ["learningRate", "weightDecay"])
  }

  @Test("Langevin noise has the variance of the learning rate, and a seed repeats it")
  func langevin() {
    func noise(_ seed: UInt64) -> NDArray {
      let parameter = Parameter(NDArray.zeros([200, 100]))
      parameter.bind(path: "p")
      let rule = SGLD(learningRate: 0.25)
      withSeed(seed) { rule.update(parameter, with: NDArray.full([200, 100], 2.0)) }
      return parameter.value
    }
    let values = noise(3)
    #expect(abs(values.mean().item() + 0.25) < 0.015)
    #expect(abs(values.variance().item() - 0.25) < 0.01)
    #expect(values.scalars(as: Float.self) == noise(3).scalars(as: Float.self))
    #expect(values.scalars(as: Float.self) != noise(4).scalars(as: Float.self))
  }

  @Test func messages() async throws {
    let results = [
      await #expect(processExitsWith: .failure, observing: [\.standardErrorContent]) {
        _ = Lion(beta2: 1)
      },
      await #expect(processExitsWith: .failure, observing: [\.standardErrorContent]) {
        _ = Adafactor(decayPower: 0.5)
      },
      await #expect(processExitsWith: .failure, observing: [\.standardErrorContent]) {
        let parameter = Parameter(NDArray([1.0, 2.0]))
        parameter.bind(path: "0.bias")
        Muon().update(parameter, with: NDArray([1.0, 2.0]), file: "RuleTests.swift", line: 3)
      },
      await #expect(processExitsWith: .failure, observing: [\.standardErrorContent]) {
        let parameter = Parameter(NDArray([1.0, 2.0]))
        parameter.bind(path: "0.bias")
        Lion().update(parameter, with: NDArray([1.0]), file: "RuleTests.swift", line: 3)
      },
    ]
    let texts = [
      "Lion: beta2 must be in 0..<1, got 1.0",
      "Adafactor: decayPower must be negative, got 0.5",
      "muon: needs a matrix, give this parameter another rule: float32[2], in parameter 0.bias",
      "lion: the gradient has another type: float32[2], float32[1], in parameter 0.bias",
    ]
    for (result, text) in zip(results, texts) {
      let errors = String(decoding: try #require(result).standardErrorContent, as: UTF8.self)
      #expect(errors.contains("\(text) (RuleTests.swift:"), "\(errors)")
    }
  }
}
