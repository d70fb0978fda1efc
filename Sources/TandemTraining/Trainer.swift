@_exported import TandemNN
@_exported import TandemOptim

/// Changes the parameters of a model by the gradients that `backward` left, step by step.
///
///     let loss = record { softmaxCrossEntropy(model(batch.images), batch.labels).mean() }
///     loss.backward()
///     trainer.step()
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
  /// How many steps have been made; in a compiled region, how often it was traced, as it is a Swift
  /// number.
  public internal(set) var stepCount = 0

  /// - Parameters:
  ///   - model: its parameters are named by their paths from it.
  ///   - optimizer: the rule.
  ///   - seed: of the parameters' first values, those that are not made yet; the one that is in
  ///     force at the model's first call if `nil`.
  public init(
    _ model: some Layer, optimizer: some Optimizer, seed: UInt64? = nil,
    file: StaticString = #fileID, line: UInt = #line
  ) {
    parameters = bindParameters(of: model, seed: seed)
    self.optimizer = optimizer
    if parameters.isEmpty {
      fail("trainer: the model has no parameters: \(type(of: model))", at: CallSite(file, line))
    }
  }

  /// Updates every trainable parameter by its gradient and forgets the gradients. Does not wait.
  ///
  /// In a compiled region that lists the model and the optimizer each call does so.
  ///
  /// - Parameter ignoringMissing: whether a parameter without a gradient since the last step is
  ///   left alone; else it is an error, as it is mostly a forgotten `backward` or an unused layer.
  public func step(
    ignoringMissing: Bool = false, file: StaticString = #fileID, line: UInt = #line
  ) {
    let trained = parameters.filter(\.parameter.isTrainable)
    let missing = trained.filter { $0.parameter.gradient == nil }
    if let first = missing.first, !ignoringMissing {
      let others = missing.count > 1 ? " and \(missing.count - 1) more" : ""
      fail(
        "step: no gradient since the last step: \(first.path)\(others); call backward first, or "
          + "pass ignoringMissing: true", at: CallSite(file, line))
    }
    optimizer.beginStep()
    for (_, parameter) in trained {
      guard let gradient = parameter.gradient else { continue }
      optimizer.update(parameter, with: gradient, file: file, line: line)
      parameter.gradient = nil
    }
    stepCount += 1
  }
}
