import Foundation
import Tandem

/// A training step whose memory is measured.
struct Program: Sendable {
  let name: String
  let make: @Sendable () -> Task

  /// A model with all that a step needs.
  struct Task {
    let model: any Layer
    let optimizer: any Optimizer
    let inputs: NDArray
    let labels: NDArray

    init(_ model: any Layer, _ optimizer: any Optimizer, _ inputs: NDArray, labels: NDArray) {
      (self.model, self.optimizer, self.inputs) = (model, optimizer, inputs)
      self.labels = labels
    }
  }

  static let all: [Program] = [
    Program(name: "lenet") {
      Task(
        LeNet(classes: 10), SGD(learningRate: 0.01), .random.normal([128, 1, 28, 28], seed: 0),
        labels: .random.integers(in: 0..<10, [128], seed: 1))
    },
    Program(name: "lstm") {
      Task(
        LSTMLanguageModel(vocabulary: 10_000, hidden: 650), SGD(learningRate: 0.1),
        .random.integers(in: 0..<10_000, [35, 20], seed: 0),
        labels: .random.integers(in: 0..<10_000, [35, 20], seed: 1))
    },
    Program(name: "gpt") {
      Task(
        GPT(vocabulary: 65, context: 256, features: 384, heads: 6, blockCount: 6),
        AdamW(learningRate: 1e-3, beta2: 0.99, weightDecay: 0.1),
        .random.integers(in: 0..<65, [16, 256], seed: 0),
        labels: .random.integers(in: 0..<65, [16, 256], seed: 1))
    },
    Program(name: "resnet50") {
      Task(
        ResNet.resNet50(), SGD(learningRate: 0.01, momentum: 0.9),
        .random.normal([8, 3, 224, 224], seed: 0),
        labels: .random.integers(in: 0..<1000, [8], seed: 1))
    },
    Program(name: "mlp") {
      let block: [any Layer] = (0..<16).flatMap { _ -> [any Layer] in
        [Dense(512), BatchNorm(), ReLU(), Dropout(0.1)]
      }
      return Task(
        Sequential(block + [Dense(10)]), SGD(learningRate: 0.01, momentum: 0.9),
        .random.normal([256, 512], seed: 0),
        labels: .random.integers(in: 0..<10, [256], seed: 1))
    },
  ]

  /// Prints one line.
  ///
  /// - Parameter fraction: of the planned peak, to which a second program is limited.
  func measure(limitedTo fraction: Double?) throws {
    let eager = make()
    let step = eager.eager
    for _ in 0..<2 { _ = step().item() }
    let eagerPeak = try Program.peak { _ = step() }
    let eagerSeconds = try Program.seconds { _ = step() }
    let task = make()
    try waitForAll()
    let start = ContinuousClock.now
    let region = task.region(options: .standard)
    _ = region(task.inputs, task.labels)
    let pushed = ContinuousClock.now - start
    _ = region(task.inputs, task.labels).item()
    let peak = try Program.peak { _ = region(task.inputs, task.labels) }
    let seconds = try Program.seconds { _ = region(task.inputs, task.labels) }
    let report = region.report
    let planned = report.plannedBytes
    let compiled = peak + report.compilation.arenaBytes
    var fields = [
      "\"program\":\"\(name)\"", "\"inputs_mb\":\(Program.megabytes(task.stateBytes))",
      "\"eager_mb\":\(Program.megabytes(eagerPeak))",
      "\"planned_mb\":\(Program.megabytes(planned))",
      "\"measured_mb\":\(Program.megabytes(compiled))",
      "\"measured_by_planned\":\(Program.text(Double(compiled) / Double(planned)))",
      "\"eager_by_measured\":\(Program.text(Double(eagerPeak) / Double(compiled)))",
      "\"first_call_s\":\(Program.text(pushed / .seconds(1)))",
      "\"eager_ms\":\(Program.text(1000 * eagerSeconds))",
      "\"compiled_ms\":\(Program.text(1000 * seconds))",
    ]
    if let fraction {
      let limit = Int(fraction * Double(planned))
      let tight = make()
      let region = tight.region(
        options: CompileOptions(compiler: CompilerOptions(memoryLimitBytes: limit)))
      let begun = ContinuousClock.now
      _ = region(tight.inputs, tight.labels).item()
      let first = ContinuousClock.now - begun
      let reached = region.report.plannedBytes
      let slow = try Program.seconds { _ = region(tight.inputs, tight.labels) }
      fields += [
        "\"limited_mb\":\(Program.megabytes(reached))",
        "\"limited_by_planned\":\(Program.text(Double(reached) / Double(planned)))",
        "\"recomputed\":\(region.report.compilation.recomputedCount)",
        "\"limited_first_call_s\":\(Program.text(first / .seconds(1)))",
        "\"limited_ms\":\(Program.text(1000 * slow))",
      ]
    }
    print("{\(fields.joined(separator: ","))}")
    if ProcessInfo.processInfo.environment["MEMORY_REPORT"] != nil { print(report) }
    try waitForAll()
  }

  /// Bytes that the pool hands out at most while something runs, beside what it has handed out.
  private static func peak(_ body: () -> Void) throws -> Int {
    try waitForAll()
    let before = BufferPool.shared.restartPeak()
    body()
    try waitForAll()
    return BufferPool.shared.counters.peakLargeBytes - before
  }

  private static func seconds(_ body: () -> Void) throws -> Double {
    var all: [Double] = []
    for _ in 0..<5 {
      let start = ContinuousClock.now
      body()
      try waitForAll()
      all.append((ContinuousClock.now - start) / .seconds(1))
    }
    return all.sorted()[2]
  }

  private static func megabytes(_ bytes: Int) -> String {
    String(format: "%.1f", Double(bytes) / 1e6)
  }

  private static func text(_ number: Double) -> String { String(format: "%.4g", number) }
}

extension Program.Task {
  /// The step as separate operations.
  var eager: () -> NDArray {
    let trainer = Trainer(model, optimizer: optimizer)
    return {
      let loss = record { softmaxCrossEntropy(model(inputs), labels).mean() }
      loss.backward()
      trainer.step()
      return loss
    }
  }

  /// The same step as one region.
  func region(options: CompileOptions) -> Compiled<NDArray, NDArray, NDArray> {
    let (model, optimizer) = (model, optimizer)
    return compile(mutating: model, optimizer, options: options) {
      (inputs: NDArray, labels: NDArray) in
      let (loss, gradients) = valueAndGradient(of: model) {
        softmaxCrossEntropy(model(inputs), labels).mean()
      }
      optimizer.update(model, with: gradients)
      return loss
    }
  }

  /// Bytes of parameters and of what the optimizer remembers.
  var stateBytes: Int {
    let values = model.parameters.map(\.parameter.value)
    return (values + optimizer.memory.all.map(\.cell.value)).reduce(0) { $0 + $1.type.byteCount }
  }
}
