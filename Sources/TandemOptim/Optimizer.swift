@_exported import TandemArray

/// A rule that changes parameters by their gradients, as data: a name, numbers in state cells, and
/// what it remembers of each parameter.
///
/// An optimizer is a value whose memory is shared by its copies, like that of a layer.
public protocol Optimizer: Sendable {
  /// The rule's name in checkpoints.
  static var name: String { get }

  /// The rule's numbers, the learning rate among them; changing one takes effect at the next step.
  var numbers: [StateCell] { get }

  /// The length of a step, one of ``numbers``: `trainer.optimizer.learningRate.number = 0.01`.
  var learningRate: StateCell { get }

  /// What the rule remembers of each parameter.
  var memory: OptimizerMemory { get }

  /// Announces the updates of one step, once for all parameters.
  func beginStep()

  /// Changes one parameter by its gradient.
  ///
  /// - Parameter gradient: of the parameter's shape.
  func update(_ parameter: Parameter, with gradient: NDArray)
}

extension Optimizer {
  /// Does nothing: most rules need no announcement.
  public func beginStep() {}
}

extension Optimizer {
  /// Makes one step: changes the parameters of a model by their gradients.
  ///
  /// - Parameters:
  ///   - model: whose parameters they are.
  ///   - gradients: as ``valueAndGradient(of:file:line:_:)`` gives them; parameters without one
  ///     stay as they are.
  public func update<Model>(_ model: Model, with gradients: Gradients) {
    beginStep()
    for (parameter, gradient) in gradients.all { update(parameter, with: gradient) }
  }
}
