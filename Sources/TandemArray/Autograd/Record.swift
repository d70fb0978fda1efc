/// Records what `body` computes, so that gradients can be taken: `loss.backward()`.
///
/// Parameters read inside are leaves. Layers behave as in training: dropout is on, batch
/// normalisation uses the batch.
///
///     let loss = record { softmaxCrossEntropy(model(images), labels).mean() }
///     loss.backward()
///
/// Recording is a matter of this thread; `body` is synchronous.
public func record<T, E: Error>(_ body: () throws(E) -> T) throws(E) -> T {
  var wasTraining = false
  let tape = Tape(.parameters)
  tape.collectsRows = true
  return try Scope.with { scope in
    scope.tapes.append(tape)
    wasTraining = scope.isTraining
    scope.isTraining = true
  } leave: { scope in
    scope.endTape()
    scope.isTraining = wasTraining
  } _: { () throws(E) -> T in
    try body()
  }
}

/// Computes `body` without noting anything on the tapes that are being recorded outside of it; what
/// `body` itself records, or takes a gradient of, works as ever.
public func withoutRecording<T, E: Error>(_ body: () throws(E) -> T) throws(E) -> T {
  var before: [Tape] = []
  return try Scope.with { scope in
    (before, scope.tapes) = (scope.tapes, [])
  } leave: {
    $0.tapes = before
  } _: { () throws(E) -> T in
    try body()
  }
}

/// Runs `body` with layers behaving as in training, or as in inference.
public func withTraining<T, E: Error>(
  _ isTraining: Bool, _ body: () throws(E) -> T
) throws(E) -> T {
  var before = false
  return try Scope.with { scope in
    before = scope.isTraining
    scope.isTraining = isTraining
  } leave: {
    $0.isTraining = before
  } _: { () throws(E) -> T in
    try body()
  }
}

/// Whether layers behave as in training on this thread now.
public var isTraining: Bool { Scope.current?.isTraining ?? false }

extension NDArray {
  /// Computes the gradients of `self` with respect to every parameter that was read while it was
  /// recorded, and hands them to the parameters.
  ///
  /// - Parameters:
  ///   - gradient: the gradient of the loss with respect to `self`, of its type; ones if `nil`.
  ///   - retainingTape: whether what was recorded can be used again.
  public func backward(
    _ gradient: NDArray? = nil, retainingTape: Bool = false, file: StaticString = #fileID,
    line: UInt = #line
  ) {
    let site = CallSite(file, line)
    guard let link = handle.links.all.first(where: { $0.tape.kind == .parameters }) else {
      fail("backward: was not computed from parameters inside record: \(type)", at: site)
    }
    if let gradient, gradient.type != type {
      fail("backward: the gradient has another type: \(gradient.type), \(type)", at: site)
    }
    let seed = gradient ?? NDArray.ones(like: self)
    let gradients = link.tape.backward(
      from: [(link.value, seed)], retaining: retainingTape, at: site)
    link.tape.deliver(gradients, at: site)
  }

  /// The same elements, through which no gradient flows.
  public func detached() -> NDArray { NDArray(handle.alias(links: TapeLinks())) }
}
