@_exported import TandemNN
@_exported import TandemOptim

/// Changes the parameters of a model by the gradients that `backward` left, step by step.
///
///     let loss = record { softmaxCrossEntropy(model(batch.images), batch.labels).mean() }
///     loss.backward()
///     trainer.step()
///
/// A trainer also clips gradients, adds up those of several passes and keeps a mean of the
/// parameters:
///
///     let trainer = Trainer(
///       model, optimizer: AdamW(), clipping: .globalNorm(1), virtualShards: 4,
///       averaging: .exponential(decay: 0.999))
///
/// The trainer names the parameters by their paths, on which their first values depend beside the
/// seed, so make it before the model's first call. Then two models of one architecture start
/// identical, unless their trainers are given different seeds; a model that was called before any
/// trainer was made has other numbers, those of the random state at the call (see ``Parameter``).
public final class Trainer {
  /// The parameters, with their paths from the model.
  public let parameters: [(path: String, parameter: Parameter)]
  /// The rule.
  public let optimizer: any Optimizer
  /// How gradients are made shorter before each step.
  public let clipping: GradientClipping?
  /// How many backward passes make one step; see ``step(ignoringMissing:file:line:)``.
  public let virtualShards: Int
  /// The mean of the parameters that each step updates.
  public let average: WeightAverage?
  /// How many steps have been made; in a compiled region, how often it was traced, as it is a Swift
  /// number.
  public internal(set) var stepCount = 0
  /// The gradients of the shards since the last step.
  private var shards: ShardSum

  /// - Parameters:
  ///   - model: its parameters are named by their paths from it.
  ///   - optimizer: the rule.
  ///   - seed: of the parameters' first values, those that are not made yet; the one that is in
  ///     force at the model's first call if `nil`.
  ///   - clipping: how gradients are made shorter before each step, if at all.
  ///   - virtualShards: how many backward passes make one step, each on a part of the batch.
  ///   - averaging: which mean of the parameters is kept beside them, if any; ``average``.
  public init(
    _ model: some Layer, optimizer: some Optimizer, seed: UInt64? = nil,
    clipping: GradientClipping? = nil, virtualShards: Int = 1,
    averaging: WeightAverage.Rule? = nil, file: StaticString = #fileID, line: UInt = #line
  ) {
    parameters = bindParameters(of: model, seed: seed)
    (self.optimizer, self.clipping) = (optimizer, clipping)
    self.virtualShards = virtualShards
    shards = ShardSum(count: virtualShards, file: file, line: line)
    average = averaging.map { WeightAverage(of: model, $0, file: file, line: line) }
    if parameters.isEmpty {
      fail("trainer: the model has no parameters: \(type(of: model))", at: CallSite(file, line))
    }
  }

  /// Updates every trainable parameter by its gradient and forgets the gradients. Does not wait.
  ///
  /// With several virtual shards a call files the gradients of one, and the last one of them makes
  /// the step with their mean, as if one batch had been all of them: in the order of calls, and
  /// summed by a fixed tree, so that the bits are those of any other way to spread the shards.
  ///
  /// In a compiled region that lists the model and the optimizer each call does so; the calls of
  /// all shards of a step must be in the same region.
  ///
  /// - Parameter ignoringMissing: whether a parameter without a gradient since the last step is
  ///   left alone; else it is an error, as it is mostly a forgotten `backward` or an unused layer.
  public func step(
    ignoringMissing: Bool = false, file: StaticString = #fileID, line: UInt = #line
  ) {
    let trained = parameters.filter(\.parameter.isTrainable)
    if !ignoringMissing { requireGradients(of: trained, at: CallSite(file, line)) }
    var gradients = takeGradients(of: trained.map(\.parameter))
    if virtualShards > 1 {
      shards.add(gradients, shard: shards.next ?? 0, file: file, line: line)
      guard let mean = shards.mean else { return }
      gradients = mean
      shards = ShardSum(count: virtualShards)
    }
    update(with: clipping.map { $0(gradients) } ?? gradients, file: file, line: line)
    average?.update()
    stepCount += 1
  }

  private func requireGradients(
    of trained: [(path: String, parameter: Parameter)], at site: CallSite
  ) {
    let missing = trained.filter { $0.parameter.rowGradient == nil && $0.parameter.gradient == nil }
    guard let first = missing.first else { return }
    let others = missing.count > 1 ? " and \(missing.count - 1) more" : ""
    fail(
      "step: no gradient since the last step: \(first.path)\(others); call backward first, or "
        + "pass ignoringMissing: true", at: site)
  }

  private func takeGradients(of trained: [Parameter]) -> Gradients {
    var dense: [(parameter: Parameter, gradient: NDArray)] = []
    var rows: [(parameter: Parameter, gradient: RowSparseArray)] = []
    for parameter in trained {
      if let gradient = parameter.rowGradient {
        rows.append((parameter, gradient))
      } else if let gradient = parameter.gradient {
        dense.append((parameter, gradient))
      } else {
        continue
      }
      parameter.gradient = nil
    }
    return Gradients(dense, rowSparse: rows)
  }

  /// Errors name the line of the user's call, and the parameter.
  private func update(with gradients: Gradients, file: StaticString, line: UInt) {
    optimizer.beginStep()
    for (parameter, gradient) in gradients.all {
      optimizer.update(parameter, with: gradient, file: file, line: line)
    }
    for (parameter, gradient) in gradients.rowSparse {
      optimizer.update(parameter, with: gradient, file: file, line: line)
    }
  }
}
