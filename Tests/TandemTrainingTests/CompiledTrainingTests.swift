import Tandem
import TandemArray
import Testing

/// Training steps as regions: the same bits as the loop that is written out.
@Suite struct CompiledTrainingTests {
  struct Setup: Sendable, CustomTestStringConvertible {
    let name: String
    let input: Shape
    let steps: Int
    let momentum: Double
    let model: @Sendable () -> Sequential

    var testDescription: String { name }
  }

  private static let setups = [
    Setup(name: "mlp", input: [32, 20], steps: 20, momentum: 0.9) {
      Sequential {
        Dense(64)
        ReLU()
        Dense(48)
        Tanh()
        Dense(10)
      }
    },
    Setup(name: "lenet", input: [8, 1, 28, 28], steps: 20, momentum: 0) {
      let net = LeNet(classes: 10)
      return Sequential([net.features, net.classifier])
    },
  ]

  private func batch(_ setup: Setup, _ step: Int) -> (NDArray, NDArray) {
    (
      .random.normal(setup.input, seed: UInt64(step)),
      .random.integers(in: 0..<10, [setup.input[0]], seed: UInt64(100 + step))
    )
  }

  /// Losses and the bits of all weights at the end.
  private func eager(_ setup: Setup) -> [String] {
    let model = setup.model()
    let trainer = Trainer(model, optimizer: SGD(learningRate: 0.05, momentum: setup.momentum))
    return (0..<setup.steps).map { step in
      let (x, labels) = batch(setup, step)
      let loss = record { softmaxCrossEntropy(model(x), labels).mean() }
      loss.backward()
      trainer.step()
      return "\(loss.item())"
    } + [model.fingerprint()]
  }

  @Test("twenty steps, compiled and eager", arguments: setups)
  func steps(_ setup: Setup) throws {
    let model = setup.model()
    let optimizer = SGD(learningRate: 0.05, momentum: setup.momentum)
    let step = compile(mutating: model, optimizer) { (x: NDArray, labels: NDArray) in
      let (loss, gradients) = valueAndGradient(of: model) {
        softmaxCrossEntropy(model(x), labels).mean()
      }
      optimizer.update(model, with: gradients)
      return loss
    }
    let compiled =
      (0..<setup.steps).map { index in
        let (x, labels) = batch(setup, index)
        return "\(step(x, labels).item())"
      } + [model.fingerprint()]
    #expect(compiled == eager(setup))
    #expect(step.statistics.traces == 1, "\(step.statistics)")
    let report = step.report
    #expect(report.kernelsAfter < report.kernelsBefore, "\(report)")
    #expect(report.compilation.refusedDonations.isEmpty, "\(report)")
  }

  @Test("the forward pass as a region, recorded from outside", arguments: setups)
  func recordedFromOutside(_ setup: Setup) {
    let model = setup.model()
    let trainer = Trainer(model, optimizer: SGD(learningRate: 0.05, momentum: setup.momentum))
    let forward = compile { (x: NDArray, labels: NDArray) in
      softmaxCrossEntropy(model(x), labels).mean()
    }
    let compiled =
      (0..<setup.steps).map { step in
        let (x, labels) = batch(setup, step)
        let loss = record { forward(x, labels) }
        loss.backward()
        trainer.step()
        return "\(loss.item())"
      } + [model.fingerprint()]
    #expect(compiled == eager(setup))
    #expect(forward.statistics.traces == 1)
  }

  /// The numbers of `float64`, as Adam's are, change as SGD's do.
  @Test(
    "another learning rate takes effect without another trace",
    arguments: [SGD(learningRate: 1), Adam(learningRate: 1)] as [any Optimizer])
  func learningRate(_ optimizer: any Optimizer) {
    let weight = Parameter(NDArray([1, 2]))
    let step = compile(mutating: weight, optimizer) { (x: NDArray) in
      let (loss, gradients) = valueAndGradient(of: weight) { (weight.value * x).sum() }
      optimizer.update(weight, with: gradients)
      return loss
    }
    for (rate, numbers) in [(1, [0.0, 1]), (0.5, [-0.5, 0.5])] {
      optimizer.learningRate.number = rate
      _ = step(NDArray([1, 1]))
      for (found, expected) in zip(weight.value.scalars(as: Double.self), numbers) {
        #expect(abs(found - expected) < 1e-6)
      }
    }
    #expect(step.statistics.traces == 1)
  }

  @Test("a hybridized model gives the eager weights, and keeps its running statistics")
  func hybridized() throws {
    func train(_ isHybrid: Bool) -> [String] {
      let model = Sequential {
        Conv2D(channels: 4, kernel: 3)
        BatchNorm()
        ReLU()
        Flatten()
        Dropout(0.5)
        Dense(10)
      }
      if isHybrid { model.hybridize() }
      let trainer = Trainer(model, optimizer: SGD(learningRate: 0.05, momentum: 0.9))
      let losses = withSeed(5) {
        (0..<8).map { step in
          let x = NDArray.random.normal([8, 1, 10, 10], seed: UInt64(step))
          let labels = NDArray.random.integers(in: 0..<10, [8], seed: UInt64(100 + step))
          let loss = record { softmaxCrossEntropy(model(x), labels).mean() }
          loss.backward()
          trainer.step()
          return "\(loss.item()) \(model(x).sum().item())"
        }
      }
      // Sixteen calls, training and not; the first ones make the parameters.
      let statistics = HybridModels.region(of: model)?.statistics
      #expect((statistics != nil) == isHybrid)
      if let statistics { #expect(statistics.traces >= 2 && statistics.hits >= 12) }
      return losses + [model.fingerprint()]
    }
    #expect(train(true) == train(false))
  }

  /// A layer of a user.
  private struct Plain: Layer {
    let body = Sequential {
      Dense(4)
      ReLU()
    }

    func callAsFunction(_ x: NDArray) -> NDArray { body(x) * 2 }
  }

  @Test("the marked parts of a user's layer take part; copies do, other models do not")
  func hybridizedParts() {
    let (model, other) = (Plain(), Plain())
    let x = NDArray.random.normal([2, 3], seed: 1)
    _ = (model(x), other(x))
    let before = model(x).scalars(as: Float.self)
    model.hybridize(.shadowing)
    let copy = model
    #expect(HybridModels.region(of: copy.body) != nil)
    #expect(HybridModels.region(of: other.body) == nil)
    #expect(copy(x).scalars(as: Float.self) == before)
    #expect(HybridModels.region(of: copy.body)?.statistics.traces == 1)
    model.dehybridize()
    #expect(HybridModels.region(of: copy.body) == nil)
  }

  @Test("Adam's step count and learning rate are inputs: one trace", arguments: [false, true])
  func adam(_ isDecoupled: Bool) {
    func train(_ isCompiled: Bool) -> [String] {
      let model = Sequential {
        Dense(16)
        Tanh()
        Dense(3)
      }
      let optimizer: any Optimizer = isDecoupled ? AdamW() : Adam()
      let body: @Sendable (NDArray, NDArray) -> NDArray = { x, labels in
        let (loss, gradients) = valueAndGradient(of: model) {
          softmaxCrossEntropy(model(x), labels).mean()
        }
        optimizer.update(model, with: gradients)
        return loss
      }
      let step = compile(mutating: model, optimizer, body: body)
      let losses = (0..<10).map { index in
        if index == 5 { optimizer.learningRate.value = optimizer.learningRate.value * 0.5 }
        let x = NDArray.random.normal([8, 5], seed: UInt64(index))
        let labels = NDArray.random.integers(in: 0..<3, [8], seed: UInt64(index))
        return "\((isCompiled ? step(x, labels) : body(x, labels)).item())"
      }
      if isCompiled { #expect(step.statistics.traces <= 2, "\(step.statistics)") }
      return losses + [model.fingerprint()]
    }
    #expect(train(true) == train(false))
  }

  @Test("backward and a trainer's step inside of a region", arguments: [false, true])
  func trainerInside(_ accumulates: Bool) {
    func train(_ isCompiled: Bool) -> [String] {
      let model = Dense(3, inputs: 5)
      for (_, parameter) in bindParameters(of: model) {
        parameter.accumulatesGradient = accumulates
      }
      let optimizer = Adam()
      // The region is called by one thread.
      nonisolated(unsafe) let trainer = Trainer(model, optimizer: optimizer)
      let body: @Sendable (NDArray, NDArray) -> NDArray = { x, labels in
        let loss = record { softmaxCrossEntropy(model(x), labels).mean() }
        loss.backward()
        trainer.step()
        return loss
      }
      let step = compile(mutating: model, optimizer, body: body)
      let losses = (0..<3).map { index in
        let x = NDArray.random.normal([8, 5], seed: UInt64(index))
        let labels = NDArray.random.integers(in: 0..<3, [8], seed: UInt64(index))
        let loss = isCompiled ? step(x, labels) : body(x, labels)
        let left = trainer.parameters.filter { $0.parameter.gradient != nil }
        return "\(loss.item()) \(left.map(\.path))"
      }
      if isCompiled { #expect(step.statistics.traces == 1, "\(step.statistics)") }
      return losses + [model.fingerprint()]
    }
    #expect(train(true) == train(false))
  }

  @Test(
    "checking and shadow mode pass an optimizer whose cells get their lengths in the first trace",
    arguments: [false, true])
  func checkedOptimizer(_ isChecking: Bool) {
    func train(_ options: CompileOptions) -> String {
      let model = Dense(3, inputs: 5)
      let optimizer = Adam()
      let step = compile(mutating: model, optimizer, options: options) { (x: NDArray) in
        let (loss, gradients) = valueAndGradient(of: model) { (model(x) * model(x)).mean() }
        optimizer.update(model, with: gradients)
        return loss
      }
      for index in 0..<3 { _ = step(.random.normal([8, 5], seed: UInt64(index))) }
      return model.fingerprint()
    }
    #expect(train(isChecking ? .checking : .shadowing) == train(.standard))
  }

  @Test("a trainer's step alone as a region forgets the gradients at each call")
  func trainerStepAlone() {
    func train(_ isCompiled: Bool) -> [String] {
      let model = Dense(3, inputs: 5)
      let optimizer = SGD(learningRate: 0.5)
      nonisolated(unsafe) let trainer = Trainer(model, optimizer: optimizer)
      let step = compile(mutating: model, optimizer) { trainer.step() }
      return (0..<3).map { index in
        let x = NDArray.random.normal([8, 5], seed: UInt64(index))
        record { (model(x) * model(x)).mean() }.backward()
        if isCompiled { step() } else { trainer.step() }
        let left = trainer.parameters.filter { $0.parameter.gradient != nil }
        return "\(left.map(\.path)) \(model.fingerprint())"
      }
    }
    #expect(train(true) == train(false))
  }

  /// A layer with bytes between its fields that may be anything.
  private struct Padded: ReportingLayer {
    let isDoubled: Bool
    let power: Int
    let rate: Float?
    let weight: Parameter

    @_disfavoredOverload
    func callAsFunction(_ x: NDArray) -> NDArray {
      let y = x * weight.value
      return (isDoubled ? y * 2 : y) + Double(power) + Double(rate ?? 0)
    }
  }

  /// The model at another place, with other bytes where no field lies.
  private func moved(_ model: Padded, filling byte: UInt8) -> UnsafeMutablePointer<Padded> {
    let size = MemoryLayout<Padded>.size
    let pointer = UnsafeMutablePointer<Padded>.allocate(capacity: 1)
    let bytes = UnsafeMutableRawPointer(pointer)
    pointer.initialize(to: model)
    let fields: [(offset: Int?, size: Int)] = [
      (MemoryLayout<Padded>.offset(of: \.isDoubled), 1),
      (MemoryLayout<Padded>.offset(of: \.power), 8), (MemoryLayout<Padded>.offset(of: \.rate), 5),
      (MemoryLayout<Padded>.offset(of: \.weight), 8),
    ]
    var isField = [Bool](repeating: false, count: size)
    for (offset, count) in fields {
      for place in offset!..<offset! + count { isField[place] = true }
    }
    for place in 0..<size where !isField[place] {
      bytes.storeBytes(of: byte, toByteOffset: place, as: UInt8.self)
    }
    return pointer
  }

  @Test("a model with bytes between its fields is found whatever they are")
  func hybridizedPadded() {
    let weight = Parameter(NDArray([1, 2]))
    func model(_ power: Int = 3, rate: Float? = 0.5, doubled: Bool = true) -> Padded {
      Padded(isDoubled: doubled, power: power, rate: rate, weight: weight)
    }
    model().hybridize()
    for byte in 0..<20 as Range<UInt8> {
      let pointer = moved(model(), filling: byte * 7)
      #expect(HybridModels.region(of: pointer.pointee) != nil, "\(byte)")
      #expect(pointer.pointee(NDArray([1, 1])).scalars(as: Float.self) == [5.5, 7.5])
      pointer.deinitialize(count: 1)
      pointer.deallocate()
    }
    let statistics = HybridModels.region(of: model())?.statistics
    #expect(statistics?.traces == 1 && statistics?.hits == 19, "\(String(describing: statistics))")
    // Other fields make another model.
    #expect(HybridModels.region(of: model(4)) == nil)
    #expect(HybridModels.region(of: model(rate: nil)) == nil)
    #expect(HybridModels.region(of: model(doubled: false)) == nil)
    let other = Padded(isDoubled: true, power: 3, rate: 0.5, weight: Parameter(NDArray([1, 2])))
    #expect(HybridModels.region(of: other) == nil)
    moved(model(), filling: 0xAA).pointee.dehybridize()
    #expect(HybridModels.region(of: model()) == nil)
  }

  @Test("layers of Tandem that have such bytes run as regions")
  func hybridizedLayers() {
    func check(_ model: some ReportingLayer, _ call: () -> NDArray) {
      let before = call().scalars(as: Float.self)
      model.hybridize()
      for _ in 0..<4 { #expect(call().scalars(as: Float.self) == before) }
      let statistics = HybridModels.region(of: model)?.statistics
      #expect(statistics?.traces == 1 && statistics?.hits == 3, "\(type(of: model))")
      model.dehybridize()
      #expect(HybridModels.region(of: model) == nil)
    }
    let (steps, lstm) = (NDArray.random.normal([4, 2, 5], seed: 1), LSTM(3))
    check(lstm) { lstm(steps) }
    let tokens = NDArray.random.normal([2, 3, 4], seed: 2)
    let attention = MultiHeadAttention(4, heads: 2, isCausal: true)
    check(attention) { attention(tokens) }
  }
}
