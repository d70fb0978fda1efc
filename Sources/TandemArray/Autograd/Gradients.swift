/// The gradients of a model's parameters; made by ``valueAndGradient(of:file:line:_:)``.
public struct Gradients: Sendable {
  /// Each parameter through which a gradient flowed, in the order of the model's parameters.
  public let all: [(parameter: Parameter, gradient: NDArray)]

  /// The gradient of one parameter; `nil` if none flowed through it.
  public subscript(parameter: Parameter) -> NDArray? {
    all.first { $0.parameter === parameter }?.gradient
  }
}

/// The value of a scalar function and its gradient with respect to the trainable parameters of a
/// model.
///
///     let (loss, gradients) = valueAndGradient(of: model) {
///       softmaxCrossEntropy(model(images), labels).mean()
///     }
///     optimizer.update(model, with: gradients)
///
/// Layers behave as in training. Nothing is handed to ``Parameter/gradient``, so this suits
/// compiled regions, in which it works as outside.
///
/// - Parameters:
///   - model: its parameters are named by their paths, if they are not named yet.
///   - body: gives a float array of one element.
public func valueAndGradient<Model>(
  of model: Model, file: StaticString = #fileID, line: UInt = #line, _ body: () -> NDArray
) -> (value: NDArray, gradients: Gradients) {
  let site = CallSite(file, line)
  let parameters = bindParameters(of: model)
  let tape = Tape(.parameters)
  let value = withTraining(true) {
    Scope.with {
      $0.tapes.append(tape)
    } leave: {
      $0.endTape()
    } _: {
      body()
    }
  }
  guard value.count == 1, value.dtype.isFloatingPoint else {
    fail("valueAndGradient: needs a function whose value is one float, not \(value.type)", at: site)
  }
  guard let result = value.handle.links.value(on: tape) else {
    fail(
      "valueAndGradient: the value does not depend on a trainable parameter: \(value.type)",
      at: site)
  }
  let found = tape.backward(
    from: [(result, NDArray.ones(like: value))], retaining: false, at: site)
  var gradients: [ObjectIdentifier: NDArray] = [:]
  for leaf in tape.parameters { gradients[ObjectIdentifier(leaf.parameter)] = found[leaf.value] }
  let all = parameters.compactMap { _, parameter in
    gradients[ObjectIdentifier(parameter)].map { (parameter, $0) }
  }
  return (value.handle.kept(by: tape), Gradients(all: all))
}
