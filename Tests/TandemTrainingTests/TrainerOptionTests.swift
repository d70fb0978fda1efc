import Tandem
import TandemArray
import Testing

/// What a trainer does beside the plain step: clipping, virtual shards, means of weights,
/// row-sparse gradients, mixed precision.
@Suite struct TrainerOptionTests {
  private func model() -> Sequential {
    Sequential {
      Dense(8, inputs: 6)
      Tanh()
      Dense(4, inputs: 8)
    }
  }

  private func batch(_ step: Int, count: Int = 8) -> (NDArray, NDArray) {
    (
      .random.normal([count, 6], seed: UInt64(step)),
      .random.integers(in: 0..<4, [count], seed: UInt64(100 + step))
    )
  }

  private func bits(_ x: NDArray) -> [Float] { x.scalars(as: Float.self) }

  @Test("gradients are clipped before the step")
  func clipping() {
    let (model, twin) = (model(), model())
    let trainer = Trainer(
      model, optimizer: SGD(learningRate: 1), seed: 1, clipping: .globalNorm(0.125))
    let other = Trainer(twin, optimizer: SGD(learningRate: 1), seed: 1)
    let before = trainer.parameters.map { $0.parameter.value }
    let (x, labels) = batch(0)
    for (net, trainer) in [(model, trainer), (twin, other)] {
      record { softmaxCrossEntropy(net(x), labels).sum() }.backward()
      trainer.step()
    }
    let squares = zip(trainer.parameters, before).map {
      ($0.parameter.value - $1).squared().sum().item()
    }
    #expect(abs(squares.reduce(0, +).squareRoot() - 0.125) < 1e-5)
    #expect(
      bits(other.parameters[0].parameter.value) != bits(trainer.parameters[0].parameter.value))
  }

  /// The twin adds the gradients up by hand, in the order of the tree.
  @Test("a step of four shards is one of the mean of their losses", arguments: [false, true])
  func shards(isCompiled: Bool) {
    let (model, twin) = (model(), model())
    nonisolated(unsafe) let trainer = Trainer(
      model, optimizer: Adam(learningRate: 0.1), seed: 2, virtualShards: 4,
      averaging: .exponential(decay: 0.5))
    _ = Trainer(twin, optimizer: SGD(learningRate: 1), seed: 2)
    let optimizer = Adam(learningRate: 0.1)
    let body = { @Sendable (x: [NDArray], labels: [NDArray]) in
      var total = NDArray(0.0)
      for (x, labels) in zip(x, labels) {
        let loss = record { softmaxCrossEntropy(model(x), labels).mean() }
        loss.backward()
        trainer.step()
        total = total + loss.detached()
      }
      return total
    }
    let region = compile(
      mutating: model, trainer.optimizer, trainer.average, body: body)
    for step in 0..<3 {
      let parts = (0..<4).map { batch(4 * step + $0) }
      let (xs, labels) = (parts.map(\.0), parts.map(\.1))
      _ = isCompiled ? region(xs, labels) : body(xs, labels)
      let gradients = parts.map { x, labels in
        valueAndGradient(of: twin) { softmaxCrossEntropy(twin(x), labels).mean() }.gradients
      }
      let sum = (gradients[0] + gradients[1]) + (gradients[2] + gradients[3])
      optimizer.update(twin, with: sum.mapped { $0 * 0.25 })
    }
    for (ours, theirs) in zip(model.parameters, twin.parameters) {
      #expect(bits(ours.parameter.value) == bits(theirs.parameter.value))
    }
    if !isCompiled { #expect(trainer.stepCount == 3) }
    #expect(trainer.average?.memory.all.count == 4)
  }

  private struct Bag: Layer {
    let table: Embedding
    let head = Dense(3, inputs: 4)

    func callAsFunction(_ x: NDArray) -> NDArray { head(table(x).mean(axis: 1)) }
  }

  /// Tokens that are not read keep their rows and moments, which weight decay would change.
  @Test(
    "an embedding with row-sparse gradients trains lazily with a trainer", arguments: [false, true])
  func rows(isCompiled: Bool) throws {
    func train(_ isSparse: Bool, _ isCompiled: Bool) throws -> (NDArray, [NDArray]) {
      let model = Bag(table: Embedding(10, features: 4, isSparse: isSparse))
      nonisolated(unsafe) let trainer = Trainer(
        model, optimizer: Adam(learningRate: 0.1, weightDecay: 0.5), seed: 3,
        clipping: .globalNorm(1))
      let start = model.table.weight.value
      let body = { @Sendable (tokens: NDArray, labels: NDArray) in
        let loss = record { softmaxCrossEntropy(model(tokens), labels).mean() }
        loss.backward()
        trainer.step()
        return loss
      }
      let region = compile(mutating: model, trainer.optimizer, body: body)
      for step in 0..<3 {
        let tokens = NDArray([1, 2, 2, 1 + step, 5, 5], shape: [2, 3])
        let labels = NDArray([0, 2], dtype: .int64)
        _ = isCompiled ? region(tokens, labels) : body(tokens, labels)
      }
      #expect(model.table.weight.gradient == nil && model.table.weight.rowGradient == nil)
      return (start, [model.table.weight.value, model.head.weight.value])
    }
    let (start, lazy) = try train(true, isCompiled)
    for row in [0, 4, 6, 9] { #expect(bits(lazy[0][row]) == bits(start[row])) }
    #expect(bits(lazy[0][5]) != bits(start[5]))
    let (_, dense) = try train(false, isCompiled)
    #expect(bits(dense[0][0]) != bits(start[0]))
    let (_, eager) = try train(true, false)
    #expect(zip(lazy, eager).allSatisfy { bits($0) == bits($1) })
  }

  @Test("a row-sparse gradient reads as a dense one, adds up, and leaves regions dense")
  func rowGradients() {
    let table = Parameter(NDArray.random.normal([5, 2], seed: 1))
    table.bind(path: "table")
    func pass(_ rows: [Int]) {
      record { table.rows(NDArray(rows, shape: [rows.count])).sum() }.backward()
    }
    pass([1, 3, 3])
    #expect(table.rowGradient != nil)
    #expect(table.gradient.map(bits) == [0, 0, 1, 1, 0, 0, 2, 2, 0, 0])
    #expect(table.rowGradient != nil)
    table.accumulatesGradient = true
    pass([0, 3])
    #expect(table.gradient.map(bits) == [1, 1, 1, 1, 0, 0, 3, 3, 0, 0])
    record { table.value.sum() }.backward()
    #expect(table.rowGradient == nil)
    #expect(table.gradient.map(bits) == [2, 2, 2, 2, 1, 1, 4, 4, 1, 1])
    pass([2])
    #expect(table.gradient.map(bits) == [2, 2, 2, 2, 2, 2, 4, 4, 1, 1])
    table.gradient = nil
    table.accumulatesGradient = false
    let region = compile(mutating: table) { (rows: NDArray) in
      let loss = record { table.rows(rows).sum() }
      loss.backward()
      return loss
    }
    for _ in 0..<2 { _ = region(NDArray([4, 4], dtype: .int64)) }
    #expect(table.gradient.map(bits) == [0, 0, 0, 0, 0, 0, 0, 0, 2, 2])
  }

  @Test("bfloat16 products with float32 parameters, gradients and moments")
  func mixedPrecision() {
    func train(_ precision: DType?, isCompiled: Bool = false) -> ([Float], DType, Double) {
      let model = model()
      nonisolated(unsafe) let trainer = Trainer(model, optimizer: Adam(learningRate: 0.02), seed: 4)
      let body = { @Sendable (x: NDArray, labels: NDArray) in
        let loss = withPrecision(precision) {
          record {
            let scores = model(x)
            #expect(scores.dtype == precision ?? .float32)
            return softmaxCrossEntropy(scores, labels).cast(to: .float32).mean()
          }
        }
        loss.backward()
        #expect(model.parameters.allSatisfy { $0.parameter.gradient?.dtype == .float32 })
        trainer.step()
        return loss
      }
      let region = compile(mutating: model, trainer.optimizer, body: body)
      var loss = 0.0
      for step in 0..<20 {
        let (x, labels) = batch(step % 2)
        loss = (isCompiled ? region(x, labels) : body(x, labels)).item()
      }
      let cells = trainer.optimizer.memory.all.map(\.cell.value.dtype)
      #expect(Set(cells) == [.float32])
      let weight = trainer.parameters[0].parameter.value
      return (bits(weight), weight.dtype, loss)
    }
    let (wide, narrow) = (train(nil), train(.bfloat16))
    #expect(narrow.1 == .float32 && narrow.0 != wide.0)
    #expect(abs(narrow.2 - wide.2) < 0.05 * wide.2 + 0.02)
    #expect(train(.bfloat16, isCompiled: true).0 == narrow.0)
  }

  @Test("a compiled function is traced for each precision")
  func precisionIsInTheKey() {
    let weight = Parameter(NDArray([1.0, 1.5]))
    let region = compile { (x: NDArray) in (x.cast(to: weight.value.dtype) * weight.value) }
    let x = NDArray([1.0, 1.0])
    #expect(region(x).dtype == .float32)
    #expect(withPrecision(.bfloat16) { region(x) }.dtype == .bfloat16)
    #expect(region(x).dtype == .float32)
    #expect(region.statistics.traces == 2)
    let model = model()
    let (input, _) = batch(0)
    let narrow = withPrecision(.bfloat16) { model(input) }
    model.hybridize()
    #expect(bits(withPrecision(.bfloat16) { model(input) }) == bits(narrow))
    #expect(model(input).dtype == .float32)
    model.dehybridize()
  }

  /// Two parameters of a model with rules of their own, written out as a loop that users would.
  @Test("an update that is written by hand has the bits of the built-in one")
  func handWritten() {
    let (rate, kept) = (Float(0.1), Float(0.9))
    let (a, b) = (
      Parameter(NDArray.random.normal([64], seed: 1)), StateCell("v", NDArray.zeros([64]))
    )
    let twin = Parameter(a.value + 0)
    let byHand = compile(mutating: a, b) { (g: NDArray) in
      b.value = b.value * kept + g
      a.value = a.value - rate * b.value
      return g
    }
    let sgd = SGD(learningRate: 0.1, momentum: 0.9)
    let builtIn = compile(mutating: twin, sgd) { (g: NDArray) in
      sgd.update(twin, with: g)
      return g
    }
    for step in 0..<10 {
      let g = NDArray.random.normal([64], seed: UInt64(10 + step))
      _ = (byHand(g), builtIn(g))
    }
    #expect(bits(a.value) == bits(twin.value))
  }
}
