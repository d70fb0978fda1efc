/// The gradients of a model's parameters; made by ``valueAndGradient(of:file:line:_:)``.
public struct Gradients: Sendable {
  /// Each parameter through which a gradient flowed, in the order of the model's parameters.
  public let all: [(parameter: Parameter, gradient: NDArray)]

  /// Each parameter of which only rows were read (see ``Parameter/rows(_:file:line:)``), with the
  /// gradient of those; not among ``all``.
  public let rowSparse: [(parameter: Parameter, gradient: RowSparseArray)]

  /// Gradients that were changed, as by clipping, or come from elsewhere.
  ///
  /// - Parameters:
  ///   - all: dense ones.
  ///   - rowSparse: those of other parameters, of rows alone.
  public init(
    _ all: [(parameter: Parameter, gradient: NDArray)],
    rowSparse: [(parameter: Parameter, gradient: RowSparseArray)] = []
  ) {
    (self.all, self.rowSparse) = (all, rowSparse)
  }

  /// The gradient of one parameter, with its zeros; `nil` if none flowed through it.
  public subscript(parameter: Parameter) -> NDArray? {
    all.first { $0.parameter === parameter }?.gradient
      ?? rowSparse.first { $0.parameter === parameter }?.gradient.dense
  }

  /// Sorts out what a tape found.
  init(_ tape: Tape, _ found: [NDArray?], of parameters: [Parameter], at site: CallSite) {
    var dense: [ObjectIdentifier: NDArray] = [:]
    for leaf in tape.parameters { dense[ObjectIdentifier(leaf.parameter)] = found[leaf.value] }
    var rows: [ObjectIdentifier: RowSparseArray] = [:]
    for leaf in tape.rowLeaves {
      guard let updates = found[leaf.value] else { continue }
      let (id, shape) = (ObjectIdentifier(leaf.parameter), leaf.parameter.value.shape)
      let gradient = RowSparseArray(summing: updates, at: leaf.rows, shape: shape)
      rows[id] = rows[id].map { $0 + gradient } ?? gradient
    }
    all = parameters.compactMap { parameter in
      let id = ObjectIdentifier(parameter)
      guard let sum = dense[id] else { return nil }
      // Where the whole was read, too, the gradient is dense.
      return (parameter, rows[id].map { .apply(Add(), sum, $0.dense, at: site) } ?? sum)
    }
    rowSparse = parameters.compactMap { parameter in
      let id = ObjectIdentifier(parameter)
      return dense[id] == nil ? rows[id].map { (parameter, $0) } : nil
    }
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
  tape.collectsRows = true
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
  let gradients = Gradients(tape, found, of: parameters.map(\.1), at: site)
  return (value.handle.kept(by: tape), gradients)
}
