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
  /// Mark it with `@_disfavoredOverload`, so that ``update(_:with:file:line:)`` is what is called
  /// and errors show the line of the call.
  ///
  /// - Parameter gradient: of the parameter's shape.
  func update(_ parameter: Parameter, with gradient: NDArray)

  /// Changes rows of a parameter by their gradient, and leaves all others, and what is remembered
  /// of them, as they are: MXNet's `lazy_update`. Weight decay, too, acts on these rows alone.
  ///
  /// A rule that does not say how takes the gradient with its zeros.
  func update(_ parameter: Parameter, with gradient: RowSparseArray)
}

extension Optimizer {
  /// Does nothing: most rules need no announcement.
  public func beginStep() {}

  @_disfavoredOverload
  public func update(_ parameter: Parameter, with gradient: RowSparseArray) {
    update(parameter, with: gradient.dense)
  }
}

extension Optimizer {
  /// Changes one parameter by its gradient; errors name the line of this call and the parameter.
  ///
  /// - Parameter gradient: of the parameter's shape.
  public func update(
    _ parameter: Parameter, with gradient: NDArray, file: StaticString = #fileID,
    line: UInt = #line
  ) {
    parameter.named(at: CallSite(file, line)) { update(parameter, with: gradient) }
  }

  /// Changes rows of a parameter by their gradient; errors name the line of this call and the
  /// parameter.
  public func update(
    _ parameter: Parameter, with gradient: RowSparseArray, file: StaticString = #fileID,
    line: UInt = #line
  ) {
    parameter.named(at: CallSite(file, line)) { update(parameter, with: gradient) }
  }

  /// Makes one step: changes the parameters of a model by their gradients.
  ///
  /// - Parameters:
  ///   - model: whose parameters they are.
  ///   - gradients: as ``valueAndGradient(of:file:line:_:)`` gives them; parameters without one
  ///     stay as they are, and so do rows without one of those that are row-sparse.
  public func update<Model>(
    _ model: Model, with gradients: Gradients, file: StaticString = #fileID, line: UInt = #line
  ) {
    beginStep()
    for (parameter, gradient) in gradients.all {
      update(parameter, with: gradient, file: file, line: line)
    }
    for (parameter, gradient) in gradients.rowSparse {
      update(parameter, with: gradient, file: file, line: line)
    }
  }
}

extension Parameter {
  /// Runs `body` with errors that name the parameter and the line of the user's call.
  func named(at site: CallSite, _ body: () -> Void) {
    // Not asked for when it fails: then the parameter is locked.
    let path = path
    CallFrame.with(site.seenByUser, owner: self, place: { "parameter \(path)" }, body)
  }
}
