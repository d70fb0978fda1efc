import TandemShapes

// Conveniences where the cost of an allocation does not matter.

extension Engine {
  /// Queues a closure. Costs an allocation or two; see ``OperationPayload`` for the fast way.
  public final func push(
    name: EngineLabel, reading: [Variable] = [], writing: [Variable] = [],
    site: CallSite = .unknown, options: OperationOptions = .standard,
    _ body: @escaping @Sendable (borrowing OperationContext) throws(OperationFailure) -> Void
  ) {
    push(
      ClosurePayload(name: name, body: body), reading: reading, writing: writing, site: site,
      options: options)
  }

  /// Queues a closure that starts something; see ``pushAsync(_:reading:writing:site:options:)``.
  public final func pushAsync(
    name: EngineLabel, reading: [Variable] = [], writing: [Variable] = [],
    site: CallSite = .unknown, options: OperationOptions = .standard,
    _ body: @escaping @Sendable (borrowing OperationContext) throws(OperationFailure) -> Void
  ) {
    reading.withUnsafeBufferPointer { reading in
      writing.withUnsafeBufferPointer { writing in
        pushAsync(
          ClosurePayload(name: name, body: body), reading: VariableList(reading),
          writing: VariableList(writing), site: site, options: options)
      }
    }
  }

  /// Queues an operation whose variables are in arrays.
  @inlinable
  public final func push<Payload: OperationPayload>(
    _ payload: consuming Payload, reading: [Variable], writing: [Variable],
    site: CallSite = .unknown, options: OperationOptions = .standard
  ) {
    let payload = payload
    reading.withUnsafeBufferPointer { reading in
      writing.withUnsafeBufferPointer { writing in
        push(
          payload, reading: VariableList(reading), writing: VariableList(writing), site: site,
          options: options)
      }
    }
  }
}

/// A closure and its name.
private struct ClosurePayload: OperationPayload {
  static let operationName: EngineLabel = "closure"
  let name: EngineLabel
  let body: @Sendable (borrowing OperationContext) throws(OperationFailure) -> Void

  var operationName: EngineLabel { name }

  func run(_ context: borrowing OperationContext) throws(OperationFailure) { try body(context) }
}
