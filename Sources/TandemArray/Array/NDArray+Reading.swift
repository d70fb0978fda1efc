import TandemEngine

// Reading is where the program waits: for this array's own pending work, nothing else.

extension NDArray {
  /// Waits until the array is computed.
  ///
  /// - Parameter timeout: how long to wait at most; for ever if `nil`.
  /// - Throws: `EngineError`: what went wrong while it was computed, with the operator, its input
  ///   types and where it was queued; or that the time is over.
  public func wait(
    timeout: Duration? = nil, file: StaticString = #fileID, line: UInt = #line
  ) throws {
    guard case .storage(let storage) = handle.content else {
      if case .symbol = handle.content { failReadingSymbol("wait", CallSite(file, line)) }
      return
    }
    try storage.device.engine.wait(for: storage.variable, timeout: timeout)
  }

  /// The one element of an array of one element; waits for it.
  public func item(file: StaticString = #fileID, line: UInt = #line) -> Double {
    item("item", CallSite(file, line)).double
  }

  /// The one element of an array of one element, as another type; waits for it.
  public func item<S: Scalar>(
    as type: S.Type, file: StaticString = #fileID, line: UInt = #line
  ) -> S { S(item("item", CallSite(file, line))) }

  /// All elements in row-major order; waits for them.
  public func scalars<S: Scalar>(
    as type: S.Type = S.self, file: StaticString = #fileID, line: UInt = #line
  ) -> [S] { scalars(as: type, at: CallSite(file, line)) }

  func scalars<S: Scalar>(as type: S.Type, at site: CallSite) -> [S] {
    do {
      return try elements("scalars", site)
    } catch {
      fail("\(error)", at: site)
    }
  }

  /// All elements in row-major order; waits for them.
  ///
  /// - Throws: `EngineError`: what went wrong while they were computed.
  public func checkedScalars<S: Scalar>(
    as type: S.Type = S.self, file: StaticString = #fileID, line: UInt = #line
  ) throws -> [S] { try elements("checkedScalars", CallSite(file, line)) }

  /// The array once it is computed, without blocking a thread meanwhile.
  ///
  /// - Throws: `EngineError`: what went wrong while it was computed.
  public func value(
    file: StaticString = #fileID, line: UInt = #line
  ) async throws -> NDArray {
    if case .symbol = handle.content { failReadingSymbol("value", CallSite(file, line)) }
    guard case .storage(let storage) = handle.content else { return self }
    let engine = storage.device.engine
    while true {
      await withCheckedContinuation { continuation in
        // The thread is the concurrency pool's: its push does not wait for room.
        engine.withoutWaiting {
          engine.push(Resumption(continuation), reading: .of(storage.variable), writing: .none)
        }
      }
      do throws(EngineError) {
        try engine.wait(for: storage.variable, timeout: .zero)
        return self
      } catch {
        // Somebody has queued another write meanwhile.
        if error.code != .timedOut { throw error }
      }
    }
  }

  /// Calls `body` with the bytes of the array, dense and row-major, once they are computed.
  ///
  /// - Throws: `EngineError`: what went wrong while they were computed; what `body` throws.
  public func withUnsafeBytes<T>(
    file: StaticString = #fileID, line: UInt = #line, _ body: (UnsafeRawBufferPointer) throws -> T
  ) throws -> T {
    let site = CallSite(file, line)
    if handle.isStored, Scope.isTracing { failReadingCapture("withUnsafeBytes", site) }
    let dense = rowMajor("withUnsafeBytes", site)
    guard let storage = dense.storage else { failReadingSymbol("withUnsafeBytes", site) }
    try storage.device.engine.wait(for: storage.variable)
    let start = storage.materialized() + dense.handle.layout.offset * dtype.byteCount
    // The array, so that nobody changes the bytes meanwhile; the storage, which a number only
    // lends.
    return try withExtendedLifetime((dense, storage)) {
      try body(UnsafeRawBufferPointer(start: start, count: type.byteCount))
    }
  }

  private func item(_ operation: String, _ site: CallSite) -> ScalarValue {
    guard count == 1 else { fail("\(operation): needs one element: \(type)", at: site) }
    requireReal(operation, site)
    if let number { return number }
    do {
      return try load(operation, site) { ElementCodec.load(dtype, at: $0) }
    } catch {
      fail("\(error)", at: site)
    }
  }

  private func elements<S: Scalar>(_ operation: String, _ site: CallSite) throws -> [S] {
    requireReal(operation, site)
    if let number { return [S(number)] }
    let dense = rowMajor(operation, site)
    return try dense.load(operation, site) { base in
      if count == 0 { return [] }
      if S.dtype == dtype, dtype != .bool {
        return [S](unsafeUninitializedCapacity: count) { buffer, initialized in
          UnsafeMutableRawBufferPointer(buffer).copyMemory(
            from: UnsafeRawBufferPointer(start: base, count: count * dtype.byteCount))
          initialized = count
        }
      }
      return (0..<count).map { S(ElementCodec.load(dtype, at: base + $0 * dtype.byteCount)) }
    }
  }

  private func requireReal(_ operation: String, _ site: CallSite) {
    guard dtype.kind == .complex else { return }
    fail(
      "\(operation): complex numbers have two parts; read them as Complex, or take .real or "
        + ".imaginary: \(type)", at: site)
  }

  /// The array densely in row-major order. Looks at no scopes: what is read is neither recorded nor
  /// traced.
  func rowMajor(_ operation: String, _ site: CallSite) -> NDArray {
    if handle.isRowMajor { return self }
    do throws(ShapeError) {
      return try NDArray.launch(Contiguous(), [self], at: site).outputs[0]
    } catch {
      fail("\(operation): \(error.message)", at: site)
    }
  }

  func load<T>(
    _ operation: String, _ site: CallSite, _ body: (UnsafeRawPointer) -> T
  ) throws -> T {
    guard case .storage(let storage) = handle.content else { failReadingSymbol(operation, site) }
    if Scope.current?.trace != nil { failReadingCapture(operation, site) }
    try storage.device.engine.wait(for: storage.variable)
    return withExtendedLifetime(self) {
      body(storage.materialized() + handle.layout.offset * dtype.byteCount)
    }
  }

  private func failReadingCapture(_ operation: String, _ site: CallSite) -> Never {
    fail(
      "\(operation): the value of an array from outside is read inside a traced region, which "
        + "would keep it as a constant; compute with the array, or read it before: \(type)",
      at: site)
  }

  private func failReadingSymbol(_ operation: String, _ site: CallSite) -> Never {
    if Scope.current?.trace == nil {
      fail(
        "\(operation): an array has left the traced region that it belongs to; return it from the "
          + "region: \(type)", at: site)
    }
    fail(
      "\(operation): a value is read inside a traced region, where there is none yet; "
        + "return it from the region, or use where, cond or whileLoop: \(type)", at: site)
  }
}

/// Resumes a task when the engine gets to it, or drops it because the array is poisoned.
private struct Resumption: OperationPayload {
  static let operationName: EngineLabel = "await"
  private let token: Token

  private final class Token: Sendable {
    let continuation: CheckedContinuation<Void, Never>

    init(_ continuation: CheckedContinuation<Void, Never>) { self.continuation = continuation }

    deinit { continuation.resume() }
  }

  init(_ continuation: CheckedContinuation<Void, Never>) { token = Token(continuation) }

  func run(_ context: borrowing OperationContext) throws(OperationFailure) {}
}
